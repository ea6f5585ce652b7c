/*
code = "BIA001"
title = "Background predicts class"
severity = "warning"
subject = "class"
message = """\
{label}: its background alone gives it away: AUROC {auroc:.2f} (at least {auroc_low:.2f}); {recognised:.0%} of its images \
at 5% false positives; {look}distinct backgrounds: {places:.0f} in {pictures:,} images looked at; the same model reaches \
{object_auroc:.2f} where the object is{elsewhere}"""
why = """
A network takes whatever tells classes apart. Where the corners of the images do, it can learn the background in place
of the object: the wolf that is recognised by its snow. It fails as soon as the object stands before something else, and
a test from the same source does not show it."""
advice = """\
Collect {label} before the backgrounds of the other classes, and those before its own (about {needed:,} before others); or crop all images to the object; or mix backgrounds when augmenting."""
source = """\
Ribeiro, Singh and Guestrin 2016, Why Should I Trust You? (the wolf); Torralba and Efros 2011, Unbiased Look at Dataset \
Bias; Xiao et al. 2020, Noise or Signal"""
method = """
A forest learns the classes from nothing but four corners (4 x 4 pixels of a thumbnail of 32 x 32): light, colour, texture.
It is asked about images that it has not learned from, and neither has it learned from others with the same background,
unless the class has fewer than eight. The AUROC says how often it ranks an image of the class above one of another class.

Three controls keep objects out of it: three of four corners, each by itself, must tell (an object that reaches into one or
two does not help); some part of the middle must stand out from the corners (in a texture or a close-up none does); and by
that part the forest must know the class less well. Where the controls object, BIA008 says so in place of this rule. A class
whose backgrounds are as common in other classes is not reported.

Near-duplicates count once; bars and borders are cut off first; classes need 20 pictures. docs/background-bias.md has the
error rates on planted biases, and what the method cannot see."""

[options.min_auroc]
default = 0.75
range = [0.7, 1.0]
help = "how well the corners must tell the class: 0.5 (by chance) to 1"

[options.min_auroc_low]
default = 0.69
range = [0.5, 1.0]
help = "lower end that the interval of it must have"

[options.max_shared]
default = 0.4
range = [0.0, 1.0]
help = "how common its backgrounds may be in other classes, beside itself"
*/
SELECT
    label, auroc, auroc_low, recognised, agreed_auroc, contrast, object_auroc, object_drop, pictures, shared,
    round(backgrounds) AS places,
    coalesce(nullif(look, '') || '; ', '') AS look,
    if(evaluation_auroc >= $min_auroc, '; validation and test images share it, so no score will show it', '') AS elsewhere,
    -- As many as would make those before other backgrounds half of the class.
    greatest(1, CAST(ceil(recognised * classes.total) AS INTEGER)) AS needed
FROM background JOIN classes USING (label)
WHERE auroc >= $min_auroc AND auroc_low >= $min_auroc_low AND shared <= $max_shared AND apart
ORDER BY auroc DESC, label
