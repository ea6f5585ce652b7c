"""Whether embeddings tell the images of two splits apart, class by class: a classifier two-sample test.

A kernel ridge regression learns which side an image is on from how it differs from the mean of its class, and is asked
about images that it has not learned from. What chance gives is found out by dealing the sides out anew within each
class, with all else as it is (Lopez-Paz and Oquab 2017).
"""

from __future__ import annotations

from math import erfc, sqrt
from typing import TYPE_CHECKING, Any, NamedTuple, TypeAlias

import numpy as np

from datalint.relate.held_out import FOLDS, grouped_folds, mapped, regressed
from datalint.relate.strata import Area, area

if TYPE_CHECKING:
    from datalint.relate.filters import Floats
    from datalint.relate.strata import Strata

    Array: TypeAlias = "np.ndarray[Any, Any]"

_DEALT = 200
"""Times that the sides are dealt out anew."""


class Told(NamedTuple):
    """How well embeddings tell the sides apart."""

    area: Area
    chance: float
    """Probability that sides dealt out at random are told apart as well, 0 to 1."""


def told(features: Floats, strata: Strata, picture: Array, seed: int) -> Told:
    """Tell the sides apart by embeddings, float32[n, d]; of one ``picture`` (int[n]) are copies, held out together."""
    from threadpoolctl import threadpool_limits

    generator = np.random.default_rng(seed)
    means = np.zeros((int(strata.classes.max()) + 1, features.shape[1]), np.float32)
    np.add.at(means, strata.classes, features)
    means /= np.bincount(strata.classes)[:, None].astype(np.float32)
    centred = features - means[strata.classes]
    # Folds know nothing of the sides, so that those dealt out anew are no easier and no harder to tell.
    fold = grouped_folds(strata.classes, picture, FOLDS, generator)
    dealt = [_dealt(strata, generator) for _ in range(_DEALT)]
    with threadpool_limits(1, "blas"):
        sides = np.stack([strata.own, *dealt], axis=1).astype(np.float32)
        scores = regressed(mapped(centred, generator), sides, fold)
    own = area(scores[:, 0], strata)
    random = [area(scores[:, 1 + place], strata._replace(own=sides)).auroc for place, sides in enumerate(dealt)]
    surprise = (own.auroc - np.mean(random)) / max(float(np.std(random)), 1e-6)
    return Told(own, erfc(surprise / sqrt(2)) / 2)


def _dealt(strata: Strata, generator: np.random.Generator) -> Array:
    """Deal the sides out anew within each class; bool[n]."""
    order = np.argsort(strata.classes, kind="stable")
    shuffled = np.lexsort((generator.random(len(order)), strata.classes))
    own = np.empty(len(order), bool)
    own[shuffled] = strata.own[order]
    return own
