/*
code = "SPL002"
title = "Near-duplicate across splits"
severity = "warning"
subject = "group"
needs = ["splits"]
message = "Images that look the same in {splits}: {paths}"
why = """
A test image that the network has all but seen in training measures memory. On CIFAR-10, 3 % of the test images have
such a twin, and accuracy falls when they are replaced."""
advice = "Look at them; if they show the same, keep them in one split only."
source = "Barz and Denzler 2020, Do We Train on Test Data? Purging CIFAR of Near-Duplicates"

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
SELECT paths, labels, splits, copies, distance, similarity
FROM groups
-- Where a stricter option leaves nothing but exact copies of the keeper, other rules speak.
WHERE different > 1 AND len(splits) > 1
ORDER BY list_min(paths)
