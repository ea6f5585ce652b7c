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
    list_sort(list_distinct(list(label))) AS labels, list_sort(list_distinct(list(split))) AS splits,
    len(labels) AS label_count
FROM near_duplicate_members
WHERE confidence >= $min_confidence
GROUP BY group_id
HAVING pictures > 1 AND len(labels) > 1
ORDER BY list_min(paths)
