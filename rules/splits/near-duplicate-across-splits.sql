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
method = """
Candidates have perceptual hashes within 10 of 64 bits (8 for mirrored and turned copies), or near colour layouts. Each
is verified on 32 x 32 thumbnails: aligned by shift and scale, the two must share the structure of their gradients by so
much more than each shares with the images that look most like it that chance is no explanation (a test for the
difference of two correlations)."""

[options.min_confidence]
default = 0.8
range = [0.8, 1.0]
help = "confidence that two images show one picture, 0 to 1"
*/
SELECT
    count(*) AS copies, count(DISTINCT picture) AS pictures, max(distance) AS distance,
    min(similarity) AS similarity, min(confidence) AS confidence,
    CASE
        WHEN pictures = 2 AND count(DISTINCT changes) = 1 THEN upper(any_value(changes)[1]) || any_value(changes)[2:] || ' copy'
        ELSE pictures || ' images that look the same'
            || coalesce(' (' || string_agg(DISTINCT changes, '; ' ORDER BY changes) || ')', '')
    END AS what,
    list(path ORDER BY keeper DESC, path) AS paths,
    list_sort(list_distinct(list(label))) AS labels, list_sort(list_distinct(list(split))) AS splits
FROM near_duplicate_members
WHERE confidence >= $min_confidence
GROUP BY group_id
HAVING pictures > 1 AND len(splits) > 1
ORDER BY list_min(paths)
