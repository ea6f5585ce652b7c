/*
code = "VAR006"
title = "Constant scale"
severity = "note"
subject = "class"
message = "{label}: always of one size, {extent:.0%} of the sides, give or take {spread:.0%}"
why = "A network that has seen things from one distance only may not know them from nearer or farther."
advice = "Collect images of {label} from other distances, or zoom when augmenting (datalint plan)."
source = "Ferlitsch, Computer Vision Data Engineering: angles and distances close to those of the application"
method = """
Standard deviation of the logarithm of the size of what stands out from plain backgrounds, in pictures that are no copies of
each other; half of the pictures must have such a background. The upper end of its interval (95 %) counts. Classes that
uniform-viewpoint tells of (at its default limits) are left out."""

[options.max_scale]
default = 0.12
range = [0.0, 2.0]
help = "how far sizes spread at most: 0.12 is 12 %"
*/
SELECT label, split, least(extent, 1) AS extent, scale AS spread
FROM poses
WHERE scale_high <= $max_scale AND pictures >= 20 AND measured >= pictures / 2 AND NOT one_viewpoint
ORDER BY label, split
