/*
code = "REP002"
title = "Extension missed by LFS"
severity = "warning"
subject = "file"
message = "{path} is in git itself: .gitattributes gives {lfs_extension} to git-lfs, and not {extension}"
why = """
Patterns in .gitattributes mind upper and lower case, unless git is told otherwise as on Windows and macOS. Cameras write
.JPG, so a part of the images goes around git-lfs, and into every clone for ever."""
advice = "Cover it, then add the files again: git lfs track \"*{extension}\" && git add .gitattributes && git add --renormalize ."
source = "gitattributes(5)"
*/
SELECT tracked_files.path, label, split, lfs_extension, regexp_extract(tracked_files.path, '\.[^./]+$') AS extension
FROM tracked_files LEFT JOIN samples USING (path)
WHERE lfs_extension IS NOT NULL AND NOT pointer AND bytes > 0
ORDER BY tracked_files.path
