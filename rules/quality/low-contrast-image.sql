/*
code = "QUA005"
title = "Low-contrast image"
severity = "note"
subject = "image"
message = """\
{path} has hardly any contrast: its brightness varies by {contrast:.1%} (standard deviation), at least \
{min_contrast:.0%} is expected"""
why = """
Fog, backlight or a wrong conversion have pressed everything into a few shades. Normalisation per dataset does not bring
them back. A small object before a plain sky is not meant: it makes up for the sky."""
advice = "Correct its levels, take it again, or remove it."
source = "datalint; RMS contrast: Peli 1990, Contrast in complex images"

[options.min_contrast]
default = 0.04
range = [0.0, 0.5]
help = "standard deviation of brightness that is expected"

[options.blank_contrast]
default = 0.006
range = [0.0, 0.5]
help = "standard deviation of brightness below which an image is blank"

[options.min_bright_level]
default = 0.12
range = [0.0, 1.0]
help = "brightness that 5% of the pixels must exceed, else the image is dark rather than of low contrast"

[options.max_dark_level]
default = 0.85
range = [0.0, 1.0]
help = "brightness that 5% of the pixels must stay below, else it is bright rather than of low contrast"
*/
SELECT path, label, split, contrast, bright_level, dark_level
FROM pixels JOIN samples USING (sample_id)
WHERE contrast < $min_contrast AND contrast >= $blank_contrast
    AND bright_level >= $min_bright_level AND dark_level <= $max_dark_level
ORDER BY contrast, path
