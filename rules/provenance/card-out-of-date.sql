/*
code = "PRV003"
title = "Dataset card out of date"
severity = "warning"
subject = "dataset"
message = "{file} is out of date: {changes}"
why = """
People choose a dataset, and report results on it, by what its card says. A card that counts other images than there are
is worse than none."""
advice = "Run `datalint card` with the card as --output, and commit it together with the images."
source = "datalint; Gebru et al., Datasheets for Datasets, 2021"
method = """
The card that `datalint card` wrote states how many images there are, in each split and in each class, and the rule
counts again. What else the card tells, such as duplicates, is compared by `datalint card --check`."""
*/
WITH changes AS (
    SELECT
        coalesce(card.what, counts.what) AS what,
        CASE
            WHEN what = 'by class and split' THEN 'the classes, or how many images each has'
            WHEN what = 'statement' THEN 'what datalint wrote is damaged'
            ELSE what || ' ' || coalesce(card.value, '0') || ', now ' || coalesce(counts.value, '0')
        END AS change
    FROM card FULL JOIN counts USING (what)
    WHERE card.value IS DISTINCT FROM counts.value
)
SELECT (SELECT any_value(file) FROM card) AS file, string_agg(change, '; ' ORDER BY what <> 'images', what) AS changes
FROM changes
HAVING count(*) > 0
