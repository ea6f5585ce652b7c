"""The header that rule files written by tests share."""

HEADER = """/*
code = "USR001"
title = "A rule of a test"
severity = "warning"
subject = "class"
message = "{label}"
why = "Because."
advice = "Do it."
source = "the tests"
*/
"""
