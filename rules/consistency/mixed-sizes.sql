/*
code = "FMT004"
title = "Mixed sizes"
severity = "note"
subject = "dataset"
message = """\
{sizes:,} sizes, {min_width} x {min_height} to {max_width} x {max_height}; resizing to {target} x {target} would \
enlarge {enlarged:.0%} of them"""
why = """
A network takes one size, so the images will be resized. Enlarging invents detail, shrinking too far loses it; a size
that few images fall short of is a fair choice, and far below photo size is usual."""
advice = "Resize to {target} x {target} or below, shrinking with an area or antialiasing filter."
source = "Ferlitsch, Computer Vision Data Engineering, part 6: data engineering"

[options.max_enlarged]
default = 0.05
range = [0.0, 0.5]
help = "share of images that the suggested size may enlarge"

[options.max_target]
default = 512
range = [32, 8192]
help = "largest size to suggest"

[options.min_share]
default = 0.95
range = [0.5, 1.0]
help = "share of images with one size from which on the sizes count as equal"
*/
WITH sides AS (
    SELECT width, height, least(width, height) AS side FROM headers
),
common AS (
    SELECT max(images) / sum(images) AS share
    FROM (SELECT count(*) AS images FROM headers GROUP BY width, height)
),
target AS (
    SELECT greatest(least(floor(quantile_disc(side, $max_enlarged) / 32) * 32, $max_target), 32)::INTEGER AS target
    FROM sides
)
SELECT
    count(DISTINCT (width, height)) AS sizes,
    arg_min(width, (side, width)) AS min_width, arg_min(height, (side, width)) AS min_height,
    arg_max(width, (side, width)) AS max_width, arg_max(height, (side, width)) AS max_height,
    any_value(target) AS target,
    count(*) FILTER (WHERE side < target) / count(*) AS enlarged
FROM sides, target
HAVING sizes > 1 AND (SELECT share FROM common) < $min_share
