/*
code = "BAL002"
title = "Class far below the mean"
severity = "warning"
subject = "class"
message = "{label} has {images:,} {unit}, {share:.1%} of the mean of {mean:,.0f}; at least {min_share:.0%} is expected"
why = """
A network under-learns a class that it seldom sees: the loss hardly changes when all of its images are wrong.
Accuracy over the whole dataset hides this."""
advice = "Collect more images of {label}, or augment them; {missing:,} more would reach the threshold."
source = "Ferlitsch, Computer Vision Data Engineering, part 5: collection"

[options.min_share]
default = 0.20
range = [0.0, 1.0]
help = "smallest share of the mean class size"
*/
SELECT label, unit, images, images / mean AS share, mean, CAST(ceil($min_share * mean) - images AS INTEGER) AS missing
FROM classes
WHERE images > 0 AND images < $min_share * mean
ORDER BY label
