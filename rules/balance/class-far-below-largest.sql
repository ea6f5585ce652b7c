/*
code = "BAL003"
title = "Class far below the largest"
severity = "warning"
subject = "class"
message = """\
{label} has {images:,} {unit}, {share:.1%} of the {largest:,} of the largest class; at least {min_share:.0%} is \
expected"""
why = """
For every image of this class the network sees ten or more of another, and learns that the other is the safer answer
when in doubt. One huge class does this even where the class is not far below the mean."""
advice = "Collect or augment images of {label}, weight the classes, or draw fewer of the largest."
source = "Ferlitsch, Computer Vision Data Engineering, part 5: collection"

[options.min_share]
default = 0.10
range = [0.0, 1.0]
help = "smallest share of the largest class"
*/
SELECT label, unit, images, images / largest AS share, largest
FROM classes
WHERE images > 0 AND images < $min_share * largest
ORDER BY images, label
