/*
code = "INT003"
title = "Extension of another format"
severity = "warning"
subject = "image"
needs = ["headers.named_format"]
message = "{path} is {format} by its content, though its name says {named_format}"
why = """
Some loaders decide by the name which decoder to use and fail, others by the content; a pipeline that works on one
machine breaks on the next. Several formats under one name also hint at several sources."""
advice = "Rename the file after its content, or convert it."
source = "datalint"
*/
SELECT path, label, split, format, named_format
FROM headers JOIN samples USING (sample_id)
WHERE format <> named_format
ORDER BY path
