"""The direction of imports: a stage knows itself and the foundation; only the pipeline knows stages."""

from __future__ import annotations

import ast
from pathlib import Path

import pytest

PACKAGE = Path(__file__).resolve().parent.parent / "datalint"
STAGES = {"discover", "measure", "relate", "facts", "judge", "findings", "report"}
FOUNDATION = {"augment_log", "errors", "machine", "model", "timing", "waived", "git", "storage"}
ALLOWED = {
    **{stage: {stage, *FOUNDATION} for stage in STAGES},
    "report": {"report", "licences", "__init__", *FOUNDATION},
    "augment_log": set(),
    "errors": set(),
    "machine": set(),
    "model": {"waived"},
    "timing": set(),
    "waived": set(),
    "suppressions": {"errors", "waived"},
    "gating": {"findings", "config", *FOUNDATION},
    "identifying": {"measure", "facts", "findings", *FOUNDATION},
    "locking": {"companion", "facts", *FOUNDATION},
    "companion": {"git", "errors"},
    "card_file": {"companion", "facts", *FOUNDATION},
    "card_text": {"card_file", "front_matter", "report", *FOUNDATION},
    "card_facts": {
        "config",
        "discover",
        "label_errors",
        "licences",
        "marking",
        "pipeline",
        "report",
        "__init__",
        *FOUNDATION,
    },
    "front_matter": {"errors", "report"},
    "licences": set(),
    "proposing": {"facts", *FOUNDATION},
    "git": {"git", "errors"},
    "storage": {"storage", "git", "errors", "model"},
    "toml_file": {"errors"},
    "plan_settings": {"errors"},
    "augment": {"augment", "plan_settings", *FOUNDATION},
    "planning": {"augment", "pipeline", "collecting", "config", "discover", "facts", "judge", "__init__", *FOUNDATION},
    "splitting": {"augment", "planning", *FOUNDATION},
    "verifying": {"augmenting", "augment", "collecting", "config", "pipeline", "planning", "__init__", *FOUNDATION},
    "augmenting": {"augment", "measure", "planning", *FOUNDATION},
    "config": {"toml_file", "suppressions", "plan_settings", *FOUNDATION},
    "cache_folder": set(),
    "describing": {"collecting", "facts", "relating", *FOUNDATION},
    "locating": {"config", "discover", "pipeline", "__init__", *FOUNDATION},
    "label_errors": set(),
    "marking": {"errors", "label_errors"},
    "sampling": {"augment", "config", "discover", "label_errors", "pipeline", "__init__", *FOUNDATION},
    "revising": {"findings", *FOUNDATION},
    "showing": {"config", "facts", "pipeline", "report", "__init__", *FOUNDATION},
    "embedding_file": {"errors"},
    "joining": {"embedding_file", "facts", *FOUNDATION},
    "suspecting": {"embedding_file", "joining", "relate", "relating", "facts", *FOUNDATION},
    "pipeline": {
        "embedding_file",
        "joining",
        "suspecting",
        *STAGES - {"report"},
        *FOUNDATION,
        "config",
        "collecting",
        "describing",
        "filling",
        "relating",
        "remembering",
        "repeating",
        "tracking",
        "changing",
        "gating",
        "identifying",
        "locking",
        "card_file",
        "__init__",
    },
    "amending": {"discover", "facts", "measure", "remembering", *FOUNDATION},
    "collecting": {
        "amending",
        "discover",
        "measure",
        "facts",
        "filling",
        "relating",
        "remembering",
        "__init__",
        *FOUNDATION,
    },
    "tracking": {"discover", "facts", *FOUNDATION},
    "changing": {"discover", "facts", "findings", *FOUNDATION},
    "filling": {"discover", "measure", "facts", "relating", "remembering", *FOUNDATION},
    "remembering": {"measure", "facts", *FOUNDATION},
    "repeating": {"model", "errors"},
    "relating": {"measure", "relate", "facts", *FOUNDATION},
    "cli": {
        "cli",
        "card_file",
        "card_text",
        "companion",
        "card_facts",
        "locating",
        "showing",
        "revising",
        "sampling",
        "marking",
        "label_errors",
        "planning",
        "augmenting",
        "verifying",
        "splitting",
        "augment",
        "pipeline",
        "config",
        "discover",
        "facts",
        "findings",
        "judge",
        "locking",
        "proposing",
        "toml_file",
        "report",
        "cache_folder",
        "__init__",
        *FOUNDATION,
    },
    "__init__": {"pipeline", "config", "cache_folder", "discover", *FOUNDATION},
    "__main__": {"cli"},
}


def rooms(file: Path) -> set[str]:
    """The top-level rooms of datalint that a module imports."""
    found = set()
    for node in ast.walk(ast.parse(file.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            names = [alias.name for alias in node.names]
        elif isinstance(node, ast.ImportFrom) and node.module == "datalint":
            names = [f"datalint.{alias.name}" for alias in node.names]
        elif isinstance(node, ast.ImportFrom):
            names = [node.module or ""]
        else:
            continue
        for name in names:
            first, _, rest = name.partition(".")
            if first == "datalint":
                room = rest.partition(".")[0]
                found.add("__init__" if room in ("", "__version__") else room)
    return found


def room_of(file: Path) -> str:
    part = file.relative_to(PACKAGE).parts[0]
    return part.removesuffix(".py")


@pytest.mark.parametrize("file", sorted(PACKAGE.rglob("*.py")), ids=lambda file: str(file.relative_to(PACKAGE)))
def test_imports_follow_the_direction(file: Path) -> None:
    assert rooms(file) <= ALLOWED[room_of(file)], "see the docstring of this test for the direction of imports"


def test_modules_fit_on_two_or_three_screens() -> None:
    long = {file.name: n for file in PACKAGE.rglob("*.py") if (n := len(file.read_text().splitlines())) > 260}
    assert not long


def test_nothing_heavy_is_imported_before_it_is_used() -> None:
    import subprocess
    import sys

    code = (
        "import sys, datalint, datalint.cli; datalint.cli.run(['--help']);"
        "heavy = {'numpy', 'PIL', 'duckdb', 'rich', 'joblib', 'sklearn', 'imagehash', 'jinja2'};"
        "print(*sorted(heavy & sys.modules.keys()))"
    )
    result = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert result.stdout.splitlines()[-1] == ""
