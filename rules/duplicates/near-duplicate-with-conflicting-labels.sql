/*
code = "DUP004"
title = "Near-duplicate with conflicting labels"
severity = "warning"
subject = "group"
needs = ["classes"]
message = "Images that look the same under {label_count} labels ({labels}): {paths}"
why = """
Either one of the labels is wrong, or the classes differ in something so small that the images hardly show it. Both are
worth knowing before a network is asked to tell them apart."""
advice = "Look at the images side by side and correct the label that is wrong."
source = "Ferlitsch, Computer Vision Data Engineering, part 5: label errors under 4 %"

[options.max_distance]
default = 10
range = [0, 10]
help = "bits in which the 64-bit perceptual hashes may differ"

[options.min_similarity]
default = 0.92
range = [0.92, 1.0]
help = "structure that the thumbnails must share, 0 to 1"
*/
WITH groups AS (
    SELECT
        near.group_id, count(*) AS copies, max(distance) AS distance, min(similarity) AS similarity,
        list(path ORDER BY near.keeper DESC, path) AS paths,
        list_sort(list_distinct(list(label))) AS labels, list_sort(list_distinct(list(split))) AS splits,
        count(DISTINCT coalesce(exact.group_id, -1 - near.sample_id)) AS different
    FROM near_duplicates AS near JOIN samples USING (sample_id) LEFT JOIN duplicates AS exact USING (sample_id)
    WHERE distance <= $max_distance AND similarity >= $min_similarity
    GROUP BY near.group_id
)
SELECT paths, labels, splits, len(labels) AS label_count, copies, distance, similarity
FROM groups
-- Where a stricter option leaves nothing but exact copies of the keeper, other rules speak.
WHERE different > 1 AND len(labels) > 1
ORDER BY list_min(paths)
