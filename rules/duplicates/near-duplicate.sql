/*
code = "DUP003"
title = "Near-duplicate"
severity = "warning"
subject = "group"
message = "{what}: {paths}"
why = """
The same picture re-encoded, cropped, mirrored or slightly changed adds little to a class; and when the dataset is split
at random, near-duplicates end up on both sides and the test is too kind."""
advice = "Keep {keeper} unless the others add something, and keep all of them in one split."
source = "Barz and Denzler 2020, Do We Train on Test Data? Purging CIFAR of Near-Duplicates"
method = """
Candidates have perceptual hashes within 10 of 64 bits (8 for mirrored and turned copies), or near colour layouts. Each
is verified on 32 x 32 thumbnails: aligned by shift and scale, the two must share the structure of their gradients by so
much more than each shares with the images that look most like it that chance is no explanation (a test for the
difference of two correlations).

Of 143 published near-duplicates of CIFAR-10, 78 % are found, and each reported pair of its test and training images was
right on inspection. Of 1,141 photos with a copy that was re-encoded, halved, made 20 % brighter or darker, grey, mirrored
or turned by quarters, 98 to 100 % are found, of copies cropped by 5 % on each side 98 %; of the reported pairs 99 % are
right. Of 60,000 images of Fashion-MNIST, 0.3 % are reported (most show one model of a garment twice); of 5,000
handwritten digits none. Smooth, dark or tiny pictures hold less to agree in, and fewer of their copies are found; in
datasets of fewer than 1,000 images a pair must share more, since there are fewer look-alikes to hold it against.

Embeddings, where they are given with --embeddings, propose further pairs: crops to as little as 56 % of the sides, copies
tilted by up to 15 degrees. One thumbnail is looked for in the other, and they must share so much more than look-alikes that
are laid over each other.

Images that `datalint augment` made, and that stand under the label of the image they were made of, are not looked for:
they look like it by design. `datalint explain SPL010` says how they are known."""

[options.min_confidence]
default = 0.8
range = [0.8, 1.0]
help = "confidence that all images of a group show one picture, 0 to 1"
*/
SELECT paths, labels, splits, copies, pictures, distance, similarity, confidence, what, paths[1] AS keeper
FROM near_duplicate_groups
WHERE confidence >= $min_confidence AND kind = 'copies' AND len(labels) <= 1 AND len(splits) <= 1
ORDER BY list_min(paths)
