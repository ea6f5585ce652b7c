/*
code = "INT008"
title = "Pickle"
severity = "error"
subject = "file"
message = "{where} {reason}"
why = """
Opening a pickle runs whatever code is in it. A dataset that is passed on should not be able to do that, and no check of
it can be safe."""
advice = "Save the arrays with numpy.savez, or as HDF5."
source = "Python's documentation of pickle"
*/
SELECT file AS path, coalesce(file || ', ' || place, file) AS where, reason
FROM faults
WHERE kind = 'pickle'
ORDER BY file, place
