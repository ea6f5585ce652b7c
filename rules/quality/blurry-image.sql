/*
code = "QUA003"
title = "Blurry image"
severity = "note"
subject = "image"
message = "{path} has no sharp edge: sharpness {sharpness:.2f}, expected is {min_sharpness:.2f}"
why = """
Out of focus or shaken beyond what shrinking to the network's input would hide. The measure does not depend on
contrast, and is taken at about the size that networks see."""
advice = "Take it again, or keep it only if such images are to be expected in use."
source = "datalint"

[options.min_sharpness]
default = 0.25
range = [0.0, 1.0]
help = "edge sharpness, 0 to 1"

[options.min_contrast]
default = 0.03
range = [0.0, 0.5]
help = "standard deviation of brightness from which on blur can be told"
*/
SELECT path, label, split, sharpness, contrast
FROM pixels JOIN samples USING (sample_id)
WHERE sharpness < $min_sharpness AND contrast >= $min_contrast
ORDER BY sharpness, path
