/*
code = "LBL002"
title = "Listed twice with different labels"
severity = "error"
subject = "image"
message = "{path} is listed as {listed}"
why = """
One of the labels is wrong. In training the network is asked for both answers at once, in a test one of them always
counts as an error."""
advice = "Look at the image and keep the row that is right."
source = "Ferlitsch, Computer Vision Data Engineering, part 5: label errors under 4 %"
*/
SELECT
    path, samples.label, samples.split, count(DISTINCT manifest_rows.label) AS label_count,
    array_to_string(list(manifest_rows.label || ' (' || position || ')' ORDER BY row), ' and as ') AS listed
FROM manifest_rows JOIN samples USING (sample_id) CROSS JOIN dataset
WHERE NOT multi_label
GROUP BY ALL
HAVING count(DISTINCT manifest_rows.label) > 1
ORDER BY path, samples.split
