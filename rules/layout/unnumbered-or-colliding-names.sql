/*
code = "LAY009"
title = "Unnumbered or colliding names"
severity = "note"
subject = "file"
message = "{problem}: {listed}"
why = """
What belongs to an image is often found by its name without extension or by its number: a label file, a mask, a
prediction. Two images of one such name share it, or overwrite one another's. A name that breaks the sequence of its
folder has often come from somewhere else."""
advice = "Rename the files so that every name, less its extension, is there once."
source = "Ferlitsch, Computer Vision Data Engineering, part 5: images numbered in sequence"

[options.min_numbered]
default = 0.95
range = [0.5, 1.0]
help = "share of a folder's names that must be numbered for the others to be told"
*/
WITH named AS (
    SELECT
        folder, path, label, split,
        regexp_extract(path, '([^/]+)\.[^./]{0,}$', 1) AS stem,
        regexp_extract(regexp_extract(path, '([^/]+)\.[^./]{0,}$', 1), '^(\D{0,})(\d{1,9})$', 1) AS prefix,
        TRY_CAST(regexp_extract(regexp_extract(path, '([^/]+)\.[^./]{0,}$', 1), '^(\D{0,})(\d{1,9})$', 2) AS INTEGER) AS number
    FROM files ANTI JOIN augmented USING (path)
    WHERE kind = 'image' AND label IS NOT NULL
),
sequences AS (
    -- Numbers that run on, as counters do; those of cameras, dates and hashes leave gaps.
    SELECT folder FROM named
    GROUP BY folder
    HAVING count(*) >= 20 AND count(number) >= $min_numbered * count(*) AND count(number) < count(*)
        AND max(number) - min(number) < 2 * count(number)
),
groups AS (
    SELECT folder, label, split, paths, 'names that are one without their extension' AS problem
    FROM (
        SELECT folder, any_value(label) AS label, any_value(split) AS split, list(path ORDER BY path) AS paths
        FROM named GROUP BY folder, stem HAVING count(*) > 1
    )
    UNION ALL
    SELECT folder, label, split, paths, 'names with one number' AS problem
    FROM (
        SELECT folder, any_value(label) AS label, any_value(split) AS split, list(path ORDER BY path) AS paths
        FROM named WHERE number IS NOT NULL GROUP BY folder, prefix, number HAVING count(DISTINCT stem) > 1
    )
    UNION ALL
    SELECT
        folder, any_value(label), any_value(split), list(path ORDER BY path),
        'names without a number in a folder that is numbered in sequence'
    FROM named SEMI JOIN sequences USING (folder)
    WHERE number IS NULL
    GROUP BY folder
)
SELECT
    problem, label, split, paths, len(paths) AS count,
    array_to_string(paths[1:3], ', ') || CASE WHEN len(paths) > 3 THEN ' and others' ELSE '' END AS listed
FROM groups
ORDER BY folder, problem, paths
