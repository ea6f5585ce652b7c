/*
code = "FMT008"
title = "Grey among colour"
severity = "note"
subject = "image"
message = "{path} is stored as colour but holds shades of grey only; {coloured:,} of {stored:,} images here have colour"
why = """
A few grey images among many in colour come from another source or another time. Where they gather in one class, the
lack of colour gives the class away."""
advice = "Check where it came from; if grey images are to be expected in use, add them to all classes alike."
source = "datalint"

[options.max_chroma]
default = 0
range = [0, 255]
help = "largest difference between channels that still counts as grey, in grey levels"

[options.min_share]
default = 0.9
range = [0.5, 1.0]
help = "share of images with colour from which on grey ones stand out"
*/
WITH stored AS (
    SELECT sample_id, chroma_range > $max_chroma AS coloured
    FROM pixels JOIN headers USING (sample_id)
    WHERE colour
),
typical AS (
    SELECT count(*) FILTER (WHERE coloured) AS coloured, count(*) AS stored FROM stored
)
SELECT path, label, split, typical.coloured, typical.stored
FROM stored JOIN samples USING (sample_id), typical
WHERE NOT stored.coloured AND typical.coloured >= $min_share * typical.stored
ORDER BY path
