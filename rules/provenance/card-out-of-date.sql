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
counts again. It names the first eight differences: images, classes, splits, then which classes changed, where there are
no more than 1,000 counts of a class in a split. What else the card tells, such as duplicates, is compared by
`datalint card --check`."""
*/
WITH differences AS (
    SELECT what, card.value AS before, counts.value AS now, regexp_extract(what, '^class "(?:[^"\\]|\\.)+"') AS class
    FROM card FULL JOIN counts USING (what)
    WHERE card.value IS DISTINCT FROM counts.value
),
known AS (
    SELECT
        (SELECT bool_or(starts_with(what, 'class "')) FROM card) AND
        (SELECT bool_or(starts_with(what, 'class "')) FROM counts) AS classes,
        (SELECT list(DISTINCT regexp_extract(what, '^class "(?:[^"\\]|\\.)+"')) FROM card) AS before,
        (SELECT list(DISTINCT regexp_extract(what, '^class "(?:[^"\\]|\\.)+"')) FROM counts) AS now
),
changes AS (
    SELECT
        what, class,
        CASE
            WHEN what = 'by class and split' THEN 'the classes, or how many images each has'
            WHEN what = 'statement' THEN 'what datalint wrote is damaged'
            WHEN class <> '' AND NOT list_contains(known.before, class) THEN 'new ' || class
            WHEN class <> '' AND NOT list_contains(known.now, class) THEN class || ' is gone'
            ELSE what || ' ' || coalesce(differences.before, '0') || ', now ' || coalesce(differences.now, '0')
        END AS change
    FROM differences CROSS JOIN known
    WHERE CASE
        WHEN class <> '' THEN known.classes
        WHEN what = 'by class and split' THEN NOT known.classes
            OR NOT EXISTS (SELECT 1 FROM differences WHERE class <> '')
        ELSE true
    END
),
placed AS (
    SELECT change, row_number() OVER (ORDER BY min(class) <> '', min(what) <> 'images', min(what)) AS place
    FROM changes GROUP BY change
)
SELECT
    (SELECT any_value(file) FROM card) AS file,
    string_agg(change, '; ' ORDER BY place) FILTER (WHERE place <= 8)
    || CASE WHEN count(*) > 8 THEN '; and ' || (count(*) - 8) || ' more' ELSE '' END AS changes
FROM placed
HAVING count(*) > 0
