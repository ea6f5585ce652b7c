/*
code = "LAY006"
title = "Manifest sorted by label"
severity = "warning"
subject = "dataset"
message = """\
The rows of the manifest are sorted by label: the label changes {changes:,} times in {rows:,} rows, about {expected:,.0f} \
times would be chance"""
why = """
Split by position, as validation_split of Keras does, such a manifest leaves the test set with classes that were never
trained on, and batches in its order hold one class each. One set of course notes went from 42 % accuracy to 93 % by
shuffling."""
advice = "Shuffle the rows once, with a fixed seed, before anything is split by position."
source = "course notes on image classifiers"

[options.max_share]
default = 0.2
range = [0.0, 1.0]
help = "changes of label between neighbouring rows, as a share of those in random order"

[options.min_rows]
default = 20
range = [2, 1000000000]
help = "fewest rows that can be judged"
*/
WITH neighbours AS (
    SELECT label, lag(label) OVER (ORDER BY row) AS before FROM manifest_rows WHERE label IS NOT NULL AND split IS NULL
),
counted AS (
    SELECT count(*) AS rows, count(*) FILTER (WHERE label <> before) AS changes FROM neighbours
),
shares AS (
    SELECT sum(power(n, 2)) AS squares, count(*) AS labels
    FROM (SELECT count(*) AS n FROM neighbours GROUP BY label)
)
-- In random order two neighbours differ with the probability that two rows drawn without replacement do.
SELECT rows, changes, labels, expected
FROM (SELECT *, rows - squares / rows AS expected FROM counted, shares)
WHERE labels > 1 AND rows >= $min_rows AND changes <= $max_share * expected
    -- Where one label is nearly all there is, few changes are no sign: 3.5 standard deviations of chance are.
    AND expected - changes > 3.5 * sqrt(expected * (1 - expected / rows))
