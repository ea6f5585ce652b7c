/*
code = "LAY001"
title = "Stray file in a class folder"
severity = "note"
subject = "file"
message = "{count:,} {what} in {folder}/: {listed}"
why = """
A class folder is read as a whole: what is no image there is skipped by some loaders and breaks others, and is often
the trace of a step that went wrong."""
advice = "Move it out of the class folder, or name it in .datalintignore."
source = "datalint"
*/
SELECT
    folder, any_value(label) AS label, any_value(split) AS split, extension,
    list(path ORDER BY path) AS paths, count(*) AS count,
    min(path) || CASE WHEN count(*) = 1 THEN '' ELSE ' and others' END AS listed,
    CASE WHEN extension = '' THEN '' ELSE extension || ' ' END
        || CASE WHEN count(*) = 1 THEN 'file' ELSE 'files' END
        || CASE WHEN extension = '' THEN ' without extension' ELSE '' END AS what
FROM files
WHERE kind = 'other' AND label IS NOT NULL AND pointer IS NULL
GROUP BY folder, extension
ORDER BY folder, extension
