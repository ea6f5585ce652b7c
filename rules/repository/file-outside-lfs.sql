/*
code = "REP001"
title = "File outside of LFS"
severity = "warning"
subject = "file"
message = "{path} is in git itself with {bytes:,} bytes, although .gitattributes gives it to git-lfs"
why = """
It was added where git-lfs was not installed, or before the pattern. Every clone downloads every version of it for ever,
and a checkout shows it as changed as soon as git-lfs looks at it."""
advice = "Put a pointer in its place, at the top of the repository, and commit it: git add --renormalize -- {quoted}"
source = "git-lfs FAQ, git-add(1)"
*/
SELECT
    tracked_files.path, label, split, bytes,
    CASE
        WHEN regexp_full_match(top_path, '[A-Za-z0-9_./+,@%-]+') THEN top_path
        ELSE '''' || replace(top_path, '''', '''\''''') || ''''
    END AS quoted
FROM tracked_files LEFT JOIN samples USING (path)
WHERE lfs AND NOT pointer AND bytes > 0
ORDER BY tracked_files.path
