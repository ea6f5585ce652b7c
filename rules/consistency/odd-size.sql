/*
code = "FMT003"
title = "Odd size"
severity = "warning"
subject = "image"
message = "{path} is {width} x {height}; {share:.1%} of the images are {usual_width} x {usual_height}"
why = """
Where nearly all images share one size, the exception usually came from somewhere else or skipped a step of the
preparation, and code that relies on the size fails on it."""
advice = "Prepare it as the others were, or find out where it came from."
source = "datalint"

[options.min_share]
default = 0.95
range = [0.5, 1.0]
help = "share of images with one size from which on others are odd"

[options.min_images]
default = 20
range = [1, 1000000]
help = "fewest images for which that can be said"
*/
WITH sizes AS (
    SELECT width, height, count(*) AS images, sum(count(*)) OVER () AS total
    FROM headers GROUP BY width, height
),
usual AS (
    SELECT width AS usual_width, height AS usual_height, images / total AS share
    FROM sizes WHERE total >= $min_images AND images >= $min_share * total
    ORDER BY images DESC, width, height LIMIT 1
)
SELECT path, label, split, width, height, usual_width, usual_height, share
FROM headers JOIN samples USING (sample_id), usual
WHERE width <> usual_width OR height <> usual_height
ORDER BY path
