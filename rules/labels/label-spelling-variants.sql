/*
code = "LBL001"
title = "Spelling variants of a label"
severity = "warning"
subject = "label"
message = "{labels} look like one label spelled in {count} ways ({counts} images)"
why = """
Case, spaces, dashes or a plural make two classes of one. The network is asked to tell apart what is the same, and each
half has fewer images than the class deserves."""
advice = "Merge them under one spelling."
source = "Ferlitsch, Computer Vision Data Engineering, part 8: curation"
*/
WITH spelled AS (
    SELECT
        label, total,
        regexp_replace(lower(nfc_normalize(label)), '[\s_-]+', '', 'g') AS plain,
        -- Between and before digits a dash means something: 1-2 is not 12, and -1 not 1.
        regexp_extract_all(label, '^-?[0-9]+|[0-9]+') AS numbers
    FROM classes
    WHERE length(label) > 1  -- a set of characters has A and a
)
SELECT
    list(label ORDER BY label) AS labels, count(*) AS count,
    array_to_string(list(total ORDER BY label), ', ') AS counts
FROM spelled
-- A plural s of any level; "glass" and "1990s" have none.
GROUP BY regexp_replace(plain, '(\p{L}{2}[^s\P{L}])s(/|$)', '\1\2', 'g'), numbers
HAVING count(*) > 1
ORDER BY min(label)
