/*
code = "PRV002"
title = "Copyright notice"
severity = "note"
subject = "group"
needs = ["headers.format"]
message = "EXIF of {images} names an owner: {owner}"
why = "Copyright may forbid commercial training, or publishing the dataset. The notice says whom to ask."
advice = "Check that the licence covers your use, or leave the images out."
source = "Ferlitsch, Computer Vision Data Engineering, part 5: sources"
*/
SELECT
    copyright AS owner, list(path ORDER BY path) AS paths, count(*) AS count,
    CASE WHEN count(*) = 1 THEN min(path) ELSE format('{:,} images (such as {})', count(*), min(path)) END AS images
FROM headers JOIN samples USING (sample_id)
WHERE copyright IS NOT NULL
GROUP BY copyright
ORDER BY count DESC, owner
