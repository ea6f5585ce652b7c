"""datalint: a linter for image-classification datasets."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    import os
    from collections.abc import Mapping

    from datalint.config import Config
    from datalint.model import Report

__version__ = "0.1.0"
__all__ = ["__version__", "check", "load_config"]


def check(
    path: str | os.PathLike[str] | None = None,
    config: Config | Mapping[str, Any] | str | os.PathLike[str] | None = None,
    *,
    arrays: Any = None,
    against: Any = None,
    embeddings: Any = None,
    jobs: int | None = None,
    backend: str = "local",
    scheduler: str | None = None,
    cache: bool | str | os.PathLike[str] = True,
    baseline: str | os.PathLike[str] | None = None,
) -> Report:
    """Check a dataset and return the report.

    ``path`` is a folder, a file, an archive, a pattern of shards or a URL. In its place, ``arrays`` takes what is in
    memory: images and labels ``(X, y)``, a dataset object of torch, Keras or Hugging Face, or a mapping of such by
    split. ``X`` is N x H x W, N x H x W x C or N x C x H x W, of uint8, uint16 or floats in [0, 1] or [-1, 1];
    ``y`` holds integers, strings, or a column a class.

    ``config`` is a Config, a mapping with the keys of ``datalint.toml``, the path of such a file, or None to
    look for one upward from the dataset. ``against`` is another dataset, a path or what ``arrays`` takes, that the
    images are looked for in; it is not checked itself. ``embeddings`` is a file of
    embeddings or probabilities of your own network, an array (a row a sample), or a mapping of arrays with the names
    that an NPZ file has. ``jobs`` is the number of worker processes, one per processor by
    default. ``backend`` is ``dask``, ``ray`` or ``spark`` to measure on a cluster, and ``scheduler`` its address;
    without one, it is the cluster that the backend is configured for, or a new one of ``jobs`` workers.
    ``cache`` is the folder where measurements are kept from run to run, by default the one that is configured or the
    user's; False for none. ``baseline`` is a file of known findings, by default the one that is configured: the report
    holds new ones only.

    Raises DatalintError when the dataset, the configuration or a rule cannot be read; a broken image is a
    finding.
    """
    import os
    from pathlib import Path

    from datalint import discover, pipeline
    from datalint.cache_folder import cache_folder
    from datalint.config import Config, config_for, config_from
    from datalint.machine import processors

    if (path is None) == (arrays is None):
        raise TypeError("give either a path or arrays")
    dataset = discover.InMemory(arrays) if path is None else path
    if config is None:
        config = config_for(Path(path or "."))
    elif isinstance(config, str | os.PathLike):
        config = load_config(config)
    elif not isinstance(config, Config):
        config = config_from(config)
    if against is not None and not isinstance(against, str | os.PathLike):
        against = discover.InMemory(against)
    given = None if isinstance(cache, bool) else cache
    folder = cache_folder(given, config.cache_folder()) if cache is not False else None
    jobs = jobs or processors()
    run = pipeline.Run(jobs, against=against, cache=folder, backend=backend, scheduler=scheduler)
    run = run._replace(embeddings=config.embeddings_file() if embeddings is None else embeddings)
    run = run._replace(baseline=config.baseline_file() if baseline is None else Path(baseline))
    return pipeline.check(dataset, config, run)


def load_config(path: str | os.PathLike[str]) -> Config:
    """Read a configuration file, ``datalint.toml`` or ``pyproject.toml``. Raises ConfigError."""
    from pathlib import Path

    from datalint import config

    return config.load_config(Path(path))
