"""What tests of plans share: small datasets, measured and planned."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from datalint import pipeline, planning
from datalint.config import config_from

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from datalint.augment.record import Plan
    from datalint.planning import Collected


@pytest.fixture
def planned() -> Callable[..., tuple[Collected, Plan]]:
    """Measure a dataset and plan for it, with the values of the table ``[plan]``."""

    def plan(root: Path, **settings: Any) -> tuple[Collected, Plan]:
        table = {key.replace("_", "-"): value for key, value in settings.items()}
        config = config_from({"plan": table})
        data = planning.collected(root, config, pipeline.Run(1))
        return data, planning.plan(data, config)

    return plan


@pytest.fixture
def split_dataset(tmp_path: Path, make_image: Callable[..., Path]) -> Path:
    """Two classes, 6 and 3 training images, with test images of their own."""
    root = tmp_path / "pets"
    for label, images in (("cat", 6), ("dog", 3)):
        for number in range(images):
            make_image(root / "train" / label / f"{number}.jpg", seed=hash_of(label, number), quality=80)
        for number in range(2):
            make_image(root / "test" / label / f"{number}.jpg", seed=hash_of(label, number + 50))
    return root


def hash_of(label: str, number: int) -> int:
    return 1000 * len(label) + 10 * ord(label[0]) + number
