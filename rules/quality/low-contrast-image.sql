/*
code = "QUA005"
title = "Low-contrast image"
severity = "note"
subject = "image"
message = "{path} has hardly any contrast: nine tenths of its pixels lie within {spread:.0%} of the range of brightness"
why = """
Fog, backlight or a wrong conversion have pressed everything into a few shades. Normalisation per dataset does not bring
them back."""
advice = "Correct its levels, take it again, or remove it."
source = "datalint"

[options.min_spread]
default = 0.12
range = [0.0, 1.0]
help = "range of brightness that nine tenths of the pixels must span"

[options.min_contrast]
default = 0.01
range = [0.0, 0.5]
help = "standard deviation of brightness below which an image is blank"

[options.min_bright_level]
default = 0.12
range = [0.0, 1.0]
help = "below this the image is dark rather than of low contrast"

[options.max_dark_level]
default = 0.95
range = [0.0, 1.0]
help = "above this it is bright rather than of low contrast"
*/
SELECT path, label, split, bright_level - dark_level AS spread, contrast
FROM pixels JOIN samples USING (sample_id)
WHERE bright_level - dark_level < $min_spread AND contrast >= $min_contrast
    AND bright_level >= $min_bright_level AND dark_level <= $max_dark_level
ORDER BY spread, path
