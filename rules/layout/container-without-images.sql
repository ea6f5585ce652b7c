/*
code = "LAY011"
title = "Container without images"
severity = "warning"
subject = "file"
message = "{path} {reason}"
why = """
An archive or a file of arrays from which no image comes is missing from the dataset without a word: it is of another
kind than was thought, or its content goes by unknown names."""
advice = "Look at what it holds; leave it out by .datalintignore if it does not belong here."
source = "datalint"
*/
SELECT file AS path, reason
FROM faults
WHERE kind = 'no-image'
ORDER BY file
