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
from datalint.measure.rounds import Rounds

if TYPE_CHECKING:
    from collections.abc import Iterator

    from datalint.measure.pool import Pool

_RETRIES = 2  # of a worker that died, with what it was doing


@contextmanager
def connect(scheduler: str | None, jobs: int) -> Iterator[Pool]:
    """Connect to a cluster, to the one that RAY_ADDRESS names, or to one that is started for it."""
    address = scheduler or os.environ.get("RAY_ADDRESS")
    workers = {} if address else {"num_cpus": jobs}
    try:
        ray.init(address, logging_level=logging.ERROR, log_to_driver=False, **workers)
    except (OSError, ValueError, RuntimeError, TimeoutError) as error:
        words = (str(error).splitlines() or ["no answer"])[0]
        raise ClusterError(f"no Ray cluster can be used at {address or 'this machine'}: {words}") from None
    try:
        register_ray()
        processors = int(ray.cluster_resources().get("CPU", 0))
        yield Rounds(
            "ray", processors, RayError, ray_remote_args={"max_restarts": _RETRIES, "max_task_retries": _RETRIES}
        )
    finally:
        ray.shutdown()
