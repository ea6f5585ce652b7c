/*
code = "VAR005"
title = "Single polarity"
severity = "note"
subject = "dataset"
message = "{share:.0%} of the {told:,} images in which something stands out are {polarity}: a model of them fails on inverted input"
why = """
A network that reads 98.8 % of light digits on dark read 63 % of the same digits inverted, and a dense one 2 %. With a tenth of
the images appended once more, inverted, it read 96 %."""
advice = "Append about 10 % of the training images once more, inverted (datalint plan), unless such input never comes."
source = "Ferlitsch, Computer Vision Data Engineering: sub-populations; about 10 % appended to teach a network to ignore something"
method = """
Whether what stands out from plain backgrounds is lighter or darker than these. Only of sets that are grey throughout: the
polarity of a colour photo says little."""

[options.min_share]
default = 0.98
range = [0.5, 1.0]
help = "share of the images with one polarity"
*/
WITH chosen AS (
    SELECT polarity, chroma_range FROM samples JOIN pixels USING (sample_id) JOIN depictions USING (sample_id)
    WHERE role = 'train' OR NOT EXISTS (SELECT 1 FROM samples WHERE role = 'train')
    QUALIFY row_number() OVER (PARTITION BY picture ORDER BY path) = 1
)
SELECT told, greatest(light, 1 - light) AS share, CASE WHEN light > 0.5 THEN 'light on dark' ELSE 'dark on light' END AS polarity
FROM (
    SELECT
        avg(CAST(polarity > 0 AS INTEGER)) AS light, count(polarity) AS told, count(*) AS images,
        count(*) FILTER (WHERE chroma_range <= 12) AS grey
    FROM chosen
)
WHERE told >= 50 AND told >= images / 2 AND grey >= 0.99 * images AND greatest(light, 1 - light) >= $min_share
