/*
code = "REP003"
title = "Image treated as text"
severity = "error"
subject = "image"
message = "git changes line ends in {path} ({converted} in .gitattributes), and so its pixels"
why = """
When the file is added, each pair of bytes 13 10 in it becomes 10; a checkout may do the opposite. The signature of every
PNG has such a pair, so none survives; of a JPEG, one in 65,536 bytes or so begins one. What git stored is damaged, and
cannot be repaired from it. text=auto does no harm, since git then leaves files with NUL bytes alone."""
advice = """\
Say that it is none: echo '*{extension} -text' >> .gitattributes && git add .gitattributes && git add --renormalize . \
Then fetch what is damaged from its source."""
source = "gitattributes(5)"
*/
SELECT DISTINCT path, label, split, converted, regexp_extract(path, '\.[^./]+$') AS extension
FROM tracked_files JOIN samples USING (path)
-- git-lfs has replaced the content before; a text format loses nothing.
WHERE converted IS NOT NULL AND NOT lfs AND NOT regexp_matches(path, '\.(xbm|xpm)$', 'i')
ORDER BY path
