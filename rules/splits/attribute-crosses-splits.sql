/*
code = "SPL005"
title = "Attribute crosses splits"
severity = "warning"
subject = "dataset"
needs = ["attributes", "splits"]
message = "{name}: {crossing:,} of {values:,} values are in more than one split ({splits}), {images:,} images: {listed}"
why = """
Images of one patient, one video or one camera are alike in more than what they show. Where some are in training and
others in the test, the test asks what was learned by heart, and the result says little about the next patient."""
advice = "Split by {name}: all images of a value go into one split."
source = "datalint; known as group leakage"

[options.attributes]
default = [
    "patient", "subject", "person", "participant", "individual", "specimen", "slide", "case", "study", "scan",
    "series", "video", "clip", "movie", "sequence", "session", "scene", "track", "flight", "camera", "cam", "device",
    "scanner", "site", "hospital", "location", "burst",
]
help = "names of attributes that tie images together; patient stands for patient_id and Patient ID as well"
*/
WITH tied AS (
    SELECT
        name, value, split, sample_id,
        regexp_replace(lower(name), '([^a-z0-9]|id$|number$|name$|no$)+', '', 'g') AS plain
    FROM attributes JOIN samples USING (sample_id)
    WHERE split IS NOT NULL
),
chosen AS (
    SELECT * FROM tied
    WHERE list_contains(CAST($attributes AS VARCHAR[]), plain)
        OR list_contains(CAST($attributes AS VARCHAR[]), name)
),
spread AS (
    SELECT name, value, list_sort(list(DISTINCT split)) AS splits, count(DISTINCT sample_id) AS images
    FROM chosen GROUP BY name, value
),
totals AS (SELECT name, count(*) AS values FROM spread GROUP BY name)
SELECT
    name, any_value(values) AS values, count(*) AS crossing, CAST(sum(images) AS INTEGER) AS images,
    list_sort(list_distinct(flatten(list(splits)))) AS splits,
    array_to_string(list(value ORDER BY images DESC, value)[1:3], ', ')
        || CASE WHEN count(*) > 3 THEN ' and others' ELSE '' END AS listed
FROM spread JOIN totals USING (name)
WHERE len(splits) > 1
GROUP BY name
ORDER BY name
