/*
code = "LAY003"
title = "Dataset inside itself"
severity = "warning"
subject = "file"
message = "{path}/ holds the dataset again ({images:,} images) and was left out; it repeats {original}"
why = """
Unpacking twice, or an archive that holds its own folder, leaves a copy of the dataset among its classes. Loaders read
it as one more class that contains all others."""
advice = "Remove {path}/ after making sure that nothing is only there."
source = "datalint; a published malaria set is known for it"
*/
SELECT path, images, copy_of, CASE copy_of WHEN '' THEN 'the root' ELSE copy_of || '/' END AS original
FROM folders
WHERE kind = 'copy'
ORDER BY path
