/*
code = "FMT007"
title = "Tiny image"
severity = "warning"
subject = "image"
message = "{path} is only {width} x {height}; at least {min_side} a side are expected where the median is {median:,.0f}"
why = """
Beside images many times its size it is a thumbnail, an icon or a tracking pixel that a crawler took along. Enlarged to
the network's input it is a blur, and blur then stands for its class."""
advice = "Replace it by the full image, or remove it."
source = "datalint"

[options.min_side]
default = 32
range = [1, 4096]
help = "pixels that the shorter side must have"

[options.min_factor]
default = 3.0
range = [1.0, 1000.0]
help = "how many times min_side the dataset's median side must be"
*/
WITH typical AS (
    SELECT median(least(width, height)) AS median FROM headers
)
SELECT path, label, split, width, height, median
FROM headers JOIN samples USING (sample_id), typical
WHERE least(width, height) < $min_side AND median >= $min_factor * $min_side
ORDER BY path
