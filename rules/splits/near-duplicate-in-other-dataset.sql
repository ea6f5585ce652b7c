/*
code = "SPL009"
title = "Near-duplicate in another dataset"
severity = "warning"
subject = "image"
message = "{path} looks like {other_path}{how} of {other}"
why = """
A network that was trained on the other dataset has all but seen this image. Where one of the two serves as a test, its
score is partly memory (benchmark contamination)."""
advice = "Look at both; if they show the same, remove the one that is not in a test."
source = "Barz and Denzler 2020, Do We Train on Test Data? Purging CIFAR of Near-Duplicates"
method = "That of near-duplicate: see `datalint explain DUP003`."

[options.min_confidence]
default = 0.8
range = [0.8, 1.0]
help = "confidence that two images show one picture, 0 to 1"
*/
SELECT
    path, samples.label, split, other, other_path, other_label, other_split, distance, similarity, confidence,
    coalesce(' (' || nullif(changes, '') || ')', '') AS how
FROM contamination JOIN samples USING (sample_id)
WHERE contamination.kind = 'near' AND confidence >= $min_confidence
ORDER BY path
