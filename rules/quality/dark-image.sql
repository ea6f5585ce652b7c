/*
code = "QUA001"
title = "Dark image"
severity = "note"
subject = "image"
message = """\
{path} is nearly black: 95% of its pixels are below {bright_level:.1%} of full brightness; \
the limit is {max_bright_level:.0%}"""
why = """
Nearly nothing can be seen on it, so nothing can be learned from it. A night scene with lights in it is not meant: the
lights set it apart."""
advice = "Take it again in better light, or remove it."
source = "datalint"

[options.max_bright_level]
default = 0.12
range = [0.0, 1.0]
help = "brightness that 95% of the pixels stay below, 0 to 1"

[options.min_contrast]
default = 0.006
range = [0.0, 0.5]
help = "standard deviation of brightness below which an image is blank rather than dark"

[options.max_contrast]
default = 0.05
range = [0.0, 0.5]
help = "standard deviation of brightness from which on something on the image is lit"
*/
SELECT path, label, split, bright_level, brightness
FROM pixels JOIN samples USING (sample_id)
WHERE bright_level < $max_bright_level AND contrast >= $min_contrast AND contrast < $max_contrast
ORDER BY bright_level, path
