/*
code = "BIA005"
title = "Metadata predicts class"
severity = "warning"
subject = "class"
message = """\
{label}: its files alone give it away, without their pixels: AUROC {auroc:.2f} (at least {auroc_low:.2f}), {recognised:.0%} of \
its images at 5% false positives; by {fields} alone {fields_auroc:.2f}; {usual}"""
why = """
Classes that came from different sources differ in size, format, compression or camera. Resizing and decoding leave traces
of these (blur, blocks, squeezed shapes) that a network finds, and it then tells sources from each other and not objects."""
advice = """\
Find images of {label} from the sources of the other classes, and of those from its own; at least bring all to one size \
and compression before training (crop, do not squeeze). Images that were \
cut out to the shape of their object differ in aspect for that reason alone."""
source = "Torralba and Efros 2011, Unbiased Look at Dataset Bias; Maguolo and Nanni 2021, on COVID-19 detection from X-rays"
method = """
A forest learns the classes from width, height, aspect, format, channels, bit depth, orientation by EXIF, camera and JPEG
compression, and is asked about images that it has not learned from. The fields named are those that do nearly as well on
their own. The size of files is not used: where all else is alike it tells of texture, which is the object's own."""

[options.min_auroc]
default = 0.85
range = [0.5, 1.0]
help = "how well the headers must tell the class: 0.5 (by chance) to 1"

[options.min_auroc_low]
default = 0.75
range = [0.5, 1.0]
help = "lower end that the interval of it must have"
*/
SELECT label, pictures, auroc, auroc_low, recognised, fields, fields_auroc, usual FROM file_traits
WHERE auroc >= $min_auroc AND auroc_low >= $min_auroc_low
ORDER BY auroc DESC, label
