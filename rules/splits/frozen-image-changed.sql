/*
code = "SPL006"
title = "Frozen evaluation set changed"
severity = "error"
subject = "image"
message = "{path} {what}, but the evaluation set is frozen"
why = """
Scores can be compared only where they were measured on the same images with the same labels. `datalint lock` writes
content, label and split of every validation and test image to a file; as long as that file does not change, neither may
they, and none may be in training. A renamed file stays the image that it is."""
advice = "{remedy}."
source = "datalint"
*/
WITH images AS (
    SELECT sample_id, coalesce(content, 'path:' || path) AS content, split, role, label, path
    FROM samples JOIN contents USING (sample_id)
),
evaluation AS (SELECT sample_id, content, split, label, path FROM images WHERE role IN ('validation', 'test')),
before AS (
    SELECT
        content, count(*) AS copies, min(path) AS path, list_sort(list_distinct(list(split))) AS splits,
        list_sort(list_distinct(list(coalesce(label, 'nothing')))) AS labels,
        list_sort(list({'split': split, 'label': label})) AS places
    FROM locked GROUP BY content
),
after AS (
    SELECT
        content, count(*) AS copies, min(path) AS path, list_sort(list_distinct(list(split))) AS splits,
        list_sort(list_distinct(list(coalesce(label, 'nothing')))) AS labels,
        list_sort(list({'split': split, 'label': label})) AS places
    FROM evaluation GROUP BY content
),
trained AS (
    SELECT content, min(path) AS training_path FROM (
        SELECT content, path FROM images WHERE role = 'train'
        UNION ALL
        SELECT evaluation.content, images.path
        FROM evaluation JOIN duplicates AS own USING (sample_id)
            JOIN duplicates AS twin ON twin.group_id = own.group_id
            JOIN images ON images.sample_id = twin.sample_id
        WHERE images.role = 'train'
    ) GROUP BY content
),
changes AS (
    SELECT
        coalesce(after.path, before.path) AS path,
        coalesce(after.splits, before.splits) AS splits, coalesce(after.labels, before.labels) AS labels,
        before.splits AS splits_before, before.labels AS labels_before, training_path,
        before.places IS DISTINCT FROM after.places AS is_change,
        CASE
            WHEN before.content IS NULL THEN 'was added to ' || array_to_string(after.splits, ', ')
            WHEN after.content IS NULL AND training_path IS NOT NULL
                THEN 'was moved from ' || array_to_string(before.splits, ', ') || ' to training (' || training_path || ')'
            WHEN after.content IS NULL THEN 'was removed from ' || array_to_string(before.splits, ', ')
            WHEN before.places = after.places THEN 'is in training too (' || training_path || ')'
            ELSE
                CASE
                    WHEN before.splits <> after.splits
                        THEN 'was moved from ' || array_to_string(before.splits, ', ')
                            || ' to ' || array_to_string(after.splits, ', ')
                    WHEN before.labels <> after.labels
                        THEN 'was labelled ' || array_to_string(before.labels, ', ')
                            || ', is labelled ' || array_to_string(after.labels, ', ')
                    WHEN before.copies <> after.copies
                        THEN 'is there ' || after.copies || ' times in place of ' || before.copies
                    ELSE 'has its labels in other splits'
                END || coalesce(' and is in training too (' || training_path || ')', '')
        END AS what
    FROM before FULL JOIN after USING (content) LEFT JOIN trained ON trained.content = coalesce(before.content, after.content)
    WHERE is_change OR training_path IS NOT NULL
)
SELECT
    path, splits[1] AS split, labels, splits_before, labels_before, training_path, what,
    CASE WHEN is_change THEN 'Undo it; or, if it is meant, run `datalint lock` and commit the lock together with it'
        ELSE 'Remove it from training' END AS remedy
FROM changes
ORDER BY path
