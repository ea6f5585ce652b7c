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
    path: str | os.PathLike[str],
    config: Config | Mapping[str, Any] | str | os.PathLike[str] | None = None,
    *,
    jobs: int | None = None,
) -> Report:
    """Check a dataset and return the report.

    ``config`` is a Config, a mapping with the keys of ``datalint.toml``, the path of such a file, or None to
    look for one upward from the dataset. ``jobs`` is the number of worker processes, one per processor by
    default.

    Raises DatalintError when the dataset, the configuration or a rule cannot be read; a broken image is a
    finding.
    """
    import os
    from pathlib import Path

    from datalint import pipeline
    from datalint.config import Config, config_for, config_from

    if config is None:
        config = config_for(Path(path))
    elif isinstance(config, str | os.PathLike):
        config = load_config(config)
    elif not isinstance(config, Config):
        config = config_from(config)
    return pipeline.check(path, config, pipeline.Run(jobs or pipeline.processors()))


def load_config(path: str | os.PathLike[str]) -> Config:
    """Read a configuration file, ``datalint.toml`` or ``pyproject.toml``. Raises ConfigError."""
    from pathlib import Path

    from datalint import config

    return config.load_config(Path(path))
