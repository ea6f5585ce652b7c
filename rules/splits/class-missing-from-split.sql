/*
code = "SPL003"
title = "Class missing from a split"
severity = "error"
subject = "class"
message = "{label} has no image in {split}, but {elsewhere:,} elsewhere"
why = """
A class that the test lacks is never measured; one that training lacks can never be right. Loaders that number the
classes of each folder by themselves shift all numbers behind the missing one, and every answer counts as wrong."""
advice = "Move images of {label} into {split}, or take the class out of all splits."
source = "Ferlitsch, Computer Vision Data Engineering, part 5: assembly"
*/
SELECT missing.label, missing.split, sum(others.images)::INTEGER AS elsewhere
FROM class_splits AS missing
JOIN class_splits AS others ON others.label = missing.label AND others.split <> missing.split
JOIN splits ON splits.split = missing.split
WHERE missing.images = 0 AND splits.classes > 0
GROUP BY missing.label, missing.split
HAVING elsewhere > 0
ORDER BY missing.split, missing.label
