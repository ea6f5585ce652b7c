"""Class folders, with or without splits above (or below) them, to any depth."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from datalint.discover.copies import find_copies, without
from datalint.discover.listing import Place, Reading, samples_in
from datalint.discover.roles import split_roles
from datalint.errors import DatasetError

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from datalint.discover.listing import Copy, Found
    from datalint.discover.tree import Folder

_WRAPPERS = frozenset(("data", "dataset", "image", "images", "img", "imgs", "jpg", "jpeg", "png", "pictures", "photos"))

_FOLD = re.compile(r"(cv|fold|split)[ _-]?\d+", re.I)


def recognise(found: Found) -> Reading | None:
    """Find the splits and classes of a tree by its structure and by the names that splits go by."""
    if found.focus is not None:
        return None
    copies = find_copies(found.tree)
    tree = without(found.tree, copies)
    notices = [f"{copy.folder.path}/ holds the dataset again and was left out" for copy in copies]

    base = _unwrap(tree)
    if base is not tree:
        notices.append(f"{base.path}/ is the only folder with images, so its content was read as the dataset")
    places = _split_places(base, notices) or [*_class_places(base)]
    places = _splits_below_classes(places) or places
    places = _without_common_leaf(places)
    places = _without_loose_images(base, places, notices)
    layout, description = _name(places)
    if layout == "flat":
        notices.append(_flat_notice(places))
    return _reading(found, layout, description, places, notices, copies)


def read_class_folders(found: Found) -> Reading:
    """Take every top folder for a class, with all that is below it, as common loaders do."""
    notices: list[str] = []
    tree = _folder(found)
    places = [Place(folder, label=top.name) for top in tree.folders for folder in top.walk()]
    places = _without_loose_images(tree, places, notices)
    return _reading(found, "class-folders", "class folders", places, notices)


def read_split_folders(found: Found) -> Reading:
    """Take every top folder for a split, whatever its name, and every folder in it for a class."""
    notices: list[str] = []
    tree = _folder(found)
    roles = split_roles(split.name for split in tree.folders)
    places = []
    for split in tree.folders:
        role = roles.get(split.name)
        places.append(Place(split, split.name, role))
        places += [Place(folder, split.name, role, top.name) for top in split.folders for folder in top.walk()]
    places = _without_loose_images(tree, places, notices)
    return _reading(found, "split-folders", "pre-split folders", places, notices)


def read_hierarchy(found: Found) -> Reading:
    """Read the labels as paths even where every class is one level deep."""
    _folder(found)
    reading = recognise(found)
    assert reading is not None
    return reading._replace(layout="hierarchy", description="class hierarchy")


def read_flat(found: Found) -> Reading:
    """Take all images as unlabelled."""
    places = [Place(folder) for folder in _folder(found).walk()]
    return _reading(found, "flat", "images without labels", places, [])


def _folder(found: Found) -> Folder:
    if found.focus is not None:
        raise DatasetError("is a file; this layout is one of folders")
    return found.tree


def _reading(
    found: Found, layout: str, description: str, places: list[Place], notices: list[str], copies: Sequence[Copy] = ()
) -> Reading:
    samples = samples_in(found.storage, places)
    return Reading(layout, description, samples, notices, places=places, copies=copies)


def _unwrap(folder: Folder) -> Folder:
    """Descend through folders that hold nothing but one folder with further folders of images."""
    while not folder.images and len(folder.branches) == 1:
        only = folder.branches[0]
        if not only.branches or split_roles([only.name]) or _empty_classes(folder):
            break
        folder = only
    return folder


def _split_places(base: Folder, notices: list[str]) -> list[Place]:
    """Read ``base`` as a folder of splits, or return nothing where it is none.

    A folder called ``train`` that lies among classes and holds images itself is a class (of trains).
    """
    roles = split_roles(folder.name for folder in base.folders)
    splits = [folder for folder in base.branches if folder.name in roles] or _folds(base)
    others = [folder for folder in base.branches if folder not in splits]
    if not splits or (others and not (len(splits) > 1 and any(split.branches for split in splits))):
        return []
    if len(splits) == 1 and not splits[0].branches:
        return []
    names = {child.name for split in splits for child in _below(split).branches}
    empty = [folder for folder in base.folders if folder.name in roles and not folder.images_below]
    notices += [f"split folder {folder.path}/ holds no image" for folder in empty]
    strangers = [folder for folder in others if folder.branches and not names & {b.name for b in folder.branches}]
    others = [folder for folder in others if folder not in strangers]
    notices += [f"folder {f.path}/ beside the splits was read as one more split" for f in others]
    notices += [f"folder {f.path}/ beside the splits has none of their classes and was left out" for f in strangers]
    places = []
    for split in (*splits, *others):
        role = roles.get(split.name)
        for place in _class_places(_below(split), known=names):
            places.append(place._replace(split=split.name, role=role))
    return places


def _folds(base: Folder) -> list[Folder]:
    """Find the folds of a cross-validation (``fold1``, ``fold_2`` ...), all with classes in common; none has a role."""
    folds = [folder for folder in base.branches if _FOLD.fullmatch(folder.name)]
    classes = [{child.name for child in _below(fold).branches} for fold in folds]
    return folds if len(folds) > 1 and len(folds) == len(base.branches) and set.intersection(*classes) else []


def _below(split: Folder) -> Folder:
    """Step over a folder that only repeats its split (``seg_train/seg_train``) or only says that it holds images."""
    while not split.images and len(split.branches) == 1:
        only = split.branches[0]
        if only.name.lower() != split.name.lower() and only.name.lower() not in _WRAPPERS:
            break
        split = only
    return split


def _class_places(base: Folder, known: Iterable[str] = ()) -> Iterator[Place]:
    """Yield the folders with images below ``base``, labelled by their path below it, and empty class folders.

    Images that lie in ``base`` itself are unlabelled.
    """
    empty = {folder.path for folder in _empty_classes(base, known)}
    start = len(base.path) + 1 if base.path else 0
    for folder in base.walk():
        if folder is base:
            if base.images:
                yield Place(base)
        elif folder.images or folder.path in empty:
            yield Place(folder, label=folder.path[start:])


def _empty_classes(base: Folder, known: Iterable[str] = ()) -> list[Folder]:
    """Find folders beside the classes that stand for a class without an image: quite empty, or known elsewhere."""
    known = set(known)
    return [f for f in base.folders if not f.images_below and (f.name in known or not (f.files or f.folders))]


def _splits_below_classes(places: list[Place]) -> list[Place]:
    """Read ``class/split/image``: the last folder of every labelled place is a split."""
    labelled = [place for place in places if place.label is not None]
    if not labelled or any(place.split for place in places) or any("/" not in (p.label or "") for p in labelled):
        return []
    roles = split_roles({place.folder.name for place in labelled})
    if len(roles) < 2 or any(place.folder.name not in roles for place in labelled):
        return []
    return [
        place
        if place.label is None
        else place._replace(
            label=place.label.rpartition("/")[0], split=place.folder.name, role=roles[place.folder.name]
        )
        for place in places
    ]


def _without_common_leaf(places: list[Place]) -> list[Place]:
    """Drop a last level such as ``images`` that every label ends with: it names no class, nor does it alone."""
    labels = [place.label for place in places if place.label is not None]
    if len({*labels}) == 1 and labels[0].lower() in _WRAPPERS:
        return [place._replace(label=None) for place in places]
    leaves = {label.rpartition("/")[2] for label in labels}
    if len(leaves) != 1 or not leaves <= _WRAPPERS or any("/" not in label for label in labels):
        return places
    return [p if p.label is None else p._replace(label=p.label.rpartition("/")[0]) for p in places]


def _without_loose_images(base: Folder, places: list[Place], notices: list[str]) -> list[Place]:
    """Leave out images that lie beside the class folders of their split, in no class, and say so."""
    classed = {place.split for place in places if place.label is not None}
    kept = [place for place in places if place.label is not None or place.split not in classed]
    inside = {place.folder.path for place in kept}
    for folder in base.walk():
        if folder.images and folder.path not in inside:
            where = f"in {folder.path}/" if folder.path else "at the root"
            lie = "1 image lies" if len(folder.images) == 1 else f"{len(folder.images):,} images lie"
            notices.append(f"{lie} {where} beside the class folders, in no class, and left out: {folder.images[0]}")
    return kept


def _name(places: list[Place]) -> tuple[str, str]:
    labels = [place.label for place in places if place.label is not None]
    split = any(place.split for place in places)
    if not labels:
        return "flat", "images without labels"
    if any("/" in label for label in labels):
        return "hierarchy", "pre-split class hierarchy" if split else "class hierarchy"
    return ("split-folders", "pre-split folders") if split else ("class-folders", "class folders")


def _flat_notice(places: list[Place]) -> str:
    if any(place.split for place in places):
        return "the split folders hold no class folders, so the images have no labels"
    return "all images lie in one folder: if it is one class, give the folder above it, which holds the classes"
