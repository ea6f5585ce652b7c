/*
code = "FMT005"
title = "Extreme aspect ratio"
severity = "note"
subject = "image"
message = """\
{path} is {width} x {height}, {ratio:.1f} to 1; up to {usual:.1f} to 1 is expected where the median is {median:.1f}"""
why = """
Squeezed to a square such an image is distorted beyond recognition, cropped it loses most of what it shows. It is often
a banner, a strip of several pictures or a mistake in cutting."""
advice = "Crop it to the object, or remove it."
source = "Ferlitsch, Computer Vision Data Engineering, part 6: one object per image, crop otherwise"

[options.max_ratio]
default = 4.0
range = [1.0, 1000.0]
help = "longest side over shortest beyond which an image is always named"

[options.outlier_factor]
default = 2.0
range = [1.0, 1000.0]
help = "how many times more elongated than 95 of 100 images makes an outlier"

[options.min_images]
default = 20
range = [1, 1000000]
help = "fewest images for which outliers can be told"
*/
WITH ratios AS (
    SELECT sample_id, width, height, greatest(width, height) / least(width, height) AS ratio FROM headers
),
typical AS (
    SELECT
        median(ratio) AS median,
        CASE
            WHEN count(*) >= $min_images THEN least($max_ratio, $outlier_factor * quantile_cont(ratio, 0.95))
            ELSE $max_ratio
        END AS usual
    FROM ratios
)
SELECT path, label, split, width, height, ratio, median, usual
FROM ratios JOIN samples USING (sample_id), typical
WHERE ratio > usual
ORDER BY ratio DESC, path
