/*
code = "VAR007"
title = "Class of copies"
severity = "warning"
subject = "class"
message = "{label}: {images:,} images, about {different} different ones"
why = """
Frames of one burst and versions of one picture teach a network no more than the picture does, and a class of them is smaller
than it seems: it overfits, and its validation images are known from training."""
advice = "Collect more pictures of {label}, and count it as {different} images when balancing classes."
source = "Ferlitsch, Computer Vision Data Engineering: images per class; variety of viewpoint and light"
method = """
How often two random images of the class, 200 at most, are versions of one picture: known copies and bursts, and such that share
nearly all structure (0.88) and far more than any two of the class do (8 standard errors). The inverse of that share is how many
pictures there are, each as often (Simpson 1949). The upper end of the interval (95 %) counts."""

[options.max_share]
default = 0.25
range = [0.0, 1.0]
help = "different images that a class of copies has at most, as a share of its images"

[options.min_images]
default = 30
range = [0, 1000000]
help = "images from which on a class is looked at"
*/
SELECT label, split, originals AS images, CAST(greatest(round(different), 1) AS INTEGER) AS different
FROM diversity
WHERE (role = 'train' OR NOT EXISTS (SELECT 1 FROM samples WHERE role = 'train'))
    AND different_high <= $max_share * originals AND originals >= $min_images
ORDER BY different / originals, label, split
