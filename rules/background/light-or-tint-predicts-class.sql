/*
code = "BIA006"
title = "Light or tint predicts class"
severity = "note"
subject = "class"
message = """\
{label}: light or tint of the whole image tells it apart: AUROC {light_auroc:.2f} (at least {light_low:.2f}) by the corners, \
{light_object_auroc:.2f} where the middle differs most; {look}unless that is what {label} means, a network can learn it in place of the object"""
why = """
Another time of day, lamp or white balance for one class is as good as a label to a network. Where light or colour is what
the class means (night, ripe, rust) all is well, and this is no more than a note."""
advice = "Photograph {label} in the light of the other classes, or vary light and colour when augmenting."
source = "Ferlitsch, Computer Vision Data Engineering: vary light (daylight, dusk, lit and dim rooms)"
method = """
The forest of BIA001, which sees no more than lightness and two colour differences here, and knows the class by corners and
object alike."""

[options.min_auroc]
default = 0.8
range = [0.5, 1.0]
help = "how well light and tint of the corners must tell the class: 0.5 (by chance) to 1"

[options.min_object_auroc]
default = 0.72
range = [0.5, 1.0]
help = "how well those of the part that differs most from the corners must"
*/
SELECT label, pictures, light_auroc, light_low, light_object_auroc, contrast, coalesce(nullif(look, '') || '; ', '') AS look
FROM background
-- Where nothing stands out from the corners, the colours may be the object's: background-or-object-predicts-class.
WHERE light_auroc >= $min_auroc AND light_low >= 0.72 AND light_object_auroc >= $min_object_auroc AND contrast >= 1.1
    AND NOT (apart AND auroc >= 0.75 AND auroc_low >= 0.69)  -- of these, background-predicts-class tells
ORDER BY light_auroc DESC, label
