/*
code = "FMT002"
title = "Mixed bit depth"
severity = "warning"
subject = "dataset"
message = "Images differ in their bit depth: {deep:,} of more than 8 bits per channel, {usual:,} of 8 or fewer"
why = """
16-bit values divided by 255 come out 257 times too large, and many loaders cut them down to 8 bits without a word,
often to plain white or black."""
advice = "Convert all to one depth, and scale by the real one: 8-bit by 255, 16-bit by 65,535."
source = "Ferlitsch, Computer Vision Data Engineering, part 6: data engineering"
*/
SELECT
    count(*) FILTER (WHERE bit_depth > 8) AS deep,
    count(*) FILTER (WHERE bit_depth <= 8) AS usual
FROM headers
HAVING deep > 0 AND usual > 0
