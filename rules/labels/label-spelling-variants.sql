/*
code = "LBL001"
title = "Spelling variants of a label"
severity = "warning"
subject = "label"
message = "{labels} look like one label spelled in {count} ways ({counts} images)"
why = """
Case, spaces, dashes or a plural make two classes of one. The network is asked to tell apart what is the same, and each half
has fewer images than the class deserves."""
advice = "Merge them under one spelling."
source = "Ferlitsch, Computer Vision Data Engineering, part 8: curation"
*/
WITH spelled AS (
    SELECT label, total, regexp_replace(lower(nfc_normalize(trim(label))), '[\s_\-.]+', '', 'g') AS plain FROM classes
),
merged AS (
    -- A plural is one only where the singular is there too: "glass" is no plural of a lone "glas".
    SELECT
        label, total,
        CASE
            WHEN length(plain) > 3 AND plain LIKE '%s' AND plain NOT LIKE '%ss'
                AND plain[:-2] IN (SELECT plain FROM spelled) THEN plain[:-2]
            ELSE plain
        END AS plain
    FROM spelled
)
SELECT list(label ORDER BY label) AS labels, count(*) AS count, array_to_string(list(total ORDER BY label), ', ') AS counts
FROM merged
GROUP BY plain
HAVING count(*) > 1
ORDER BY min(label)
