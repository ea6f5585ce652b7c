/*
code = "VAR003"
title = "Thin colour"
severity = "warning"
subject = "class"
message = "{label}: {colour} in {share:.1%} of the {total:,} images whose colour is known, a colour apart from its others ({others}); at least {min_share:.0%} is expected"
why = """
Of apples that are red, green and yellow, each colour needs its share of the images, or a network takes the rare one for
something else."""
advice = "Collect more images of {label} that are {colour}, or leave those out that will never be met."
source = "Ferlitsch, Computer Vision Data Engineering: each distinct colour of a class in at least 10 % of its images"
method = """
Mean colours in CIELAB of what stands out from plain backgrounds, where at least half of the pictures of the class, and 30,
have one. Colours are distinct where none lies between them (single linkage, steps of 10, lightness counting half), three
pictures or more each; a class with colours of all kinds has none. The interval of the share (95 %) must stay below the
limit. Sets that are grey throughout have no colours."""

[options.min_share]
default = 0.10
range = [0.0, 1.0]
help = "share of a class's images that each of its distinct colours must have"
*/
WITH colours AS (
    SELECT
        label, split, colour, pictures, share, share_high, scattered,
        row_number() OVER (PARTITION BY label, split ORDER BY pictures DESC, colour, lightness, a, b) AS place
    FROM class_colours
    WHERE role = 'train' OR NOT EXISTS (SELECT 1 FROM samples WHERE role = 'train')
)
SELECT
    label, split, colour, share, CAST(round(pictures / share) AS INTEGER) AS total, $min_share AS min_share,
    (
        SELECT string_agg(DISTINCT other.colour, ', ' ORDER BY other.colour) FROM colours other
        WHERE other.label = colours.label AND other.split IS NOT DISTINCT FROM colours.split AND other.place != colours.place
    ) AS others
FROM colours
WHERE share_high < $min_share AND scattered <= 0.05 AND place > 1
ORDER BY label, split, share, colour, place
