"""Where objects and photos come from, and which half may use them: no source is in both.

Nothing is shipped or fetched. A source is a folder of its name in one of the folders given; Debian's packages are
unpacked there with ``apt-get download NAME && dpkg -x NAME_*.deb NAME``, and so are archives in them
(``unzip 0textures.pk3 -d ufoai-textures/unpacked``).
"""

from __future__ import annotations

import re
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

from planted import cutouts, places
from planted.places import Place, Window

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

HALVES = ("tuning", "reporting")


class Objects(NamedTuple):
    """Where objects come from."""

    name: str
    folder: str
    """Empty for what a package has."""
    half: str
    origin: str
    """Who published it, and under which licence."""
    read: Callable[[Path], cutouts.Cutouts]
    solid: bool = True
    """Whether objects fill most of their outline and have a colour of their own."""


class Photos(NamedTuple):
    """Where backgrounds come from."""

    kind: str
    """A kind of scene."""
    folder: str
    half: str
    origin: str
    pattern: str
    """Of the paths below the folder, by regular expression."""
    window: Window


OBJECTS = (
    Objects("leaves", "plantvillage_bias", "tuning", "PlantVillage, no licence stated", cutouts.leaves),
    Objects("fruits", "fruits_leak", "tuning", "Fruits-360, CC BY-SA 4.0", cutouts.fruits),
    Objects("digits", "", "tuning", "scikit-learn's digits, BSD", cutouts.digits, solid=False),
    Objects("clipart", "openclipart-png", "tuning", "Debian openclipart-png, public domain", cutouts.clipart),
    Objects("stamps", "tuxpaint-stamps-default", "reporting", "Debian, GPL-2", cutouts.stamps),
    Objects("single stamps", "tuxpaint-stamps-default", "reporting", "Debian, GPL-2", cutouts.single_stamps),
    Objects("hands", "signdigits", "reporting", "Sign Language Digits, Apache-2.0", cutouts.hands),
    Objects("garments", "dataset-fashion-mnist", "reporting", "Debian, MIT", cutouts.garments, solid=False),
)
PHOTOS = (
    Photos("indoors", "clothing_unbalanced", "tuning", "CC0", r"", Window(0.28, 0.4, corners=True)),
    Photos("paper", "mypaint-data-extras", "tuning", "Debian, CC0", r"", Window(0.4, 0.9)),
    Photos(
        "nature",
        "mate-backgrounds",
        "tuning",
        "Debian, GPL-2+",
        r"/nature/(Aqua|Blinds|Dune|FreshFlower|Garden|GreenMeadow|LadyBird|RainDrops|Storm|TwoWings|Wood|Yellow)",
        Window(0.3, 0.8),
    ),
    Photos(
        "nature",
        "plasma-workspace-wallpapers",
        "tuning",
        "Debian, GPL-2+ (LGPL-3 by its own files)",
        r"/(Autumn|BytheWater|ColorfulCups|DarkestHour|EveningGlow|FallenLeaf|Grey|Kite|OneStandsOut|Path|summer_1am)/"
        r"contents/images/2560x1600",
        Window(0.3, 0.8),
    ),
    Photos(
        "nature",
        "palapeli-data",
        "tuning",
        "Debian, GPL-2+ and free licences by picture",
        r"/collection/",
        Window(0.3, 0.8),
    ),
    Photos("day", "day_night", "reporting", "MIT", r"/day/", Window(0.35, 0.8)),
    Photos("night", "day_night", "reporting", "MIT", r"/night/", Window(0.35, 0.8)),
    *(
        Photos(
            kind, "ufoai-textures", "reporting", "Debian, GPL-2+, CC BY-SA 3.0 and others", pattern, Window(0.4, 1.0)
        )
        for kind, pattern in {
            "grass": r"tex_(nature|terrain)/(grass|jungle|hedge|leaves|tropical|mountain|flower)",
            "earth": r"tex_(nature|terrain|dirt)/(desert|dirt|drymud|sand|soil|wood_chips|wasted|potatoes)",
            "rock": r"tex_nature/(rock|pjrock|stone|railway|tree)",
            "snow": r"tex_(nature|terrain)/(snow|ice|arctic|cold|water)",
            "floor": r"tex_buildings/(floor|sfloor|tile)",
            "wall": r"tex_buildings/(wall|roof)",
            "concrete": r"tex_(buildings|material|streets)/(concrete|conc|e8crete|cement|con_block|pavement|street)",
            "wood": r"tex_(material|buildings)/(wood|s_wood)",
            "metal": r"tex_(material|buildings)/(metal|tin_|clang|mtl)",
            "carpet": r"tex_buildings/carpet",
        }.items()
    ),
    Photos(
        "photo",
        "lomiri-wallpapers-16.04",
        "reporting",
        "Debian, CC BY and CC BY-SA",
        r"/(Bridge|Dragonfly|Picture|Wine|aitz|analog|free|friends|greentock|life|picos|seeding|sunset|umang)",
        Window(0.3, 0.8),
    ),
    Photos(
        "photo",
        "scikit-image",
        "reporting",
        "BSD and public domain",
        r"(astronaut|brick|chelsea|coffee|coins|grass|gravel|motorcycle_left|hubble\w*|rocket|moon)\.",
        Window(0.3, 0.8),
    ),
)
SPECIAL_MAPS = re.compile(r"_(nm|sm|gm|rm|n|s|glow|g|blend)\.")  # a texture's normals, gloss and glow
SUFFIXES = {".jpg", ".jpeg", ".png", ".webp"}


class Material(NamedTuple):
    """All that one half composes its datasets of."""

    half: str
    objects: dict[str, cutouts.Cutouts]
    """By source."""
    solid: frozenset[str]
    """The sources whose objects are solid."""
    places: tuple[Place, ...]
    scenes: dict[str, list[Place]]


def read_material(half: str, folders: Sequence[Path]) -> Material:
    """Read what there is of a half's sources."""
    objects = {}
    for source in OBJECTS:
        if source.half == half and (folder := find(source.folder, folders)) and (read := source.read(folder)):
            objects[source.name] = read
    found: list[Place] = []
    for photos in PHOTOS:
        if photos.half == half and (folder := find(photos.folder, folders)):
            pattern = re.compile(photos.pattern)
            paths = sorted(path for path in folder.rglob("*") if path.suffix.lower() in SUFFIXES)
            named = [(f"{photos.folder}/{path.relative_to(folder).as_posix()}", path) for path in paths]
            wanted = [(name, path) for name, path in named if pattern.search(name) and not SPECIAL_MAPS.search(name)]
            found += places.read_places(wanted, photos.kind, photos.window)
    solid = frozenset(source.name for source in OBJECTS if source.solid and source.name in objects)
    return Material(half, objects, solid, tuple(found), places.scenes(found))


def missing(half: str, folders: Sequence[Path]) -> list[str]:
    """Say which sources of a half are in none of the folders, with their origin."""
    wanted = {source.folder: source.origin for source in (*OBJECTS, *PHOTOS) if source.half == half and source.folder}
    return [f"{name} ({origin})" for name, origin in wanted.items() if find(name, folders) is None]


def find(name: str, folders: Sequence[Path]) -> Path | None:
    """Find a source's folder; a source without one is always there."""
    if not name:
        return Path()
    return next((folder / name for folder in folders if (folder / name).is_dir()), None)
