/*
code = "INT002"
title = "Empty file"
severity = "error"
subject = "image"
needs = ["image_files"]
message = "{path} has zero bytes"
why = "A download or a copy that failed leaves empty files behind; no loader can read them."
advice = "Fetch the file again from its source, or remove it."
source = "datalint"
*/
SELECT files.path, samples.label, samples.split
FROM files JOIN samples USING (path)
WHERE bytes = 0 AND pointer IS NULL
ORDER BY files.path
