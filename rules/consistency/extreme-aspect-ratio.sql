/*
code = "FMT005"
title = "Extreme aspect ratio"
severity = "note"
subject = "image"
message = "{path} is {width} x {height}, {ratio:.1f} to 1; the median here is {median:.1f} to 1"
why = """
Squeezed to a square such an image is distorted beyond recognition, cropped it loses most of what it shows. It is often a
banner, a strip of several pictures or a mistake in cutting."""
advice = "Crop it to the object, or remove it."
source = "Ferlitsch, Computer Vision Data Engineering, part 6: one object per image, crop otherwise"

[options.max_ratio]
default = 4.0
range = [1.0, 1000.0]
help = "longest side over shortest beyond which an image is always named"

[options.outlier_factor]
default = 3.0
range = [1.0, 1000.0]
help = "how many times more elongated than nearly all others (99 in 100) makes an outlier"
*/
WITH ratios AS (
    SELECT sample_id, width, height, greatest(width, height) / least(width, height) AS ratio FROM headers
),
typical AS (
    SELECT median(ratio) AS median, quantile_cont(ratio, 0.99) AS nearly_all, count(*) AS images FROM ratios
)
SELECT path, label, split, width, height, ratio, median
FROM ratios JOIN samples USING (sample_id), typical
WHERE ratio > $max_ratio OR (images >= 100 AND ratio > $outlier_factor * nearly_all)
ORDER BY ratio DESC, path
