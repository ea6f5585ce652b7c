/*
code = "DUP005"
title = "Burst"
severity = "note"
subject = "group"
message = "{pictures} frames of one sequence: {paths}"
why = """
Frames of one sequence, which file names number and which look nearly the same, count as several images and hold little
more than one. A class of bursts is smaller than it looks, and a random split puts neighbouring frames on both sides."""
advice = "Split by sequence, not by image, or keep one frame of each, such as {keeper}."
source = "datalint"
method = "That of near-duplicate: see `datalint explain DUP003`."

[options.min_confidence]
default = 0.8
range = [0.8, 1.0]
help = "confidence that all images of a group show one picture, 0 to 1"
*/
SELECT paths, labels, splits, copies, pictures, distance, similarity, confidence, paths[1] AS keeper
FROM near_duplicate_groups
WHERE confidence >= $min_confidence AND kind = 'burst' AND len(labels) <= 1 AND len(splits) <= 1
ORDER BY list_min(paths)
