/*
code = "BAL006"
title = "Thin attribute"
severity = "warning"
subject = "class"
needs = ["attributes"]
message = "{label}: {problem} in {share:.1%} of {total:,} images; at least {min_share:.0%} is expected"
why = """
A network takes a feature that is nearly always there for part of the class, and one that is nearly never there for
noise. A class needs images with it and without it, and of every state and variety in which it will be met."""
advice = "Collect images of {label} that fill the gap."
source = "Ferlitsch, Computer Vision Data Engineering, part 5: collection"

[options.features]
default = []
help = "attributes that say whether a secondary feature is there (a stem, a label, glasses)"

[options.progressions]
default = []
help = "attributes that name a state of progression (ripe, spoiled, sliced)"

[options.varieties]
default = []
help = "attributes that name a variety, such as a colour"

[options.min_feature]
default = 0.05
range = [0.0, 0.5]
help = "smallest share of a class with a feature, and without it"

[options.min_progression]
default = 0.20
range = [0.0, 1.0]
help = "smallest share of a class that shows a progression"

[options.min_variety]
default = 0.10
range = [0.0, 1.0]
help = "smallest share of a class for each variety"

[options.each_state]
default = false
help = "ask the smallest share of each state, not of all together"
*/
WITH labelled AS (SELECT DISTINCT label, sample_id FROM sample_labels),
declared AS (
    SELECT
        label, sample_id, name, lower(trim(value)) AS value,
        list_contains(CAST($features AS VARCHAR[]), name) AS feature,
        list_contains(CAST($progressions AS VARCHAR[]), name) AS progression,
        list_contains(CAST($varieties AS VARCHAR[]), name) AS variety
    FROM labelled JOIN attributes USING (sample_id)
),
totals AS (SELECT label, count(*) AS total FROM labelled GROUP BY label),
names AS (SELECT DISTINCT name, feature, progression, variety FROM declared WHERE feature OR progression OR variety),
-- A cell without a value has no row: the feature is not there.
featured AS (
    SELECT
        t.label, n.name, any_value(t.total) AS total,
        count(d.value) FILTER (WHERE d.value NOT IN ('', '0', '0.0', 'false', 'no', 'n', 'f', 'none', 'absent')) AS found
    FROM totals t CROSS JOIN names n LEFT JOIN declared d ON d.label = t.label AND d.name = n.name
    WHERE n.feature
    GROUP BY t.label, n.name
),
valued AS (
    SELECT
        label, name, value, count(*) AS images, any_value(progression) AS progression, any_value(variety) AS variety,
        sum(count(*)) OVER (PARTITION BY label, name) AS total, max(count(*)) OVER (PARTITION BY label, name) AS largest
    FROM declared WHERE progression OR variety
    GROUP BY label, name, value
),
shares AS (
    SELECT label, name || ' is there' AS problem, found / total AS share, total, $min_feature AS min_share FROM featured
    UNION ALL
    SELECT label, name || ' is absent', 1 - found / total, total, $min_feature FROM featured
    UNION ALL
    SELECT
        label, name || ' is other than ' || arg_max(value, images), 1 - max(images) / max(total), max(total),
        $min_progression
    FROM valued WHERE progression AND NOT $each_state GROUP BY label, name
    UNION ALL
    SELECT label, name || ' is ' || value, images / total, total, $min_progression
    FROM valued WHERE progression AND $each_state
    UNION ALL
    SELECT label, name || ' is ' || value, images / total, total, $min_variety FROM valued WHERE variety
)
SELECT label, problem, share, CAST(total AS INTEGER) AS total, min_share
FROM shares
WHERE round(share, 9) < min_share
ORDER BY label, problem
