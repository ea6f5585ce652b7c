/*
code = "QUA004"
title = "Blank image"
severity = "warning"
subject = "image"
message = """\
{path} is blank: its brightness varies by {contrast:.1%} (standard deviation), at least {max_contrast:.1%} is \
expected"""
why = """
A lens cap, a failed render or a placeholder ("no picture"). It teaches the network that an empty frame stands for its
class."""
advice = "Remove it."
source = "datalint"

[options.max_contrast]
default = 0.006
range = [0.0, 0.5]
help = "standard deviation of brightness, 0 to 0.5"

[options.max_chroma]
default = 24
range = [0, 255]
help = "difference between colour channels up to which there is no colour either"
*/
SELECT path, label, split, contrast, brightness
FROM pixels JOIN samples USING (sample_id)
WHERE contrast < $max_contrast AND chroma_range <= $max_chroma
ORDER BY path
