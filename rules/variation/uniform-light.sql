/*
code = "VAR002"
title = "Uniform light"
severity = "note"
subject = "class"
message = "{label}: {problem}"
why = """
Unless an application works under one constant light, a class needs images in daylight, at dusk, and in lit and dim rooms:
a network that has seen one light only fails in the others."""
advice = """\
Photograph {label} in other light, or vary brightness, contrast and colour when augmenting (datalint plan); where the \
application has one light, say so with one_light."""
source = "Ferlitsch, Computer Vision Data Engineering: light (daylight, dusk, well-lit indoors, dim indoors)"
method = """
Standard deviations of mean luma and of the colour temperature of the mean colour (in mired) over pictures of the class that
are no copies of each other; the upper ends of their intervals (95 %) must stay below the limits, and there must be 20. Or
nine in ten pictures of all splits are bright (mean luma of 0.35 and more) where half of the other classes are mostly dim
(three quarters, for a class of fewer than 20), or the other way round. Classes of drawings and scans, grey figures on a
plain ground, have no light. Pictures are told to be in daylight (bright, 5,000 K and more), at dusk (dim, as cool), in a
lit room (bright, warmer) or a dim one (dim, warmer); a camera's white balance hides the warmth of lamps, so that is a rough
guess, and only made where lights are declared."""

[options.one_light]
default = false
help = "whether the application works under one constant light, so that this says nothing"

[options.lights]
default = []
help = "the lights of the application: daylight, dusk, lit-indoors, dim-indoors; those that are missing are named"

[options.min_share]
default = 0.05
range = [0.0, 1.0]
help = "share of a class that must be in each of these lights"

[options.max_lightness]
default = 0.06
range = [0.0, 0.5]
help = "how far mean luma (0 to 1) spreads at most in one light"

[options.max_temperature]
default = 30.0
range = [0.0, 500.0]
help = "how far colour temperature spreads at most in one light, mired"
*/
WITH seen AS (
    SELECT label, brightness, temperature, chroma_range <= 12 AND polarity IS NOT NULL AS figure
    FROM samples JOIN pixels USING (sample_id) JOIN depictions USING (sample_id)
    WHERE len(labels) = 1
    QUALIFY row_number() OVER (PARTITION BY label, picture ORDER BY path) = 1
),
lit AS (
    SELECT label, count(*) AS pictures, avg(CAST(brightness >= 0.35 AS INTEGER)) AS bright
    FROM seen GROUP BY label HAVING count(*) >= 10 AND count(*) FILTER (WHERE figure) < 0.9 * count(*)
),
spreads AS (
    SELECT
        label, split, max(pictures) AS pictures, max(spread) FILTER (WHERE fact = 'lightness') AS lightness,
        max(high) FILTER (WHERE fact = 'lightness') AS lightness_high,
        max(high) FILTER (WHERE fact = 'temperature') AS temperature_high
    FROM variation
    WHERE role = 'train' OR NOT EXISTS (SELECT 1 FROM samples WHERE role = 'train')
    GROUP BY label, split
),
others AS (
    SELECT
        one.label, count(*) AS classes, count(*) FILTER (WHERE other.bright < 0.5) AS dim,
        count(*) FILTER (WHERE other.bright > 0.5) AS bright
    FROM lit one JOIN lit other ON one.label != other.label
    GROUP BY one.label
),
wanted AS (
    SELECT
        CASE WHEN light IN ('daylight', 'dusk', 'lit-indoors', 'dim-indoors') THEN light
            ELSE error('option lights: ' || light || ' is none of daylight, dusk, lit-indoors and dim-indoors') END AS light
    FROM (SELECT unnest(CAST($lights AS VARCHAR[])) AS light)
),
kinds AS (
    SELECT
        label,
        CASE WHEN brightness >= 0.35 AND temperature >= 5000 THEN 'daylight' WHEN temperature >= 5000 THEN 'dusk'
            WHEN brightness >= 0.35 THEN 'lit-indoors' ELSE 'dim-indoors' END AS light
    FROM seen
),
problems AS (
    SELECT
        label, CAST(NULL AS VARCHAR) AS split,
        'hardly an image in some of the lights that it will be met in: ' || string_agg(light, ', ' ORDER BY light) AS problem
    FROM (
        SELECT lit.label, wanted.light
        FROM lit CROSS JOIN wanted LEFT JOIN kinds ON kinds.label = lit.label AND kinds.light = wanted.light
        GROUP BY lit.label, wanted.light, lit.pictures HAVING count(kinds.light) < $min_share * lit.pictures
    )
    GROUP BY label
    UNION ALL
    SELECT label, split, format('all in one light; lightness varies by {:.0f} %', 100 * lightness)
    FROM spreads SEMI JOIN lit USING (label)
    WHERE pictures >= 20 AND lightness_high <= $max_lightness AND temperature_high <= $max_temperature
        AND NOT EXISTS (SELECT 1 FROM wanted)
    UNION ALL
    SELECT
        label, NULL,
        CASE WHEN lit.bright >= 0.9
            THEN format('hardly an image in dim light, in which {} of the {} other classes mostly are', dim, classes)
            ELSE format('hardly an image in bright light, in which {} of the {} other classes mostly are', others.bright, classes)
        END
    FROM lit JOIN others USING (label)
    WHERE NOT EXISTS (SELECT 1 FROM wanted) AND (
        (lit.bright >= 0.9 AND dim >= CASE WHEN pictures < 20 THEN 0.75 ELSE 0.5 END * classes)
        OR (lit.bright <= 0.1 AND others.bright >= CASE WHEN pictures < 20 THEN 0.75 ELSE 0.5 END * classes)
    )
)
SELECT label, split, problem FROM problems WHERE NOT $one_light ORDER BY label, split, problem
