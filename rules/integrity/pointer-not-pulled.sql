/*
code = "INT004"
title = "Pointer that was not pulled"
severity = "error"
subject = "file"
needs = ["image_files"]
message = "{path} is a {pointer} pointer; the content that it stands for is not here"
why = """
In place of the image there is a small text file that names it. A loader takes it for a broken image, and checks of the
pixels cannot see it."""
advice = "Fetch the content: {command}"
source = "datalint"
*/
SELECT
    path, label, split, pointer,
    CASE pointer WHEN 'git-lfs' THEN 'git lfs pull' ELSE 'dvc pull' END AS command
FROM files
WHERE pointer IS NOT NULL
ORDER BY path
