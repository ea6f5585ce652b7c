"""Batches on a Spark cluster."""

from __future__ import annotations

from contextlib import contextmanager
from typing import TYPE_CHECKING

from joblibspark import register_spark
from pyspark.errors import PySparkException
from pyspark.sql import SparkSession

from datalint.errors import ClusterError
from datalint.measure.rounds import Rounds

if TYPE_CHECKING:
    from collections.abc import Iterator

    from datalint.measure.pool import Pool


@contextmanager
def connect(scheduler: str | None, jobs: int) -> Iterator[Pool]:
    """Connect to a master, to the one that Spark is configured for, or to one that is started for it."""
    builder = SparkSession.builder.appName("datalint")
    if scheduler is not None:
        builder = builder.remote(scheduler) if scheduler.startswith("sc://") else builder.master(scheduler)
    ...
    yield Rounds("spark", jobs, Exception)
