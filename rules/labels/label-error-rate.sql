/*
code = "LBL004"
title = "Many wrong labels"
severity = "warning"
subject = "dataset"
message = """\
about {share:.1%} of the labels are wrong (95% interval {low:.1%} to {high:.1%}), by {method}; at most {max_share:.0%} is expected"""
why = "Above a few percent, wrong labels cost accuracy that more images do not bring back, and scores cannot be trusted."
advice = "Look at the images that LBL003 names, and label a random sample of the others again."
source = "Ferlitsch, Computer Vision Data Engineering, part 5: label errors under 4 %"
method = """
The share of random labels by which labels are most probable, given what a classifier says of images that it has not learned
from. See LBL003 and docs/suspect-labels.md. The interval holds for errors that do not depend on the image; labels that are
confused between classes that look alike are not counted, so the true share may be larger."""

[options.max_share]
default = 0.04
range = [0.0, 1.0]
help = "share of wrong labels that the lower end of the interval may have"
*/
SELECT
    sum(errors) / sum(images) AS share, sum(errors_low) / sum(images) AS low, sum(errors_high) / sum(images) AS high,
    CAST(sum(images) AS BIGINT) AS images, min(method) AS method
FROM label_quality
WHERE obstacle IS NULL
HAVING sum(errors_low) > $max_share * sum(images)
