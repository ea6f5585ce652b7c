/*
code = "FMT001"
title = "Mixed channels"
severity = "warning"
subject = "dataset"
message = "Images differ in their channels: {modes}; {example} is {example_mode}"
why = """
A network takes a fixed number of channels. Without a convert, a batch that mixes them fails; with one, it matters
which: colour to grey loses the colour, and where grey or alpha goes with a class, the network learns that instead."""
advice = "Load with {conversion}{exception}."
source = "Ferlitsch, Computer Vision Data Engineering, part 6: data engineering"
*/
WITH images AS (
    SELECT path, mode, CASE WHEN alpha THEN 'alpha' WHEN colour THEN 'colour' ELSE 'grey' END AS kind, colour
    FROM headers JOIN samples USING (sample_id)
),
modes AS (
    -- Pillow clips deep grey at 255 and rounds the colours of other colour spaces.
    SELECT
        mode, count(*) AS images,
        mode NOT IN ('1', 'L', 'LA', 'La', 'P', 'PA', 'RGB', 'RGBA', 'RGBX', 'RGBa') AS inexact
    FROM images GROUP BY mode
),
rarest AS (
    SELECT path AS example, mode AS example_mode
    FROM (SELECT path, mode, count(*) OVER (PARTITION BY kind) AS alike FROM images)
    ORDER BY alike, path LIMIT 1
),
kinds AS (
    SELECT
        count(*) FILTER (WHERE kind = 'grey') AS grey,
        count(*) FILTER (WHERE kind = 'colour') AS colour,
        count(*) FILTER (WHERE kind = 'alpha') AS with_alpha,
        bool_or(colour) AS coloured
    FROM images
)
SELECT
    (SELECT string_agg(images || ' ' || mode, ', ' ORDER BY images DESC, mode) FROM modes) AS modes,
    grey, colour, with_alpha, example, example_mode,
    CASE
        WHEN coloured AND with_alpha > 0
            THEN 'convert("RGBA"), which loses nothing, or convert("RGB"), which drops the alpha mask only'
        WHEN coloured THEN 'convert("RGB"), which loses nothing'
        ELSE 'convert("LA"), which loses nothing, or convert("L"), which drops the alpha mask only'
    END AS conversion,
    coalesce(
        (
            SELECT '; prepare ' || string_agg(mode, ' and ' ORDER BY mode) || ' before: convert clips or rounds it'
            FROM modes WHERE inexact
        ),
        ''
    ) AS exception
FROM kinds, rarest
WHERE (grey > 0)::INTEGER + (kinds.colour > 0)::INTEGER + (with_alpha > 0)::INTEGER > 1
