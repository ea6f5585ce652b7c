/*
code = "DUP001"
title = "Exact duplicate"
severity = "warning"
subject = "group"
message = "{copies} copies, {sameness}: {paths}"
why = """
Copies count as several images without being so: the class is smaller than it looks, the copied image weighs more, and
as soon as somebody splits the dataset at random, copies end up on both sides."""
advice = "Keep {keeper}, remove the others."
source = "Ferlitsch, Computer Vision Data Engineering, part 8: curation"
*/
SELECT
    paths, labels, splits, copies, kind, paths[1] AS keeper,
    CASE kind WHEN 'bytes' THEN 'byte for byte' ELSE 'pixel for pixel' END AS sameness
FROM duplicate_groups
WHERE len(labels) <= 1 AND len(splits) <= 1
    -- What augmentation made may come out like its source, which is no copy that somebody forgot.
    AND copies > 1 + (
        SELECT count(*) FROM duplicates
        WHERE duplicates.group_id = duplicate_groups.group_id
            AND sample_id IN (SELECT families.sample_id FROM families WHERE made)
    )
ORDER BY list_min(paths)
