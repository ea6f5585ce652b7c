/*
code = "INT005"
title = "Oversized image"
severity = "warning"
subject = "image"
message = "{path} was not decoded: {reason}"
why = """
A small file can unfold to gigabytes of pixels, by accident (a map, a scan) or on purpose (a decompression bomb), and
take a data loader down with it. Most loaders built on Pillow refuse such images."""
advice = "Cut or scale the image down, remove it, or raise pixels under [limits] if it is meant to be there."
source = "datalint; the default limit is where Pillow begins to warn"
*/
SELECT path, label, split, reason
FROM unmeasured JOIN samples USING (sample_id)
WHERE kind = 'oversized'
ORDER BY path
