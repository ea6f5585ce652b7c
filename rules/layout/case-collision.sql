/*
code = "LAY002"
title = "Names that differ in case only"
severity = "warning"
subject = "file"
message = "{count} names that are one on Windows or macOS: {paths}"
why = """
Their file systems do not tell upper from lower case, nor the Unicode forms of an accent: unpacking or checking out the
dataset there loses files or merges folders, without a word."""
advice = "Rename all but one."
source = "datalint"
*/
WITH parts AS (
    SELECT string_split(path, '/') AS steps FROM files
    UNION ALL SELECT string_split(path, '/') FROM folders
),
names AS (
    SELECT DISTINCT array_to_string(steps[1:depth], '/') AS path, array_to_string(steps[1:depth - 1], '/') AS parent
    FROM (SELECT steps, unnest(range(1, len(steps) + 1)) AS depth FROM parts)
    WHERE path <> ''
)
SELECT list(path ORDER BY path) AS paths, count(*) AS count
FROM names
GROUP BY parent, lower(nfc_normalize(path))
HAVING count(*) > 1
ORDER BY min(path)
