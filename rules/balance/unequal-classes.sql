/*
code = "BAL005"
title = "Unequal classes"
severity = "note"
subject = "dataset"
message = """\
The largest class, {largest_label}, has {ratio:.1f} times the {unit} of the smallest, {smallest_label}: {largest:,} \
against {smallest:,}; at most {max_ratio:.1f} times is expected"""
why = """
With unequal classes plain accuracy rewards a model for saying the commoner one. It matters most with two classes,
where the thresholds against the mean hardly ever speak."""
advice = "Weight the classes or oversample, and judge by balanced accuracy."
source = "course notes on two-class image classifiers"

[options.max_ratio]
default = 2.0
range = [1.0, 1000000.0]
help = "largest over smallest class"
*/
SELECT
    any_value(unit) AS unit, max(images) / min(images) AS ratio,
    arg_max(label, (images, label)) AS largest_label, max(images) AS largest,
    arg_min(label, (images, label)) AS smallest_label, min(images) AS smallest
FROM classes
WHERE images > 0
HAVING ratio > $max_ratio
