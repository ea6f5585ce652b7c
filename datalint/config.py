"""Configuration: ``datalint.toml``, or ``[tool.datalint]`` in ``pyproject.toml``, found upward from the dataset."""

from __future__ import annotations

import os
from dataclasses import dataclass, field, fields, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

from datalint.errors import ConfigError, did_you_mean
from datalint.plan_settings import PlanSettings, plan_settings
from datalint.suppressions import read_suppressions
from datalint.toml_file import find_line, read_text, read_toml, read_whole, read_words

if TYPE_CHECKING:
    from collections.abc import Mapping

    from datalint.waived import Suppression

FILE_NAME = "datalint.toml"
FAIL_ON = ("error", "warning", "note", "never")
_RULE_KEYS = {"select", "extend-select", "ignore", "rules"}
_LABEL_KEYS = {"level", "label-pattern", "label-separator", "label-names", "columns"}
_GATE_KEYS = {"fail-on", "max-findings", "baseline", "suppressions", "lock", "card"}
_PLAIN_KEYS = {"profile", "layout", "exclude", "rule-paths", "cache-dir", "embeddings", "limits", "plan"}
_KEYS = {*_PLAIN_KEYS, *_GATE_KEYS, *_LABEL_KEYS, *_RULE_KEYS}


@dataclass(frozen=True)
class Limits:
    """What a run may use."""

    pixels: int = 89_478_485
    """Images with more pixels are not decoded. The default is where Pillow itself begins to warn."""
    rule_seconds: float = 30.0
    """A rule that runs longer is stopped."""
    rule_memory: int = 2000
    """Megabytes that a rule of a project's own may take."""
    timeout: float = 30.0
    """Seconds to wait for a server."""
    download: int = 64
    """Megabytes that an image on a server may have."""


@dataclass(frozen=True)
class Labelling:
    """Where labels and splits are, where the layout does not say it."""

    level: int | None = None
    """How many levels of a hierarchical label count, from the top."""
    label_pattern: str | None = None
    """File names that hold the label: ``{label}.{number}.jpg``."""
    label_separator: str | None = None
    """What stands between several labels in one cell of a manifest."""
    label_names: tuple[str, ...] = ()
    """The classes that labels number from 0."""
    image_column: str | None = None
    label_columns: tuple[str, ...] = ()
    """Several where each is a class of its own, with 0 or 1 in it."""
    split_column: str | None = None


@dataclass(frozen=True)
class RuleLayer:
    """What one source (a profile, a file, the command line) says about rules; later layers go over earlier."""

    select: tuple[str, ...] | None = None
    """Codes, prefixes or names that replace what earlier layers selected."""
    extend_select: tuple[str, ...] = ()
    ignore: tuple[str, ...] = ()
    rules: Mapping[str, Mapping[str, Any]] = field(default_factory=dict)
    """By code or name: option values, ``severity``, and ``labels`` with option values by label glob."""
    file: Path | None = None

    def error(self, message: str, *keys: str) -> ConfigError:
        """Make an error that points at the line of the last of the keys."""
        return ConfigError(message, self.file, None if self.file is None else find_line(self.file, keys))


@dataclass(frozen=True)
class Config:
    """All that can be configured. Keys are spelled with dashes in TOML."""

    profile: str = "recommended"
    fail_on: str = "error"
    max_findings: int = 0
    """How many findings as bad as ``fail_on`` there may be."""
    baseline: str | None = None
    """File of known findings, relative to the configuration file."""
    lock: str | None = None
    """File that freezes the evaluation set, relative to the configuration file; None for ``datalint.lock`` in the
    dataset's folder, if it is there."""
    card: str | None = None
    """File with the dataset card, relative to the configuration file; None for ``README.md`` in the dataset's folder,
    if it is there."""
    suppressions: tuple[Suppression, ...] = ()
    layout: str | None = None
    exclude: tuple[str, ...] = ()
    """Gitignore patterns of files to leave out."""
    rule_paths: tuple[str, ...] = ()
    """Folders with the project's own rules, relative to the configuration file."""
    cache_dir: str | None = None
    """Folder where measurements are kept, relative to the configuration file; None for the user's."""
    embeddings: str | None = None
    """File with embeddings or probabilities of the images, relative to the configuration file."""
    limits: Limits = Limits()
    labelling: Labelling = Labelling()
    plan: PlanSettings = field(default_factory=PlanSettings)
    layer: RuleLayer = RuleLayer()
    command_line: RuleLayer = RuleLayer()

    @property
    def file(self) -> Path | None:
        return self.layer.file

    def rule_folders(self) -> list[Path]:
        return [self._base / path for path in self.rule_paths]

    def cache_folder(self) -> Path | None:
        return self._below(self.cache_dir)

    def embeddings_file(self) -> Path | None:
        return self._below(self.embeddings)

    def baseline_file(self) -> Path | None:
        return self._below(self.baseline)

    def lock_file(self) -> Path | None:
        return self._below(self.lock)

    def card_file(self) -> Path | None:
        return self._below(self.card)

    def _below(self, path: str | None) -> Path | None:
        return None if path is None else self._base / path

    @property
    def _base(self) -> Path:
        return self.file.parent if self.file else Path()


def find_config(start: Path) -> Path | None:
    """Look for a configuration file in a folder and all above it; ``datalint.toml`` wins in the same folder."""
    for folder in (start, *start.parents):
        if (folder / FILE_NAME).is_file():
            return folder / FILE_NAME
        project = folder / "pyproject.toml"
        if project.is_file() and _project_table(project) is not None:
            return project
    return None


def config_for(dataset: Path) -> Config:
    """Read the configuration that applies to a dataset, or return the default one. Raises ConfigError."""
    file = find_config(Path(os.path.abspath(dataset)))
    return load_config(file) if file else Config()


def load_config(file: Path) -> Config:
    """Read a configuration file. Raises ConfigError with the line of the mistake."""
    table = read_toml(file)
    if file.name == "pyproject.toml":
        table = _project_table(file) or {}
    return config_from(table, file)


def config_from(table: Mapping[str, Any], file: Path | None = None) -> Config:
    """Read configuration from a mapping with the keys of ``datalint.toml``. Raises ConfigError."""
    here = RuleLayer(file=file)
    table = {key.replace("_", "-"): value for key, value in table.items()}
    for key in table.keys() - _KEYS:
        raise here.error(f"unknown key {key!r}{did_you_mean(key, _KEYS)}", key)
    config = Config(
        profile=read_text(here.error, table, "profile", Config.profile),
        fail_on=read_text(here.error, table, "fail-on", Config.fail_on),
        max_findings=read_whole(here.error, table, "max-findings", 0) or 0,
        baseline=read_text(here.error, table, "baseline", None),
        lock=read_text(here.error, table, "lock", None),
        card=read_text(here.error, table, "card", None),
        suppressions=read_suppressions(here.error, table.get("suppressions", [])),
        layout=read_text(here.error, table, "layout", None),
        exclude=read_words(here.error, table, "exclude") or (),
        rule_paths=read_words(here.error, table, "rule-paths") or (),
        cache_dir=read_text(here.error, table, "cache-dir", None),
        embeddings=read_text(here.error, table, "embeddings", None),
        limits=_limits(here, table.get("limits", {})),
        labelling=_labelling(here, table),
        plan=plan_settings(table.get("plan", {}), here.error),
        layer=rule_layer(table, file),
    )
    if config.fail_on not in FAIL_ON:
        raise here.error(f"fail-on is {config.fail_on!r}; it must be one of {', '.join(FAIL_ON)}", "fail-on")
    return config


def rule_layer(table: Mapping[str, Any], file: Path | None = None) -> RuleLayer:
    """Read the keys that configuration files and profiles share: select, extend-select, ignore and rules."""
    here = RuleLayer(file=file)
    rules = table.get("rules", {})
    if not isinstance(rules, dict) or not all(isinstance(values, dict) for values in rules.values()):
        raise here.error("rules must be tables: [rules.NAME]; folders of rule files go into rule-paths", "rules")
    return RuleLayer(
        select=read_words(here.error, table, "select"),
        extend_select=read_words(here.error, table, "extend-select") or (),
        ignore=read_words(here.error, table, "ignore") or (),
        rules=rules,
        file=file,
    )


def _project_table(file: Path) -> dict[str, Any] | None:
    """Return ``[tool.datalint]`` of a ``pyproject.toml``; a broken file that does not name datalint is passed over."""
    try:
        tools = read_toml(file).get("tool")
    except ConfigError:
        if b"tool.datalint" in file.read_bytes():
            raise
        return None
    table = tools.get("datalint") if isinstance(tools, dict) else None
    if table is not None and not isinstance(table, dict):
        raise ConfigError("tool.datalint must be a table", file, find_line(file, ("tool", "datalint")))
    return table


def _labelling(here: RuleLayer, table: Mapping[str, Any]) -> Labelling:
    columns = table.get("columns", {})
    known = ("image", "label", "split")
    if not isinstance(columns, dict):
        raise here.error("columns must be a table: [columns]", "columns")
    for key in columns.keys() - set(known):
        raise here.error(f"unknown key {key!r}{did_you_mean(key, known)}", "columns", key)
    label = columns.get("label", [])
    labels = read_words(here.error, {"label": [label] if isinstance(label, str) else label}, "label") or ()
    return Labelling(
        level=read_whole(here.error, table, "level", 1),
        label_pattern=read_text(here.error, table, "label-pattern", None),
        label_separator=read_text(here.error, table, "label-separator", None),
        label_names=read_words(here.error, table, "label-names") or (),
        image_column=read_text(here.error, columns, "image", None),
        label_columns=labels,
        split_column=read_text(here.error, columns, "split", None),
    )


def _limits(here: RuleLayer, table: Any) -> Limits:
    if not isinstance(table, dict):
        raise here.error("limits must be a table: [limits]", "limits")
    table = {key.replace("-", "_"): value for key, value in table.items()}
    known = {item.name for item in fields(Limits)}
    for key, value in table.items():
        if key not in known:
            raise here.error(f"unknown key {key!r}{did_you_mean(key, known)}", "limits", key)
        whole = isinstance(getattr(Limits, key), int)
        if isinstance(value, bool) or not isinstance(value, int if whole else int | float) or not 0 < value < 1e15:
            kind = "a whole number" if whole else "a number"
            raise here.error(f"{key.replace('_', '-')} must be {kind} above 0, not {value!r}", "limits", key)
    return replace(Limits(), **table)
