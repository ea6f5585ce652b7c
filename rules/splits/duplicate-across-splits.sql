/*
code = "SPL001"
title = "Duplicate across splits"
severity = "error"
subject = "group"
needs = ["splits"]
message = "One image in {splits}, {agreement}: {paths}"
why = """
The network is tested on an image that it was trained on (leakage): the score is too good, by more the more such images
there are, and nobody notices before the model meets the real world. Where the labels differ as well, one of them is
wrong."""
advice = "Keep the image in one split only."
source = "Ferlitsch, Computer Vision Data Engineering, part 6: splits"
*/
SELECT
    paths, labels, splits, copies, kind,
    CASE
        WHEN len(labels) > 1 THEN 'under different labels (' || array_to_string(labels, ', ') || ')'
        ELSE 'under the same label'
    END AS agreement
FROM duplicate_groups
WHERE len(splits) > 1
ORDER BY list_min(paths)
