/*
code = "QUA002"
title = "Bright image"
severity = "note"
subject = "image"
message = """\
{path} is nearly white: 95% of its pixels are above {dark_level:.1%} of full brightness; \
the limit is {min_dark_level:.0%}"""
why = """
Overexposed, or an empty page: the object has all but vanished. A small object on white is not meant: it
stands out."""
advice = "Take it again with less light, or remove it."
source = "datalint"

[options.min_dark_level]
default = 0.85
range = [0.0, 1.0]
help = "brightness that 95% of the pixels exceed, 0 to 1"

[options.min_contrast]
default = 0.006
range = [0.0, 0.5]
help = "standard deviation of brightness below which an image is blank rather than bright"

[options.max_contrast]
default = 0.05
range = [0.0, 0.5]
help = "standard deviation of brightness from which on an object stands out from the white"
*/
SELECT path, label, split, dark_level, brightness
FROM pixels JOIN samples USING (sample_id)
WHERE dark_level > $min_dark_level AND contrast >= $min_contrast AND contrast < $max_contrast
ORDER BY dark_level DESC, path
