/*
code = "DUP004"
title = "Near-duplicate with conflicting labels"
severity = "warning"
subject = "group"
needs = ["classes"]
message = "{what}, under {label_count} labels ({labels}): {paths}"
why = """
Either one of the labels is wrong, or the classes differ in something so small that the images hardly show it. Both are
worth knowing before a network is asked to tell them apart."""
advice = "Look at the images side by side and correct the label that is wrong."
source = "Ferlitsch, Computer Vision Data Engineering, part 5: label errors under 4 %"
method = "That of near-duplicate: see `datalint explain DUP003`."

[options.min_confidence]
default = 0.8
range = [0.8, 1.0]
help = "confidence that all images of a group show one picture, 0 to 1"
*/
SELECT paths, labels, splits, copies, pictures, distance, similarity, confidence, what, len(labels) AS label_count
FROM near_duplicate_groups
WHERE confidence >= $min_confidence AND len(labels) > 1
ORDER BY list_min(paths)
