/*
code = "BIA007"
title = "One background for all"
severity = "note"
subject = "dataset"
message = """\
all classes share one background, which varies by {spread:.0f} of 255 grey levels or less; harmless as long as it stays so, \
but a network that has seen no other may fail before another one"""
why = """
A background that says nothing about the class cannot be learned in its place. Yet it is part of what the network expects:
a conveyor belt that was replaced by a yellow one broke a factory's model."""
advice = """\
If the application has one background too, leave it. If not, photograph some of every class elsewhere, or replace the \
background when augmenting; vary its colour first."""
source = "Ferlitsch, Computer Vision Data Engineering: the replaced conveyor belt"

[options.max_spread]
default = 15.0
range = [0.0, 128.0]
help = "grey levels that the background of each class varies by at most"

[options.min_shared]
default = 0.4
range = [0.0, 1.0]
help = "how common the backgrounds of each class must be in the others, beside itself"
*/
SELECT max(spread) AS spread, min(shared) AS shared, count(*) AS classes FROM background
HAVING count(*) > 1 AND max(spread) <= $max_spread AND min(shared) >= $min_shared
