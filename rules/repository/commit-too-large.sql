/*
code = "REP005"
title = "Commit too large"
severity = "warning"
subject = "dataset"
message = """\
{files:,} new files bring {megabytes:,.0f} MB into git itself and {lfs_megabytes:,.0f} MB into git-lfs; \
at most {max_megabytes:,} MB and {max_lfs_megabytes:,} MB are expected"""
why = """
What was once committed stays in every clone, also when it is removed later, and servers refuse large pushes: GitHub any
file of more than 100 MB and any push of more than 2 GB. The files are counted that are staged and not in HEAD, or not in
the commit that --since names; a file that was only moved is not."""
advice = "Give large files to git-lfs before they are committed ({command}), or commit a part at a time."
source = "GitHub Docs, About large files on GitHub"

[options.max_megabytes]
default = 50
range = [0, 1000000]
help = "megabytes of blobs in git itself"

[options.max_lfs_megabytes]
default = 2000
range = [0, 100000000]
help = "megabytes of contents in git-lfs"
*/
WITH added AS (
    SELECT
        blob, any_value(CASE WHEN pointer THEN 0 ELSE bytes END) AS bytes, any_value(content_bytes) AS content_bytes,
        any_value(regexp_extract(path, '\.[^./]+$')) AS extension
    FROM tracked_files WHERE is_new GROUP BY blob
),
heaviest AS (SELECT extension FROM added GROUP BY extension ORDER BY sum(bytes) DESC, extension LIMIT 1)
SELECT
    count(*) AS files, sum(bytes) / 1e6 AS megabytes, coalesce(sum(content_bytes), 0) / 1e6 AS lfs_megabytes,
    'git lfs track "*' || any_value(heaviest.extension) || '"' AS command
FROM added CROSS JOIN heaviest
HAVING megabytes > $max_megabytes OR lfs_megabytes > $max_lfs_megabytes
