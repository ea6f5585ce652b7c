/*
code = "BAL004"
title = "Single class, or a class without images"
severity = "error"
subject = "class"
message = "{label} {problem}"
why = """
A classifier needs two classes to tell apart. A class folder without images makes an output that is never trained, and
shifts the numbers of the classes behind it where another split has images of it."""
advice = "Add images, remove the folder, or give the folder that holds all of the classes."
source = "Ferlitsch, Computer Vision Data Engineering, part 5: assembly"
*/
SELECT
    label, total,
    CASE WHEN total = 0 THEN 'is a class folder without images' ELSE 'is the only class' END AS problem
FROM classes
WHERE total = 0 OR classes = 1
ORDER BY label
