/*
code = "LAY004"
title = "Listed but missing"
severity = "error"
subject = "file"
message = "{position} lists {name}, which is not there"
why = """
A loader that follows the manifest stops at the first file that is missing, often after hours. One that skips what it
cannot open trains on fewer images than the manifest says."""
advice = "Restore the file, or remove the row."
source = "datalint"
*/
SELECT name AS path, position, name, label, split
FROM manifest_rows
WHERE sample_id IS NULL
ORDER BY row
