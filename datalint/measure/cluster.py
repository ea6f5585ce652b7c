"""Clusters: connect to one, and make sure that its workers measure as this machine would."""

from __future__ import annotations

import threading
from contextlib import contextmanager
from functools import partial
from importlib import import_module
from typing import TYPE_CHECKING, NamedTuple, TypeVar

from datalint.errors import ClusterError, ConfigError, did_you_mean
from datalint.measure.pool import Lost, portable

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

    from datalint.measure.pool import Pool
    from datalint.storage import ImageRef

T = TypeVar("T")
R = TypeVar("R")

BACKENDS = ("local", "dask", "ray", "spark")
"""What batches can be run on; ``local`` are processes of this machine."""
_LOOKED_AT = 16  # images, each of another source, to see whether workers can read them
_busy = threading.Lock()


class Cluster(NamedTuple):
    """A cluster that is connected, and whose workers have the versions of this machine."""

    name: str
    """For people."""
    pool: Pool

    def outcomes(self, work: Callable[[Sequence[T]], R], batches: Sequence[Sequence[T]]) -> Iterator[R | Lost]:
        """Yield ``work(batch)`` for each batch, in their order. Raises ClusterError when the cluster is gone."""
        return self.pool.outcomes(partial(_one_at_a_time, work), batches)


@contextmanager
def connected(backend: str, scheduler: str | None, jobs: int) -> Iterator[Cluster | None]:
    """Connect to a cluster for a while; None for the processes of this machine.

    Without a scheduler it is the one that the backend is configured for, or else a cluster on this machine with
    ``jobs`` workers. Raises ClusterError and ConfigError.
    """
    if backend not in BACKENDS:
        raise ConfigError(
            f"there is no backend {backend!r}{did_you_mean(backend, BACKENDS)}; there are {', '.join(BACKENDS)}"
        )
    if backend == "local":
        if scheduler is not None:
            raise ConfigError(f"--scheduler {scheduler} needs a --backend: dask, ray or spark")
        yield None
        return
    try:
        module = import_module(f"datalint.measure.on_{backend}")
    except ImportError as error:
        needs = f"--backend {backend} needs {error.name or backend}"
        raise ClusterError(f"{needs}: pip install 'datalint-images[{backend}]'") from None
    with module.connect(scheduler, jobs) as pool:
        cluster = Cluster(f"the {backend} cluster" + (f" at {scheduler}" if scheduler else ""), pool)
        _compare_versions(cluster)
        yield cluster


def make_sure_of_sight(cluster: Cluster, images: Sequence[ImageRef]) -> None:
    """Look at some images from a worker. Raises ClusterError where it reads less than this machine, or other bytes."""
    from datalint.measure.batch import sight_batch

    if not images:
        return
    if not portable(images):
        raise ClusterError(f"images in this process's memory cannot be sent to {cluster.name}; leave out --backend")
    first: dict[int, ImageRef] = {}
    for image in images:
        first.setdefault(id(image.source), image)
    some = list(first.values())[:_LOOKED_AT]
    (theirs,) = cluster.outcomes(sight_batch, [some])
    if isinstance(theirs, Lost):
        raise ClusterError(f"the workers of {cluster.name} died when they read {some[0].key}")
    for image, here, there in zip(some, sight_batch(some), theirs, strict=True):
        if here.digest is not None and here != there:
            raise ClusterError(
                f"the workers of {cluster.name} cannot read {image.key} as this machine does "
                f"({there.reason or 'other contents'}); put the dataset where all of them can, such as s3://bucket/data"
            )


def _compare_versions(cluster: Cluster) -> None:
    """Results would depend on who measured what. Raises ClusterError."""
    here = _versions([])
    try:
        (there,) = cluster.outcomes(_versions, [[]])
    except ClusterError:
        raise
    except Exception as error:  # each library has its own for what it cannot load
        words = (str(error).splitlines() or [type(error).__name__])[0]
        raise ClusterError(
            f"the workers of {cluster.name} cannot run datalint ({words}); "
            f"install datalint-images {here['datalint-images']} there"
        ) from None
    if isinstance(there, Lost):
        raise ClusterError(f"the workers of {cluster.name} die when they load datalint")
    for name, version in here.items():
        if there.get(name) != version:
            raise ClusterError(
                f"the workers of {cluster.name} have {name} {there.get(name)}, this machine has {version}; "
                "install the same on both"
            )


def _versions(batch: Sequence[None]) -> dict[str, str]:
    from importlib.metadata import version

    from datalint.measure import VERSIONS

    measurements = {f"measurement {name} of version": str(number) for name, number in VERSIONS.items()}
    return {**{name: version(name) for name in ("datalint-images", "pillow")}, **measurements}


def _one_at_a_time(work: Callable[[Sequence[T]], R], batch: Sequence[T]) -> R:
    """Work on one batch of a process at a time: Pillow's settings and files that are kept open are the process's."""
    with _busy:
        return work(batch)
