/*
code = "BAL007"
title = "No negative class"
severity = "note"
subject = "dataset"
message = "none of the {classes} classes is for images of none of the others"
why = """
A classifier gives every image one of its labels, however little it shows of it. One more class of random images that show none
of the classes gives it another answer, and makes it more accurate on the rest."""
advice = "Add a class called none, with random images of none of the classes, where input can be anything."
source = "Ferlitsch, Computer Vision Data Engineering: one extra class of images of none of the others"
method = """
Words in the names of classes: none, other, background, negative, unknown and the like. Datasets whose images have several
labels need no such class, and neither do annotated objects."""

[options.names]
default = ["none", "no", "not", "non", "nothing", "neither", "any", "other", "others", "background", "negative", "neg", "unknown", "misc", "miscellaneous", "rest", "random", "empty"]
help = "words of which one in its name makes a class negative"
*/
SELECT classes
FROM (
    SELECT
        count(*) AS classes, min(unit) AS unit,
        bool_or(len(list_intersect(regexp_extract_all(lower(label), '[a-z]+'), CAST($names AS VARCHAR[]))) > 0) AS negative
    FROM classes
)
WHERE classes >= 3 AND NOT negative
    AND NOT (SELECT multi_label FROM dataset) AND unit = 'images'
