/*
code = "INT006"
title = "Animated image"
severity = "warning"
subject = "image"
needs = ["headers.format"]
message = "{path} has {frames:,} frames; a loader takes the first, or all of them as a batch"
why = """
Loaders disagree on images with several frames: Pillow gives the first, TensorFlow's decode_image a fourth dimension
that breaks the batch."""
advice = "Keep one frame as a still image, or all frames as images of their own in the same split."
source = "datalint"
*/
SELECT path, label, split, frames
FROM headers JOIN samples USING (sample_id)
WHERE frames > 1
ORDER BY path
