/*
code = "PRV001"
title = "GPS location"
severity = "warning"
subject = "image"
needs = ["headers.format"]
message = "{path} says in its EXIF where it was taken"
why = """
EXIF carries the position to within metres: somebody's home, a patient's clinic, the last nest of a rare bird. It goes
out with every copy of the dataset."""
advice = "Strip it before publishing: exiftool -gps:all= FILE"
source = "datalint; EXIF 2.3, GPS IFD"
*/
-- The place itself stays out: a report is read by more people than the dataset.
SELECT path, label, split
FROM headers JOIN samples USING (sample_id)
WHERE gps IS NOT NULL
ORDER BY path
