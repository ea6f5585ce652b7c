/*
code = "VAR006"
title = "Constant scale"
severity = "note"
subject = "class"
message = "{label}: always of one size, {extent:.0%} of the image, give or take {spread:.0%}"
why = "A network that has seen things from one distance only may not know them from nearer or farther."
advice = "Collect images of {label} from other distances, or zoom when augmenting (datalint plan)."
source = "Ferlitsch, Computer Vision Data Engineering: angles and distances close to those of the application"
method = """
Standard deviation of the logarithm of the size of what stands out from plain backgrounds, in pictures that are no copies of
each other; half of the pictures must have such a background. The upper end of its interval (95 %) counts. Classes that
uniform-viewpoint tells of are left out."""

[options.max_scale]
default = 0.12
range = [0.0, 2.0]
help = "how far sizes spread at most: 0.12 is 12 %"
*/
WITH facts AS (
    SELECT
        label, split, max(pictures) AS pictures, min(measured) FILTER (WHERE fact = 'scale') AS measured,
        exp(max(middle) FILTER (WHERE fact = 'scale')) AS extent, max(spread) FILTER (WHERE fact = 'scale') AS spread,
        max(high) FILTER (WHERE fact IN ('centre_x', 'centre_y')) AS shift,
        max(high) FILTER (WHERE fact = 'scale') AS scale, CASE WHEN coalesce(max(measured) FILTER (WHERE fact = 'tilt'), 0) < max(pictures) / 2 THEN 0
            ELSE max(high) FILTER (WHERE fact = 'tilt') END AS turn
    FROM variation
    WHERE role = 'train' OR NOT EXISTS (SELECT 1 FROM samples WHERE role = 'train')
    GROUP BY label, split
)
SELECT label, split, least(extent, 1) AS extent, spread
FROM facts
WHERE scale <= $max_scale AND pictures >= 20 AND measured >= pictures / 2
    AND NOT coalesce(shift <= 0.05 AND scale <= 0.12 AND turn <= 15, false)
ORDER BY label, split
