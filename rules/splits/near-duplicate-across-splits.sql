/*
code = "SPL002"
title = "Near-duplicate across splits"
severity = "warning"
subject = "group"
needs = ["splits"]
message = "{what}, in {splits}: {paths}"
why = """
A test image that the network has all but seen in training measures memory. On CIFAR-10, 3 % of the test images have
such a twin, and accuracy falls when they are replaced."""
advice = "Look at them; if they show the same, keep them in one split only."
source = "Barz and Denzler 2020, Do We Train on Test Data? Purging CIFAR of Near-Duplicates"
method = "That of near-duplicate: see `datalint explain DUP003`."

[options.min_confidence]
default = 0.8
range = [0.8, 1.0]
help = "confidence that all images of a group show one picture, 0 to 1"
*/
SELECT paths, labels, splits, copies, pictures, distance, similarity, confidence, what
FROM near_duplicate_groups
WHERE confidence >= $min_confidence AND len(splits) > 1
ORDER BY list_min(paths)
