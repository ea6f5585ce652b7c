"""Swap labels at random and see which of them are suspected: precision and recall over datasets and seeds.

    python benchmarks/label_errors.py ../shared/datasets/signdigits ../shared/datasets/fashion_hdf5

With share 0 the labels are as published; what is listed then has to be looked at.
"""

from __future__ import annotations

import argparse
import time
from functools import partial

import numpy as np

from datalint import pipeline
from datalint.config import Config
from datalint.relate import LABELS_SQL, Labelled, described, principal_components, suspects

COMPONENTS = 50


def swapped(labels: np.ndarray, share: float, seed: int) -> tuple[np.ndarray, np.ndarray]:
    """Replace a share of labels by others, each as likely; return the labels, and which are wrong."""
    generator = np.random.default_rng(seed)
    classes, codes = np.unique(labels.astype(str), return_inverse=True)
    wrong = np.zeros(len(codes), bool)
    wrong[generator.permutation(len(codes))[: round(share * len(codes))]] = True
    others = (codes + generator.integers(1, len(classes), len(codes))) % len(classes)
    return np.where(wrong, classes[others], classes[codes]).astype(object), wrong


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("datasets", nargs="+")
    parser.add_argument("--shares", nargs="+", type=float, default=[0, 0.02, 0.05, 0.1])
    parser.add_argument("--embeddings", action="store_true", help="principal components of the pixels, as embeddings")
    parser.add_argument("--seeds", type=int, default=5)
    options = parser.parse_args()
    print("| dataset | wrong | listed | precision | recall | estimated wrong (95 %) | balanced accuracy | CPU s |")
    print("| --- | --- | --- | --- | --- | --- | --- | --- |")
    for path in options.datasets:
        data = pipeline.read(path, Config(), pipeline.Run(1), ["label_quality", "thumbnails"])
        images = Labelled.of(data.facts.columns(LABELS_SQL))
        images = images.at(images.slot >= 0)
        thumbnails = data.facts.thumbnails.at(images.slot)
        kinds = [partial(described, thumbnails)]
        if options.embeddings:
            pixels = thumbnails[np.arange(len(images.slot))].reshape(len(images.slot), -1) / np.float32(255)
            kinds.append(lambda rows, seed, pixels=pixels: principal_components(pixels[rows], seed)[:, :COMPONENTS])
        row = {number: place for place, number in enumerate(images.sample_id.tolist())}
        for share in options.shares:
            for seed in range(options.seeds if share else 1):
                labels, wrong = swapped(images.label, share, seed)
                started = time.process_time()
                tables = suspects(images._replace(label=labels), kinds, "")
                spent = time.process_time() - started
                listed = [row[number] for number in tables.suspects.get("sample_id", [])]
                right = int(wrong[listed].sum())
                quality = {name: values[0] for name, values in tables.label_quality.items()}
                precision = f"{right / len(listed):.2f}" if listed else ""
                recall = f"{right / wrong.sum():.2f}" if wrong.any() else ""
                estimate = "not judged"
                if np.ma.is_masked(quality["obstacle"]):
                    estimate = f"{quality['errors']:.0f} [{quality['errors_low']:.0f}, {quality['errors_high']:.0f}]"
                cells = (data.about.name, wrong.sum(), len(listed), precision, recall, estimate)
                print("|", *(f"{cell} |" for cell in cells), f"{quality['accuracy']:.2f} | {spent:.1f} |", flush=True)


if __name__ == "__main__":
    main()
