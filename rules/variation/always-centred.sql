/*
code = "VAR004"
title = "Always centred"
severity = "note"
subject = "class"
message = "{label}: always in the middle of the image; nine in ten are within {away:.0%} of the sides from it"
why = """
A network that has seen things in the middle only may miss them elsewhere: one that reads 98.8 % of centred digits read 77 %
of the same digits moved by 4 of 28 pixels."""
advice = "Collect images of {label} in other places, or shift by up to 20 % when augmenting (datalint plan)."
source = "Ferlitsch, Computer Vision Data Engineering: sub-populations"
method = """
Mean and standard deviation of the middle of what stands out from plain backgrounds, in pictures that are no copies of each
other; half of the pictures must have such a background. The upper end of the interval of the deviation (95 %) counts,
1.95 times, within which nine in ten are in both directions.
Classes that uniform-viewpoint tells of (at its default limits) are left out."""

[options.max_offset]
default = 0.15
range = [0.0, 0.5]
help = "how far from the middle nine in ten things are at most, as a share of the sides"
*/
SELECT label, split, away
FROM poses
WHERE away <= $max_offset AND pictures >= 20 AND measured >= pictures / 2 AND NOT one_viewpoint
ORDER BY label, split
