/*
code = "DUP002"
title = "Duplicate with conflicting labels"
severity = "error"
subject = "group"
needs = ["classes"]
message = "One image under {label_count} labels ({labels}): {paths}"
why = """
One of the labels is wrong. In training the network is asked for both answers at once, in a test one of them always
counts as an error; and where such pairs are, more labels are likely to be wrong."""
advice = "Look at the image, keep it under the right label, and remove the other copies."
source = "Ferlitsch, Computer Vision Data Engineering, part 5: label errors under 4 %"
*/
SELECT paths, labels, splits, len(labels) AS label_count, copies, kind
FROM duplicate_groups
WHERE len(labels) > 1
ORDER BY list_min(paths)
