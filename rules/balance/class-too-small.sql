/*
code = "BAL001"
title = "Class too small"
severity = "warning"
subject = "class"
message = "{label} has {images:,} {unit}; at least {min_images:,} are expected"
why = """
From a few images a network learns the images, not the class. A thousand per class is a rule of thumb, a hundred is
said to be enough to get started, with low accuracy in the real world; a pretrained network needs fewer."""
advice = "Collect {missing:,} more images, or start from a pretrained network and lower min_images."
source = "Ferlitsch, Computer Vision Data Engineering, part 5: collection"

[options.min_images]
default = 100
range = [1, 100000000]
help = "fewest images of a class, in the training split where there is one"
*/
SELECT label, unit, images, CAST($min_images - images AS INTEGER) AS missing
FROM classes
WHERE images > 0 AND images < $min_images
ORDER BY images, label
