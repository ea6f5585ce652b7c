"""Batches on a Ray cluster."""

from __future__ import annotations

import logging
import os
from contextlib import contextmanager
from typing import TYPE_CHECKING

import ray
from ray.exceptions import RayError
from ray.util.joblib import register_ray

from datalint.errors import ClusterError
from datalint.measure.rounds import Rounds, make_sure_of_listener

if TYPE_CHECKING:
    from collections.abc import Iterator

    from datalint.measure.pool import Pool


@contextmanager
def connect(scheduler: str | None, jobs: int) -> Iterator[Pool]:
    """Connect to a cluster, to the one that RAY_ADDRESS names, or to one that is started for it."""
    address = scheduler or os.environ.get("RAY_ADDRESS")
    make_sure_of_listener(address or "", "Ray")
    workers = {} if address else {"num_cpus": jobs}
    try:
        ray.init(address, logging_level=logging.ERROR, log_to_driver=False, **workers)
    except (OSError, RuntimeError, ValueError) as error:
        words = (str(error).splitlines() or ["no answer"])[0]
        raise ClusterError(f"no Ray cluster can be used at {address or 'this machine'}: {words}") from None
    try:
        register_ray()
        yield Rounds("ray", int(ray.cluster_resources().get("CPU", 0)), RayError)
    finally:
        ray.shutdown()
