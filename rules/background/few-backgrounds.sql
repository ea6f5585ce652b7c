/*
code = "BIA003"
title = "Few backgrounds"
severity = "warning"
subject = "class"
message = """\
{label}: {pictures:,} images from few different places ({places:.0f} or so) that other classes hardly have; a network can learn \
the places by heart"""
why = """
Images of a few rooms, fields or afternoons say little about all others, and as long as no other class was photographed
there, the place alone says what is on the image."""
advice = "Photograph {label} in at least {min_places:.0f} places, and other classes in the same ones."
source = "Ferlitsch, Computer Vision Data Engineering; Beery, Van Horn and Perona 2018, Recognition in Terra Incognita"
method = """
Images whose corners have nearly the same colours as a first one's (within 6 grey levels, root of the mean square) are of
one place; places count by how many images they have (the inverse of Simpson's index). Near-duplicates count once."""

[options.min_places]
default = 8.0
range = [1.0, 1000.0]
help = "distinct backgrounds that a class should have"

[options.min_pictures]
default = 30
range = [20, 250]
help = "images, without near-duplicates, that a class must have to be judged"
*/
SELECT label, pictures, backgrounds AS places, shared, spread FROM background
WHERE backgrounds < $min_places AND pictures >= $min_pictures AND shared < 0.4 AND spread > 9
    AND auroc >= 0.75 AND contrast >= 1.1  -- else it is not the place that tells, or the corners are the object
    AND NOT (apart AND auroc_low >= 0.69)  -- of these, background-predicts-class tells, with their number
ORDER BY backgrounds, label
