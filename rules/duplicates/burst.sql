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
    list(path ORDER BY keeper DESC, path) AS paths,
    list_sort(list_distinct(list(label))) AS labels, list_sort(list_distinct(list(split))) AS splits,
    paths[1] AS keeper
FROM near_duplicate_members
WHERE confidence >= $min_confidence AND kind = 'burst'
GROUP BY group_id
HAVING pictures > 1 AND len(labels) <= 1 AND len(splits) <= 1
ORDER BY list_min(paths)
