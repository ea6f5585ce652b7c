/*
code = "REP004"
title = "Partly pulled"
severity = "warning"
subject = "dataset"
needs = ["image_files"]
message = "{missing:,} of {images:,} images in git-lfs were not pulled, the others were; they lie in {folders}"
why = """
A pull that was broken off, or limited to some folders, leaves a dataset that looks whole: a loader that skips what it
cannot open trains on the part, and every count and comparison here is of the part as well."""
advice = "Pull the rest, at the top of the repository: git lfs pull --include=\"{include}\" --exclude=\"\""
source = "git-lfs-pull(1)"
*/
WITH stored AS (
    SELECT
        coalesce(nullif(folder, ''), '.') AS folder, files.pointer IS NOT NULL AS waits,
        left(top_path, length(top_path) - length(path)) AS above,
        left(top_path, length(top_path) - length(name)) AS inside
    FROM (SELECT path, folder, pointer, split_part(path, '/', -1) AS name FROM files) AS files
        JOIN (SELECT path, top_path FROM tracked_files WHERE pointer) AS tracked USING (path)
        SEMI JOIN samples USING (path)
)
SELECT
    count(*) AS images, count(*) FILTER (waits) AS missing, list_sort(list(DISTINCT folder) FILTER (waits)) AS folders,
    CASE
        WHEN len(folders) <= 10 THEN array_to_string(list_sort(list(DISTINCT inside || '*') FILTER (waits)), ',')
        ELSE any_value(above) || '*'
    END AS include
FROM stored
HAVING missing > 0 AND missing < images
