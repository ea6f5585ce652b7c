/*
code = "FMT006"
title = "Rotated by EXIF"
severity = "warning"
subject = "image"
needs = ["headers.format"]
message = "{path} is stored {position}; only its EXIF orientation ({orientation}) says so"
why = """
Loaders disagree: OpenCV and TensorFlow's newer functions turn the image upright, Pillow and torchvision do not. A model
trained with one and served with the other sees it lying on its side."""
advice = "Turn it upright for good, for example: exiftran -ai FILE, or Pillow's ImageOps.exif_transpose."
source = "datalint; EXIF 2.3, tag 0x0112"
*/
SELECT
    path, label, split, orientation,
    CASE orientation
        WHEN 2 THEN 'mirrored' WHEN 3 THEN 'upside down' WHEN 4 THEN 'upside down and mirrored'
        WHEN 5 THEN 'on its side and mirrored' WHEN 6 THEN 'on its side' WHEN 7 THEN 'on its side and mirrored'
        ELSE 'on its side'
    END AS position
FROM headers JOIN samples USING (sample_id)
WHERE orientation <> 1
ORDER BY path
