"""Which labels are wrong, of probabilities that were found without them.

Candidates are those of confident learning (Northcutt, Jiang and Chuang 2021): images that reach the self-confidence of
another class than their own. A classifier's own errors are among them, so they are listed by how probably the label is
wrong (:mod:`datalint.relate.label_noise`).
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, NamedTuple, TypeAlias

import numpy as np

from datalint.relate.label_noise import label_noise

if TYPE_CHECKING:
    from collections.abc import Sequence

    from datalint.relate.filters import Floats
    from datalint.relate.label_noise import Calibrated

    Array: TypeAlias = "np.ndarray[Any, Any]"

_PRECISION = 0.9
"""Estimated share of a list that is right; the list goes on for as long as it has that."""
_PROBABLE = 0.5
"""How probably the label of each image on it is wrong, at the least."""
_ROUNDED = 1 - 1e-6
"""A mean of equal numbers may come out a little larger than they are."""


class Mislabelled(NamedTuple):
    """What is known of n labels."""

    accuracy: float
    """Balanced accuracy of the classes with the largest probability, 0 to 1."""
    probability: Array
    """float[n, classes]: of what the image shows, whatever its label says."""
    listed: Array
    """int64[k]: positions of images whose labels are suspect, the most probably wrong first."""
    suggested: Array
    """int64[k]: the classes that they seem to be of."""
    precision: float | None
    """Estimated share of the list that is right; None where nothing is listed."""
    recall: float | None
    """Estimated share of the wrong labels that the list holds; None where there are none."""
    errors: float
    """Estimated number of wrong labels."""
    errors_low: float
    """Lower end of its interval (95 %)."""
    errors_high: float
    """Upper end of it."""


def mislabelled(rounds: Sequence[Calibrated], codes: Array, groups: Array, seed: int) -> Mislabelled:
    """Judge labels (``codes``: int64[n]) by probabilities of several rounds; images of one group (int64[n]) are one."""
    noise = label_noise(rounds, codes, groups, seed)
    probability = noise.probability
    suggested = confident_class(probability, codes)
    candidates = np.flatnonzero((suggested >= 0) & (suggested != codes))
    order = candidates[np.argsort(-noise.wrong[candidates], kind="stable")]
    wrong = noise.wrong[order]
    right = np.cumsum(wrong) / np.arange(1, len(wrong) + 1)
    listed = order[(right >= _PRECISION) & (wrong >= _PROBABLE)] if noise.low > 0 else order[:0]
    total = float(noise.wrong.sum())
    return Mislabelled(
        balanced_accuracy(probability, codes),
        probability,
        listed,
        suggested[listed],
        float(noise.wrong[listed].mean()) if len(listed) else None,
        float(noise.wrong[listed].sum() / total) if total else None,
        *(len(codes) * share for share in (noise.share, noise.low, noise.high)),
    )


def confident_class(probability: Floats, codes: Array) -> Array:
    """Return the most probable class of those whose self-confidence an image reaches, int64[n]; -1 where there is none.

    The self-confidence of a class is the mean of its probability over the images that have its label.
    """
    sizes = np.bincount(codes, minlength=probability.shape[1])
    confidence = np.bincount(codes, probability[np.arange(len(codes)), codes], len(sizes)) / np.maximum(sizes, 1)
    confidence[sizes == 0] = np.inf
    reached = np.where(probability >= confidence * _ROUNDED, probability, -1)
    return np.where(reached.max(1) >= 0, reached.argmax(1), -1)


def balanced_accuracy(probability: Floats, codes: Array) -> float:
    """Return the mean over the classes of the share of their images that they are the most probable class of."""
    right = probability.argmax(1) == codes
    sizes = np.bincount(codes)
    return float(np.mean((np.bincount(codes, right, len(sizes)) / np.maximum(sizes, 1))[sizes > 0]))
