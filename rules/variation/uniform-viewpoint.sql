/*
code = "VAR001"
title = "Uniform viewpoint"
severity = "note"
subject = "class"
message = """\
{label}: seen from one viewpoint; what is shown hardly moves (by {across:.0%} of the width and {down:.0%} of the height), \
hardly changes in size (by {scale:.0%}){turning}"""
why = """
A network knows what it has seen. A class that is always seen from one angle and distance is not recognised from another;
of all kinds of augmentation, those of the viewpoint help most."""
advice = "Photograph {label} from other angles and distances, or shift, zoom and rotate when augmenting (datalint plan)."
source = "Ferlitsch, Computer Vision Data Engineering: one viewpoint per class overfits"
method = """
Standard deviations of the middle, size and tilt of what stands out from plain backgrounds, in pictures of the
class that are no copies of each other. The upper ends of their intervals (95 %) must stay below the limits, and half of
the pictures must have such a background. Where fewer than half of these have a long axis, what is shown is round or square, and
it cannot be told how it is turned."""

[options.max_shift]
default = 0.05
range = [0.0, 0.5]
help = "how far places spread at most, as a share of the sides"

[options.max_scale]
default = 0.12
range = [0.0, 2.0]
help = "how far sizes spread at most: 0.12 is 12 %"

[options.max_turn]
default = 15.0
range = [0.0, 90.0]
help = "how far tilts spread at most, degrees"
*/
SELECT
    label, split, across, down, scale,
    CASE WHEN round THEN '; how it is turned cannot be told' ELSE format(' and hardly turns (by {:.0f} degrees)', turn) END AS turning
FROM poses
WHERE pictures >= 20 AND measured >= pictures / 2
    AND shift_high <= $max_shift AND scale_high <= $max_scale AND (round OR turn_high <= $max_turn)
ORDER BY label, split
