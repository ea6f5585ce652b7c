/*
code = "LAY008"
title = "Class index surprise"
severity = "warning"
subject = "dataset"
needs = ["folders.label"]
message = "{problem}"
why = """
Loaders number the classes by their folders' names in alphabetical order. Where these are numbers, index 2 is class 10;
and where a split lacks a class, the same index means different classes in training and test. Nothing fails: the
accuracy is merely poor, or reported for the wrong classes."""
advice = "Pad the numbers with zeros, keep an empty folder for a class that a split lacks, or pass the list of classes."
source = "torchvision ImageFolder and Keras image_dataset_from_directory: sorted folder names"
*/
WITH named AS (
    SELECT DISTINCT label, regexp_extract(label, '^(\D{0,})(\d{1,9})$', 1) AS prefix,
        TRY_CAST(regexp_extract(label, '^(\D{0,})(\d{1,9})$', 2) AS INTEGER) AS number
    FROM folders WHERE kind = 'class'
),
ordered AS (
    SELECT
        label,
        row_number() OVER (ORDER BY label) - 1 AS alphabetical, row_number() OVER (ORDER BY number, label) - 1 AS numeric
    FROM named
    WHERE (SELECT bool_and(number IS NOT NULL) AND count(DISTINCT prefix) = 1 FROM named)
),
numbers AS (
    SELECT
        'the ' || count(*) || ' classes are numbers, and in alphabetical order ' || arg_min(label, alphabetical)
        || ' has index ' || min(alphabetical) || ' where ' || arg_min(expected, alphabetical) || ' is expected' AS problem
    FROM (
        SELECT o.label, o.alphabetical, n.label AS expected
        FROM ordered o JOIN ordered n ON n.numeric = o.alphabetical
        WHERE o.label <> n.label
    )
    HAVING count(*) > 0
),
present AS (
    SELECT split, role, label, row_number() OVER (PARTITION BY split ORDER BY label) - 1 AS index
    FROM folders WHERE kind = 'class' AND split IS NOT NULL
),
reference AS (
    SELECT arg_max(split, (role IS NOT DISTINCT FROM 'train', classes, split)) AS split
    FROM (SELECT split, any_value(role) AS role, count(*) AS classes FROM present GROUP BY split)
),
shifted AS (
    SELECT
        other.split,
        'in ' || other.split || ' ' || count(*) || CASE count(*) WHEN 1 THEN ' class has' ELSE ' classes have' END
        || ' another index than in ' || any_value(base.split) || ', from ' || arg_min(other.label, other.index)
        || ' on (' || min(other.index) || ', not ' || arg_min(base.index, other.index) || ')' AS problem
    FROM present other JOIN reference ON other.split <> reference.split
    JOIN present base ON base.split = reference.split AND base.label = other.label
    WHERE base.index <> other.index
    GROUP BY other.split
)
SELECT problem FROM (SELECT '' AS split, problem FROM numbers UNION ALL SELECT split, problem FROM shifted)
ORDER BY split
