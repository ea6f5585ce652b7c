/*
code = "INT007"
title = "Malformed record"
severity = "error"
subject = "file"
message = "{where} {reason}"
why = """
A row, a member or an array that cannot be read as it should is left out, here and in most loaders; others stop at it.
The rows that are good are judged."""
advice = "Correct it at its source, and make the file again."
source = "datalint"
*/
SELECT file AS path, coalesce(file || ', ' || place, file) AS where, place, kind, reason
FROM faults
WHERE kind NOT IN ('no-image', 'pickle')
ORDER BY file, place, reason
