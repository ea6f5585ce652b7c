/*
code = "BIA002"
title = "Uniform background"
severity = "warning"
subject = "class"
message = """\
{label}: its background hardly varies (by {spread:.0f} of 255 grey levels), those of other classes do (by {spread_others:.0f}); \
a network can learn that in place of the object"""
why = """
One class that was photographed in a studio, or cut out, among classes that were photographed in the world: to know it, a
network need not look at the object."""
advice = "Photograph {label} where the other classes were, or put its objects on their backgrounds; or treat all classes alike."
source = "Ferlitsch, Computer Vision Data Engineering; Ribeiro, Singh and Guestrin 2016, Why Should I Trust You?"
method = """
The typical distance of the corners' colours from their median in the class (root of the mean square, grey levels of 255),
beside the median of the other classes."""

[options.max_spread]
default = 9.0
range = [0.0, 128.0]
help = "grey levels that a uniform background varies by at most"

[options.max_ratio]
default = 0.4
range = [0.0, 1.0]
help = "that to the other classes' at most"
*/
SELECT label, pictures, spread, spread_others, shared FROM background
WHERE spread <= $max_spread AND spread <= $max_ratio * spread_others AND shared < 0.4
ORDER BY spread, label
