"""Batches on a Spark cluster."""

from __future__ import annotations

import os
import sys
from contextlib import contextmanager
from typing import TYPE_CHECKING

from joblibspark import register_spark
from pyspark.sql import SparkSession

from datalint.errors import ClusterError
from datalint.measure.rounds import Rounds, make_sure_of_listener

if TYPE_CHECKING:
    from collections.abc import Iterator

    from datalint.measure.pool import Pool


_QUIET = {"spark.log.level": "OFF", "spark.ui.showConsoleProgress": "false"}


@contextmanager
def connect(scheduler: str | None, jobs: int) -> Iterator[Pool]:
    """Connect to a master, to the one that Spark is configured for, or to one in this process."""
    address = scheduler or os.environ.get("SPARK_REMOTE")
    make_sure_of_listener(address or "", "Spark")
    # Executors run the Python of this name, which need not be the one that has datalint.
    os.environ.setdefault("PYSPARK_PYTHON", sys.executable)
    builder = SparkSession.builder.appName("datalint").config(map=_QUIET)
    if address is not None:
        builder = builder.remote(address) if address.startswith("sc://") else builder.master(address)
    try:
        session = builder.getOrCreate()
    except Exception as error:  # Java's, Python's and those of the connection
        words = (str(error).splitlines() or ["no answer"])[0]
        raise ClusterError(f"no Spark can be used at {address or 'this machine'}: {words}") from None
    try:
        register_spark()
        yield Rounds("spark", session.sparkContext.defaultParallelism, Exception)
    finally:
        session.stop()
