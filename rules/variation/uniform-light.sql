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
are no copies of each other; the upper ends of their intervals (95 %) must stay below the limits. Or nine in ten pictures are
bright (mean luma of 0.35 and more) where most of the other classes are dim, or the other way round. Drawings and scans, grey
figures on a plain ground, have no light. Pictures are told to be in daylight (bright, 5,000 K and more), at dusk (dim, as
cool), in a lit room (bright, warmer) or a dim one (dim, warmer); a camera's white balance hides the warmth of lamps, so that
is a rough guess, and only made where lights are declared."""

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
WITH chosen AS (
    SELECT sample_id, label, brightness, temperature, chroma_range, polarity
    FROM samples JOIN pixels USING (sample_id) LEFT JOIN near_duplicates USING (sample_id)
    WHERE len(labels) = 1 AND coalesce(keeper, true)
),
drawn AS (SELECT count(*) FILTER (WHERE chroma_range <= 12 AND polarity IS NOT NULL) >= 0.9 * count(*) AS all FROM chosen),
counted AS (
    SELECT label, count(*) AS pictures, avg(CAST(brightness >= 0.35 AS INTEGER)) AS bright FROM chosen GROUP BY label
),
spreads AS (
    SELECT
        label, max(spread) FILTER (WHERE fact = 'lightness') AS lightness,
        max(high) FILTER (WHERE fact = 'lightness') AS lightness_high,
        max(high) FILTER (WHERE fact = 'temperature') AS temperature_high
    FROM variation
    WHERE role = 'train' OR NOT EXISTS (SELECT 1 FROM samples WHERE role = 'train')
    GROUP BY label
),
others AS (
    SELECT one.label, sum(other.bright) / count(*) AS bright
    FROM counted one JOIN counted other ON one.label != other.label AND other.pictures >= 10
    GROUP BY one.label
),
lit AS (
    SELECT
        label,
        CASE WHEN brightness >= 0.35 AND temperature >= 5000 THEN 'daylight' WHEN temperature >= 5000 THEN 'dusk'
            WHEN brightness >= 0.35 THEN 'lit-indoors' ELSE 'dim-indoors' END AS light
    FROM chosen
),
lacking AS (
    SELECT label, string_agg(light, ', ' ORDER BY light) AS lights
    FROM (
        SELECT counted.label, wanted.light
        FROM counted CROSS JOIN (SELECT unnest(CAST($lights AS VARCHAR[])) AS light) wanted
            LEFT JOIN lit ON lit.label = counted.label AND lit.light = wanted.light
        GROUP BY ALL HAVING count(lit.light) < $min_share * any_value(counted.pictures)
    )
    GROUP BY label
)
SELECT
    label,
    CASE
        WHEN lights IS NOT NULL THEN 'hardly an image in some of the lights that it will be met in: ' || lights
        WHEN lightness_high <= $max_lightness AND temperature_high <= $max_temperature
            THEN format('all in one light; lightness varies by {:.0f} %', 100 * lightness)
        WHEN counted.bright >= 0.9 THEN format('hardly an image in dim light, where {:.0f} % of the other classes are', 100 * (1 - others.bright))
        ELSE format('hardly an image in bright light, where {:.0f} % of the other classes are', 100 * others.bright)
    END AS problem
FROM counted LEFT JOIN spreads USING (label) LEFT JOIN others USING (label) LEFT JOIN lacking USING (label), drawn
WHERE NOT $one_light AND NOT drawn.all AND pictures >= 10 AND (
    lights IS NOT NULL
    OR (pictures >= 20 AND lightness_high <= $max_lightness AND temperature_high <= $max_temperature AND len(CAST($lights AS VARCHAR[])) = 0)
    OR (counted.bright >= 0.9 AND others.bright <= CASE WHEN pictures < 20 THEN 0.25 ELSE 0.5 END)
    OR (counted.bright <= 0.1 AND others.bright >= CASE WHEN pictures < 20 THEN 0.75 ELSE 0.5 END)
)
ORDER BY label
