/*
code = "INT001"
title = "Unreadable image"
severity = "error"
subject = "image"
message = "{path} cannot be read: {reason}"
why = """
A training run stops at the first such file, often after hours, or a loader skips it without a word and the class is
smaller than everybody believes. Readable means decoded to the last row: headers of truncated files look fine."""
advice = "Fetch the file again from its source, or remove it."
source = "Ferlitsch, Computer Vision Data Engineering, part 8: curation"
*/
SELECT path, label, split, reason
FROM unmeasured JOIN samples USING (sample_id)
WHERE kind = 'unreadable'
ORDER BY path
