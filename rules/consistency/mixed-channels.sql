/*
code = "FMT001"
title = "Mixed channels"
severity = "warning"
subject = "dataset"
message = "Images differ in their channels: {modes}"
why = """
A network takes a fixed number of channels. Without a convert, a batch that mixes them fails; with one, it matters which:
colour to grey loses the colour, and where grey or alpha goes with a class, the network learns that instead."""
advice = "Load with convert(\"{convert}\"), {loss}."
source = "Ferlitsch, Computer Vision Data Engineering, part 6: data engineering"
*/
WITH counts AS (
    SELECT mode, count(*) AS images, any_value(colour) AS colour
    FROM headers GROUP BY mode
),
kinds AS (
    SELECT
        count(*) FILTER (WHERE NOT colour AND NOT alpha) AS grey,
        count(*) FILTER (WHERE colour AND NOT alpha) AS colour,
        count(*) FILTER (WHERE alpha) AS with_alpha
    FROM headers
)
SELECT
    (SELECT string_agg(images || ' ' || mode, ', ' ORDER BY images DESC, mode) FROM counts) AS modes,
    grey, colour, with_alpha,
    CASE WHEN (SELECT bool_or(colour) FROM counts) THEN 'RGB' ELSE 'L' END AS convert,
    CASE WHEN with_alpha > 0 THEN 'which drops the alpha mask and nothing else' ELSE 'which loses nothing' END AS loss
FROM kinds
WHERE (grey > 0)::INTEGER + (colour > 0)::INTEGER + (with_alpha > 0)::INTEGER > 1
