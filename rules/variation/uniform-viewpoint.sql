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
the pictures must have such a background. Where fewer than half have a long axis, what is shown is round, and it cannot be
told how it is turned."""

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
    label, split,
    max(spread) FILTER (WHERE fact = 'centre_x') AS across, max(spread) FILTER (WHERE fact = 'centre_y') AS down,
    max(spread) FILTER (WHERE fact = 'scale') AS scale,
    CASE WHEN coalesce(max(measured) FILTER (WHERE fact = 'tilt'), 0) < max(pictures) / 2 THEN ''
        ELSE format(' and hardly turns (by {:.0f} degrees)', max(spread) FILTER (WHERE fact = 'tilt')) END AS turning
FROM variation
WHERE (role = 'train' OR NOT EXISTS (SELECT 1 FROM samples WHERE role = 'train')) AND pictures >= 20
GROUP BY label, split
HAVING max(high) FILTER (WHERE fact = 'centre_x') <= $max_shift
    AND max(high) FILTER (WHERE fact = 'centre_y') <= $max_shift
    AND max(high) FILTER (WHERE fact = 'scale') <= $max_scale
    AND (max(high) FILTER (WHERE fact = 'tilt') <= $max_turn
        OR coalesce(max(measured) FILTER (WHERE fact = 'tilt'), 0) < max(pictures) / 2)
    AND max(measured) FILTER (WHERE fact = 'scale') >= max(pictures) / 2
ORDER BY label, split
