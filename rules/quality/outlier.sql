/*
code = "QUA006"
title = "Outlier"
severity = "note"
subject = "image"
message = "{path} is unlike all others by its embedding: {distance:.1f} times as far from its neighbours as is usual"
why = "Images that do not belong in the dataset (a logo, a page, another object) stand alone; so do the rare ones worth having."
advice = "Look at it: remove it if it does not belong, and collect more of its kind if it does."
source = "Tukey 1977, Exploratory Data Analysis: the outer fence"
method = """
The distance to the fifth nearest of up to 4,000 other images, copies left out, in the embeddings given with --embeddings.
Beyond the third quartile by three times the distance between the quartiles (of its logarithm) it is an outlier."""

[options.min_distance]
default = 1.5
range = [1.0, 100.0]
help = "distance to its neighbours, in medians of the dataset"
*/
SELECT path, label, split, distance FROM outliers JOIN samples USING (sample_id)
WHERE distance >= $min_distance
ORDER BY distance DESC, path
