/*
code = "SPL010"
title = "Augmented image across splits"
severity = "error"
subject = "group"
needs = ["splits"]
message = "{apart} of {members} images augmented from one in {elsewhere}, the others in {home}: {paths}"
why = """
What augmentation makes of a training image still shows that image. Beside validation or test images it asks what was
learned by heart, however much it was changed, and the score is too good (leakage)."""
advice = "Move all of them into one split, or remove what was made; and split before augmenting."
source = "datalint"
method = """
`datalint augment` writes the contents of what it makes, and of what it makes it from, to augment-log.jsonl in the new
folder. They are recognised by content, so moved and renamed files are too; files that were edited since are not, and
are looked for as near-duplicates, like any other."""
*/
WITH members AS (
    SELECT family, made, path, label, split FROM families JOIN samples USING (sample_id) WHERE split IS NOT NULL
),
crossing AS (
    SELECT family, count(*) AS members, coalesce(mode(split) FILTER (WHERE NOT made), mode(split)) AS home
    FROM members GROUP BY family
    HAVING count(DISTINCT split) > 1 AND bool_or(made)
),
placed AS (
    SELECT
        family, members, home, path, label, split, made, split <> home AS is_apart,
        row_number() OVER (PARTITION BY family, split <> home ORDER BY made, path) AS number
    FROM members JOIN crossing USING (family)
)
SELECT
    list(path ORDER BY is_apart, made, path) FILTER (WHERE is_apart OR number = 1) AS paths,
    list_sort(list_distinct(list(label))) AS labels, list_sort(list_distinct(list(split))) AS splits,
    list_sort(list_distinct(list(split) FILTER (WHERE is_apart))) AS elsewhere, any_value(home) AS home,
    count(*) FILTER (WHERE is_apart) AS apart, any_value(members) AS members
FROM placed
GROUP BY family
ORDER BY list_min(paths)
