"""The lists of extensions in LAY007 against the sources of the loaders, where these are installed."""

from __future__ import annotations

import ast
import importlib.util
import re
from pathlib import Path

import pytest

RULE = Path(__file__).resolve().parents[2] / "rules" / "layout" / "loader-would-skip.sql"


@pytest.mark.parametrize(
    ("loader", "package", "module", "constant"),
    [
        ("torchvision", "torchvision", "datasets/folder.py", "IMG_EXTENSIONS"),
        ("Keras", "keras", "src/utils/image_dataset_utils.py", "ALLOWLIST_FORMATS"),
        ("Hugging Face", "datasets", "packaged_modules/imagefolder/imagefolder.py", "IMAGE_EXTENSIONS"),
    ],
)
def test_the_extensions_are_those_of_the_loader(loader: str, package: str, module: str, constant: str) -> None:
    spec = importlib.util.find_spec(package)
    if spec is None or not spec.submodule_search_locations:
        pytest.skip(f"{package} is not installed")
    source = (Path(next(iter(spec.submodule_search_locations))) / module).read_text(encoding="utf-8")
    values = {
        target.id: node.value
        for node in ast.walk(ast.parse(source))
        if isinstance(node, ast.Assign)
        for target in node.targets
        if isinstance(target, ast.Name)
    }
    theirs = set(ast.literal_eval(values[constant]))
    row = re.search(rf"\(\s*'{loader}',\s*\[(.*?)\]", RULE.read_text(encoding="utf-8"), re.S)
    assert row is not None
    assert set(re.findall(r"'(\.\w+)'", row[1])) == theirs
