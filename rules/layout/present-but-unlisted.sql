/*
code = "LAY005"
title = "Present but unlisted"
severity = "warning"
subject = "file"
needs = ["manifest_rows"]
message = "{count:,} {images} in {where} {are} in no manifest: {listed}"
why = """
Images that no manifest lists are not used: they were forgotten, or their rows were lost on the way."""
advice = "Add rows for them, or move them out of the dataset."
source = "datalint"
*/
SELECT
    CASE folder WHEN '' THEN 'the root' ELSE folder || '/' END AS where, count(*) AS count,
    list(path ORDER BY path) AS paths,
    min(path) || CASE WHEN count(*) = 1 THEN '' ELSE ' and others' END AS listed,
    CASE WHEN count(*) = 1 THEN 'image' ELSE 'images' END AS images,
    CASE WHEN count(*) = 1 THEN 'is' ELSE 'are' END AS are
FROM files ANTI JOIN samples USING (path)
WHERE kind = 'image'
GROUP BY folder
ORDER BY folder
