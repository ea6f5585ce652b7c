/*
code = "BIA004"
title = "Letterboxed class"
severity = "warning"
subject = "class"
message = """\
{label}: {barred:.0%} of its images have bars or a border around the picture (or an upright object from edge to edge), of other classes {barred_others:.0%}; \
a network sees that first"""
why = """
Bars come from a video, a phone or a conversion that one source went through and the others did not. They are the easiest
thing on an image to learn."""
advice = "Cut the bars off, or treat all classes alike; and look where {label} came from."
source = "Torralba and Efros 2011, Unbiased Look at Dataset Bias"
method = """
Bars are flat, of one colour and about as wide on opposite sides, and end in a straight line, on thumbnails of 32 x 32.
The least difference of the two shares is by Newcombe 1998 (95 %)."""

[options.min_gap]
default = 0.3
range = [0.0, 1.0]
help = "least difference between the class's share and the others'"
*/
SELECT label, pictures, barred, barred_others, barred_gap FROM background
WHERE barred_gap >= $min_gap
ORDER BY barred_gap DESC, label
