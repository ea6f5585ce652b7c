/*
code = "SPL008"
title = "Duplicate in another dataset"
severity = "error"
subject = "image"
message = "{path} is in {other} too, {sameness}: {other_path}"
why = """
A network that was trained on the other dataset has seen this image. Where one of the two serves as a test, its score is
partly memory (benchmark contamination)."""
advice = "Remove the image from whichever of the two is not the test."
source = "datalint"
*/
SELECT
    path, samples.label, split, other, other_path, other_label, other_split, contamination.kind,
    CASE contamination.kind WHEN 'bytes' THEN 'byte for byte' ELSE 'pixel for pixel' END
        || CASE WHEN other_label <> samples.label THEN ', labelled ' || other_label ELSE '' END AS sameness
FROM contamination JOIN samples USING (sample_id)
WHERE contamination.kind <> 'near'
ORDER BY path
