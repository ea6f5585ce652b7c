"""What a split is for, by its folder's name."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable

_ROLES = {
    **dict.fromkeys(("train", "training", "trainset", "trainval"), "train"),
    **dict.fromkeys(("val", "valid", "validation", "validate", "dev", "valset"), "validation"),
    **dict.fromkeys(("test", "testing", "eval", "evaluation", "holdout", "testset"), "test"),
}
_FILLERS = frozenset(("set", "data", "dataset", "images", "image", "imgs", "img", "split", "folder", "files"))
_WORDLESS = _FILLERS.union(_ROLES)


def split_roles(names: Iterable[str]) -> dict[str, str]:
    """Map those names that say what a split is for to ``train``, ``validation`` or ``test``.

    A name counts when one of its words does (``Training``, ``test_images``, ``val2017``) and the other words
    are fillers, or a prefix that all such names share (``seg_train``, ``seg_test``).
    """
    found: dict[str, tuple[str, frozenset[str]]] = {}
    for name in names:
        words = [word for word in re.split(r"[\W\d_]+", name.lower()) if word]
        roles = [_ROLES[word] for word in words if word in _ROLES]
        if roles and (len(roles) == 1 or {*roles} == {"train", "validation"}):  # train_val serves for training
            found[name] = roles[0], frozenset(words) - _WORDLESS
    shared = frozenset.intersection(*(rest for _, rest in found.values())) if len(found) > 1 else frozenset()
    return {name: role for name, (role, rest) in found.items() if rest <= shared}
