/*
code = "LAY010"
title = "Listed twice"
severity = "note"
subject = "image"
message = "{path} is listed {count} times: {positions}"
why = """
The image weighs more than others, counts are wrong, and a split by rows can put it on both sides."""
advice = "Keep one row."
source = "datalint"
*/
SELECT
    path, samples.label, samples.split, count(*) AS count,
    array_to_string(list(position ORDER BY row), ', ') AS positions
FROM manifest_rows JOIN samples USING (sample_id)
GROUP BY ALL
-- With several labels one row a label is the way to write it; with one, another rule tells the conflict.
HAVING count(*) > 1 AND count(DISTINCT manifest_rows.label) <= 1
ORDER BY path, samples.split
