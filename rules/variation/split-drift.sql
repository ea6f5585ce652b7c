/*
code = "VAR008"
title = "Split drift"
severity = "warning"
subject = "split"
message = """\
{split}: its images are not like those of training; a classifier tells them from images of the same class there, AUROC {auroc:.2f} \
(at least {auroc_low:.2f}), by {facts} alone {facts_auroc:.2f}; {differ}"""
why = """
A score on images from another camera, in another light or of another size says how a model takes the change, and not what it
has learned; one that was chosen by such a score may be the wrong one. Where a test is meant to be from elsewhere, the
finding says in what."""
advice = """\
Find out where the difference comes from. Deal the images out to the splits anew, at random within each class (bursts and \
copies together), or bring all to one size, colour and compression; if {split} is meant to be different, suppress this."""
source = "Lopez-Paz and Oquab 2017, Revisiting Classifier Two-Sample Tests; Rabanser, Günnemann and Lipton 2019, Failing Loudly"
method = """
A forest learns which split an image is from, by lightness, contrast, colour, tint, sharpness, structure, background, size,
compression, format and camera, and scale, place and polarity of what stands out from plain backgrounds. It is asked about
images that it has not learned from, copies held out together. Each fact counts as its rank among the images of its class, and images are compared within their class only, so
that another mix of classes is no drift. Single facts must agree: in a random split one would differ so much with the
probability max_chance at the most (van Elteren 1960, corrected for their number). Those named are the one or two that tell
most. Embeddings, where they are given with --embeddings, are asked as well, by a kernel ridge regression held against sides that
were dealt out anew, and are named where they tell more and the facts little, or less than half as much."""

[options.min_auroc]
default = 0.65
range = [0.5, 1.0]
help = "how well the split must be told from training: 0.5 (by chance) to 1"

[options.min_auroc_low]
default = 0.55
range = [0.0, 1.0]
help = "lower end that the interval of it must have"

[options.max_chance]
default = 0.01
range = [0.0, 0.05]
help = "how probable it may be that any fact differs so much by chance"
*/
SELECT split, pictures, training, auroc, auroc_low, chance, facts, facts_auroc, differ FROM drift
WHERE role IN ('validation', 'test') AND auroc >= $min_auroc AND auroc_low >= $min_auroc_low AND chance <= $max_chance
ORDER BY auroc DESC, split
