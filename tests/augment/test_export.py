"""Code that runs as it stands: every format is executed in the library that it is for, on real images."""

from __future__ import annotations

import importlib
import inspect
import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from augment.plans import NAMES, plan_of, with_own_range
from conftest import photo

from datalint.augment.export import CODE, render

REPOSITORY = Path(__file__).resolve().parents[2]
PLACES = ("flip-horizontal", "quarter-turn", "rotate", "zoom", "shift")


def library(name: str) -> Any:
    """Import a library that code is for; where it is not installed, skip and say so."""
    os.environ.setdefault("KERAS_BACKEND", "torch")
    os.environ.setdefault("NO_ALBUMENTATIONS_UPDATE", "1")
    try:
        if name == "torchvision":
            _allow_torchvision()
        if name == "imgaug" and not hasattr(np, "sctypes"):
            _allow_imgaug()
        return importlib.import_module(name)
    except ImportError as error:
        pytest.skip(f"{name} is not installed here ({error}); only the text of its code is checked")


def _allow_torchvision() -> None:
    """Let torchvision be imported where it was built for another build of torch: then its C++ operators are missing."""
    import torch

    for operator in ("nms", "qnms", "roi_align", "roi_pool", "ps_roi_align", "ps_roi_pool", "deform_conv2d"):
        try:
            importlib.import_module("torchvision")
            return
        except RuntimeError as error:
            missing = str(error).partition("torchvision::")[2].partition(" ")[0] or operator
        for module in [module for module in sys.modules if module.split(".")[0] == "torchvision"]:
            del sys.modules[module]
        stub = torch.library.Library("torchvision", "FRAGMENT")
        stub.define(f"{missing}(Tensor x) -> Tensor")
        _STUBS.append(stub)


_STUBS: list[Any] = []


def _allow_imgaug() -> None:
    """Give NumPy 2 back what imgaug 0.4 asks for when it is imported."""
    kinds = {"int": [np.int8, np.int16, np.int32, np.int64], "uint": [np.uint8, np.uint16, np.uint32, np.uint64]}
    floats = {"float": [np.float16, np.float32, np.float64], "complex": [np.complex64, np.complex128], "others": [bool]}
    np.sctypes = {**kinds, **floats}  # type: ignore[attr-defined]


def run(code: str) -> dict[str, Any]:
    names: dict[str, Any] = {"__name__": "augmentation"}
    exec(compile(code, "augmentation.py", "exec"), names)
    return names


def pictures(count: int, channels: int, side: int = 32) -> np.ndarray[Any, Any]:
    mode = "L" if channels == 1 else "RGB"
    return np.stack(
        [np.asarray(photo((side, side), n).convert(mode)).reshape(side, side, channels) for n in range(count)]
    )


@pytest.mark.parametrize("format_", CODE)
def test_code_is_written_for_every_plan(format_: str) -> None:
    for names in (NAMES, (), ("invert",), PLACES):
        for channels in (1, 3):
            text = render(plan_of(names, channels=channels), format_)
            if format_ in ("notebook", "albumentations-json"):
                json.loads(text)
            else:
                compile(text, "augmentation.py", "exec")
            assert text == render(plan_of(names, channels=channels), format_)
            assert str(REPOSITORY) not in text


@pytest.mark.parametrize("format_", [name for name in CODE if name not in ("notebook", "albumentations-json")])
def test_what_a_class_forbids_is_not_in_the_code_and_said(format_: str) -> None:
    text = render(plan_of(), format_)
    assert "the name tells up from down" in text
    for call in ("RandomVerticalFlip", "VerticalFlip", "Flipud", "flip_up_down(", '"vertical"', "vertical_flip="):
        assert call not in text
    if format_ != "pillow":
        assert "# background" in text and "only `datalint augment` does it" in text


@pytest.mark.parametrize("channels", [1, 3])
@pytest.mark.parametrize("fill", ["border", "reflect"])
def test_keras(channels: int, fill: str) -> None:
    keras = library("keras")
    names_of = NAMES if channels == 3 else tuple(n for n in NAMES if n not in ("hue", "saturation"))
    plan = plan_of(names_of, channels, fill=fill)
    names = run(render(plan, "keras"))
    images = pictures(6, channels).astype(np.float32)
    out = keras.ops.convert_to_numpy(names["augmentation"](images, training=True))
    assert out.shape == images.shape and out.dtype == np.float32
    assert out.min() >= -1e-3 and out.max() <= 1 + 1e-3
    assert np.abs(out - images / 255).max() > 0.05
    same = keras.ops.convert_to_numpy(names["augmentation"](images, training=False))
    assert np.allclose(same, images / 255, atol=1e-6)
    standard = keras.ops.convert_to_numpy(names["standardization"](same))
    assert np.allclose(standard, (images / 255 - 0.5) / 0.25, atol=1e-3)


def test_keras_reads_class_folders(tmp_path: Path, make_image: Any) -> None:
    keras = library("keras")
    plan = plan_of()
    for one in plan.classes:
        for number in range(one.have):
            make_image(tmp_path / one.label / f"{number}.jpg", seed=number)
    names = run(render(plan, "keras"))
    try:
        data = names["load"](str(tmp_path), True)
    except ImportError as error:
        pytest.skip(f"reading folders takes TensorFlow with this backend of keras ({error})")
    images, labels = next(iter(data))
    assert images.shape[1:] == (32, 32, 3) and set(np.asarray(labels)) <= {0, 1}
    assert keras.ops.convert_to_numpy(names["augmentation"](images)).shape == images.shape


def test_keras_ranges_are_those_of_the_plan() -> None:
    keras = library("keras")
    grey = np.full((400, 8, 8, 3), 0.4 * 255, np.float32)
    layers = run(render(plan_of(("brightness",), side=8, share=1.0), "keras"))
    out = keras.ops.convert_to_numpy(layers["augmentation"](grey, training=True)) / 0.4
    assert 0.7 <= out.min() < 0.75 and 1.35 < out.max() <= 1.4001
    shared = run(render(plan_of(("invert",), side=8, share=0.25), "keras"))
    inverted = keras.ops.convert_to_numpy(shared["augmentation"](grey, training=True))[:, 0, 0, 0] > 0.5
    assert 0.15 < inverted.mean() < 0.35
    both = run(render(plan_of(("brightness", "invert"), side=8, brightness=(1.2, 1.2)), "keras"))
    values = keras.ops.convert_to_numpy(both["augmentation"](grey, training=True))[:, 0, 0, 0]
    kinds, counts = np.unique(values.round(2), return_counts=True)
    assert kinds.tolist() == pytest.approx([0.4, 0.48, 0.52, 0.6], abs=0.011)
    assert counts.min() > 60  # one is not made with the other


def test_legacy_keras(tmp_path: Path, make_image: Any) -> None:
    library("keras")
    plan = plan_of()
    for one in plan.classes:
        for number in range(one.have):
            make_image(tmp_path / one.label / f"{number}.jpg", seed=number)
    names = run(render(plan, "keras-legacy"))
    for training in (True, False):
        flow = names["load"](str(tmp_path), training)
        images, labels = next(flow)
        assert flow.class_indices == {"day's cat": 0, 'dog "x"': 1} and flow.samples == 12
        assert images.shape == (min(12, names["BATCH"]), 32, 32, 3) and images.dtype == np.float32
        assert images.min() >= 0 and images.max() <= 1 and set(labels) <= {0, 1}
    generator = names["augmented"]
    assert generator.rotation_range == 15 and generator.width_shift_range == 0.1
    assert list(generator.zoom_range) == [0.8, 1.25] and list(generator.brightness_range) == [0.7, 1.4]
    assert generator.horizontal_flip and not generator.vertical_flip


@pytest.mark.parametrize("channels", [1, 3])
@pytest.mark.parametrize("fill", ["border", "reflect"])
def test_torchvision(channels: int, fill: str, tmp_path: Path, make_image: Any) -> None:
    library("torch")
    library("torchvision")
    import torch

    plan = plan_of(channels=channels, fill=fill)
    for one in plan.classes:
        for number in range(one.have):
            make_image(tmp_path / one.label / f"{number}.jpg", seed=number)
    names = run(render(plan, "torchvision"))
    torch.manual_seed(0)
    data = names["dataset"](str(tmp_path), True)
    assert data.classes == names["CLASSES"] and len(data) == 12
    images = torch.stack([image for image, _ in data])
    assert images.shape == (12, channels, 32, 32) and images.dtype == torch.float32
    assert images.min() >= -2.01 and images.max() <= 2.01
    plain = names["dataset"](str(tmp_path), False)
    assert torch.equal(plain[0][0], plain[0][0]) and not torch.equal(data[0][0], plain[0][0])
    drawn = torch.tensor([data.targets[n] for _ in range(20) for n in names["sampler"](data.targets)])
    assert 0.35 < drawn.float().mean() < 0.65


def test_torchvision_fills_what_is_beyond_the_border_and_keeps_to_its_ranges() -> None:
    library("torch")
    library("torchvision")
    import torch

    torch.manual_seed(0)
    moved = run(render(plan_of(PLACES, fill="border", share=1.0), "torchvision"))
    white = torch.full((3, 32, 32), 255, dtype=torch.uint8)
    assert all(float(moved["augmentation"](white).min()) > 1.9 for _ in range(50))
    lit = run(render(plan_of(("brightness",), share=1.0), "torchvision"))
    grey = torch.full((3, 32, 32), 100, dtype=torch.uint8)
    values = [(float(lit["augmentation"](grey).mean()) * 0.25 + 0.5) * 255 / 100 for _ in range(300)]
    assert 0.68 <= min(values) < 0.75 and 1.35 < max(values) <= 1.41


@pytest.mark.parametrize("channels", [1, 3])
@pytest.mark.parametrize("fill", ["border", "reflect"])
def test_albumentations(channels: int, fill: str) -> None:
    albumentations = library("albumentations")
    names_of = NAMES if channels == 3 else tuple(n for n in NAMES if n not in ("hue", "saturation"))
    plan = plan_of(names_of, channels=channels, fill=fill, rotate=(-30.0, 30.0))
    names = run(render(plan, "albumentations"))
    loaded = albumentations.from_dict(json.loads(render(plan, "albumentations-json")))
    for pipeline in (names["augmentation"], loaded):
        for image in pictures(6, channels, 48):
            out = pipeline(image=image)["image"]
            assert out.shape == (32, 32, channels) and out.dtype == np.float32
            assert out.min() >= -2.01 and out.max() <= 2.01
    written = [str(step) for step in names["augmentation"].transforms]
    assert [type(step).__name__ for step in loaded.transforms] == [text.partition("(")[0] for text in written]
    by_name = {type(step).__name__: step for step in loaded.transforms}
    assert by_name["HorizontalFlip"].p == 0.5 and by_name["InvertImg"].p == 0.5


def test_albumentations_takes_every_argument() -> None:
    """Albumentations only warns of arguments that it does not know."""
    library("albumentations")
    import warnings

    with warnings.catch_warnings():
        warnings.simplefilter("error")
        run(render(plan_of(), "albumentations"))


@pytest.mark.parametrize("channels", [1, 3])
def test_imgaug(channels: int) -> None:
    library("imgaug")
    names_of = NAMES if channels == 3 else tuple(n for n in NAMES if n not in ("hue", "saturation"))
    names = run(render(plan_of(names_of, channels=channels, rotate=(-30.0, 30.0)), "imgaug"))
    images = pictures(8, channels, 48)
    out = names["augmentation"](images=images)
    assert np.shape(out) == (8, 32, 32, channels) and np.asarray(out).dtype == np.uint8
    assert np.allclose(names["standardize"](images), (images / 255 - 0.5) / 0.25, atol=1e-4)


def test_tf() -> None:
    tf = library("tensorflow")
    names = run(render(plan_of(), "tf"))
    images, labels = pictures(12, 3, 48), np.arange(12) % 2
    for training in (True, False):
        batches = [*names["dataset"](images, labels, training)]
        assert sum(len(y) for _, y in batches) == 12
        out = np.concatenate([x.numpy() for x, _ in batches])
        assert out.shape == (12, 32, 32, 3) and out.dtype == np.float32
        assert out.min() >= -2.01 and out.max() <= 2.01
    still = names["prepare"](tf.constant(images[0]))
    assert not np.allclose(names["augment"](still, tf.constant([1, 2])), names["augment"](still, tf.constant([3, 4])))


@pytest.mark.parametrize("channels", [1, 3])
@pytest.mark.parametrize("fill", ["border", "reflect"])
def test_opencv(channels: int, fill: str, tmp_path: Path, make_image: Any) -> None:
    library("cv2")
    plan = plan_of(channels=channels, fill=fill, rotate=(-30.0, 30.0))
    for one in plan.classes:
        for number in range(one.have):
            make_image(tmp_path / one.label / f"{number}.{'png' if number % 2 else 'jpg'}", size=(50, 40), seed=number)
        (tmp_path / one.label / "notes.txt").write_text("no image")
    names = run(render(plan, "opencv"))
    for training in (True, False):
        found = [*names["batches"](tmp_path, training)]
        images = np.concatenate([images for images, _ in found])
        labels = np.concatenate([labels for _, labels in found])
        assert [len(labels) for _, labels in found] == [8, 4] and np.bincount(labels).tolist() == [8, 4]
        assert images.shape == (12, 32, 32, channels) and images.dtype == np.float32 and labels.dtype == np.int64
        assert images.min() >= -2.01 and images.max() <= 2.01
    orders = [
        [label for _, labels in names["batches"](tmp_path, True, epoch) for label in labels] for epoch in (0, 0, 1)
    ]
    assert orders[0] == orders[1] != orders[2]
    for image in pictures(20, channels):
        out = names["augment"](image, np.random.default_rng(1))
        assert out.shape == image.shape and out.dtype == np.uint8
        assert np.array_equal(out, names["augment"](image, np.random.default_rng(1)))
        assert not np.array_equal(out, names["augment"](image, np.random.default_rng(2)))


def test_opencv_reads_upright_and_as_rgb(tmp_path: Path) -> None:
    library("cv2")
    from PIL import Image

    colours = np.zeros((32, 32, 3), np.uint8)
    colours[:16], colours[16:] = (200, 100, 0), (0, 50, 250)
    Image.fromarray(colours).save(tmp_path / "ä.png")
    exif = Image.Exif()
    exif[0x0112] = 3  # stored upside down
    Image.fromarray(colours[::-1]).save(tmp_path / "turned.jpg", quality=95, exif=exif)
    names = run(render(plan_of(), "opencv"))
    assert np.array_equal(names["read"](tmp_path / "ä.png"), colours)
    assert np.abs(names["read"](tmp_path / "turned.jpg")[[4, 28]].astype(int) - colours[[4, 28]]).max() <= 8
    grey = run(render(plan_of(channels=1), "opencv"))["read"](tmp_path / "ä.png")
    assert grey.shape == (32, 32, 1) and grey[4, 4, 0] == pytest.approx(0.299 * 200 + 0.587 * 100, abs=2)
    for content in (b"", b"no image"):
        (tmp_path / "broken.png").write_bytes(content)
        with pytest.raises(ValueError, match="is no image that OpenCV"):
            names["read"](tmp_path / "broken.png")


def test_opencv_keeps_to_the_ranges_of_the_plan() -> None:
    library("cv2")
    generator = np.random.default_rng(0)

    def changed(image: Any, *names: str, channels: int = 3, **ranges: tuple[float, float]) -> Any:
        code = run(render(plan_of(names, channels=channels, share=1.0, **ranges), "opencv"))
        return np.stack([code["augment"](image, generator) for _ in range(300)]).astype(float)

    grey = np.full((32, 32, 3), 100, np.uint8)
    lit = changed(grey, "brightness").mean(axis=(1, 2, 3)) / 100
    assert 0.69 <= lit.min() < 0.73 and 1.37 < lit.max() <= 1.41
    assert abs(np.mean(lit < 1) - np.log(1 / 0.7) / np.log(1.4 / 0.7)) < 0.1  # as often half as double
    steps = grey.copy()
    steps[:, 16:] = 140
    spread = np.ptp(changed(steps, "contrast"), axis=(1, 2, 3)) / 40
    assert 0.69 <= spread.min() < 0.73 and 1.37 < spread.max() <= 1.42
    dot = np.full((32, 32, 1), 20, np.uint8)
    dot[15:17, 15:17] = 220
    seen = changed(dot, "shift", channels=1) - 20
    place = np.stack(
        [(seen[..., 0] * axis).sum(axis=(1, 2)) / seen[..., 0].sum(axis=(1, 2)) for axis in np.mgrid[:32, :32]]
    )
    assert 2.9 < (place - 15.5).max() <= 3.3 and -3.3 <= (place - 15.5).min() < -2.9
    assert changed(np.full((32, 32, 3), 77, np.uint8), *PLACES).min() == 77  # what is beyond the border is filled
    disc = np.zeros((32, 32, 1), np.uint8)
    disc[((np.mgrid[:32, :32] - 15.5) ** 2).sum(axis=0) < 64] = 255
    area = changed(disc, "zoom", channels=1).mean(axis=(1, 2, 3)) / disc.mean()
    assert 0.8**2 * 0.97 <= area.min() < 0.7 and 1.45 < area.max() <= 1.25**2 * 1.03
    red = np.zeros((32, 32, 3), np.uint8)
    red[...] = 255, 0, 0
    turned = changed(red, "hue")[:, 0, 0]
    assert turned[:, 0].min() == 255 and 130 < turned[:, 1].max() <= 154 and 130 < turned[:, 2].max() <= 154
    assert changed(red, "invert")[0, 0, 0].tolist() == [0, 255, 255]


# What the documentation of TensorFlow 2, imgaug 0.4 and OpenCV 4 and 5 says that these functions take.
SIGNATURES = {
    "tf": {
        "tf.image.flip_left_right": ("image",),
        "tf.image.rot90": ("image", "k"),
        "tf.image.adjust_saturation": ("image", "saturation_factor"),
        "tf.image.adjust_hue": ("image", "delta"),
        "tf.image.resize": ("images", "size", "method", "preserve_aspect_ratio", "antialias", "name"),
        "tf.clip_by_value": ("t", "clip_value_min", "clip_value_max"),
        "tf.ensure_shape": ("x", "shape"),
        "tf.random.stateless_uniform": ("shape", "seed", "minval", "maxval", "dtype"),
        "tf.raw_ops.ImageProjectiveTransformV3": (
            "images", "transforms", "output_shape", "fill_value", "interpolation", "fill_mode",
        ),
    },
    "imgaug": {
        "iaa.Fliplr": ("p",),
        "iaa.Invert": ("p",),
        "iaa.Rot90": ("k", "keep_size"),
        "iaa.Affine": ("scale", "translate_percent", "translate_px", "rotate", "mode", "fit_output"),
        "iaa.Multiply": ("mul",),
        "iaa.LinearContrast": ("alpha",),
        "iaa.MultiplySaturation": ("mul",),
        "iaa.AddToHue": ("value",),
        "iaa.Sometimes": ("p", "then_list"),
        "iaa.Resize": ("size", "interpolation"),
        "iaa.Sequential": ("children", "random_order", "seed"),
    },
    "opencv": {
        "cv2.imdecode": ("buf", "flags"),
        "cv2.haveImageReader": ("filename",),
        "cv2.cvtColor": ("src", "code", "dst", "dstCn"),
        "cv2.resize": ("src", "dsize", "dst", "fx", "fy", "interpolation"),
        "cv2.flip": ("src", "flipCode", "dst"),
        "cv2.rotate": ("src", "rotateCode", "dst"),
        "cv2.getRotationMatrix2D": ("center", "angle", "scale"),
        "cv2.warpAffine": ("src", "M", "dsize", "dst", "flags", "borderMode", "borderValue"),
    },
}  # fmt: skip


@pytest.mark.parametrize("format_", SIGNATURES)
def test_calls_are_as_documented(format_: str) -> None:
    """Whether or not the library is installed: names and keywords of all calls are in its documentation."""
    import ast

    seen = set()
    for node in ast.walk(ast.parse(render(plan_of(rotate=(-30.0, 30.0)), format_))):
        if isinstance(node, ast.Call) and (name := ast.unparse(node.func)) in SIGNATURES[format_]:
            known = SIGNATURES[format_][name]
            seen.add(name)
            assert len(node.args) <= len(known), name
            assert {keyword.arg for keyword in node.keywords} <= {*known}, name
    assert seen == SIGNATURES[format_].keys()


CV2_CONSTANTS = {
    "IMREAD_GRAYSCALE", "IMREAD_COLOR", "INTER_AREA", "INTER_CUBIC", "INTER_LINEAR", "BORDER_CONSTANT",
    "BORDER_REFLECT", "ROTATE_180", "COLOR_BGR2RGB", "COLOR_RGB2GRAY", "COLOR_RGB2HSV", "COLOR_HSV2RGB",
}  # fmt: skip


def test_opencv_code_names_what_is_documented_alone() -> None:
    """Whether or not OpenCV is installed."""
    import ast

    documented = CV2_CONSTANTS | {name.removeprefix("cv2.") for name in SIGNATURES["opencv"]}
    for fill in ("border", "reflect"):
        for names in (NAMES, (), PLACES, ("hue",)):
            code = ast.parse(render(plan_of(names, fill=fill), "opencv"))
            of_cv2 = [
                node for node in ast.walk(code) if isinstance(node, ast.Attribute) and ast.unparse(node.value) == "cv2"
            ]
            assert {node.attr for node in of_cv2} <= documented


@pytest.mark.parametrize("channels", [1, 3])
@pytest.mark.parametrize("fill", ["border", "reflect"])
def test_pillow(channels: int, fill: str) -> None:
    names = run(render(plan_of(channels=channels, fill=fill), "pillow"))
    generator = np.random.default_rng(0)
    for number in range(20):
        image = photo((40, 30), number).convert("L" if channels == 1 else "RGB")
        out = names["augment"](image, generator)
        assert (out.size, out.mode) == (image.size, image.mode)
        values = names["prepare"](out)
        assert values.shape == (32, 32, channels) and values.dtype == np.float32
        assert values.min() >= -2.01 and values.max() <= 2.01
    drawn = [names["draw"](generator) for _ in range(300)]
    for name, share, limits in names["TRANSFORMS"]:
        got = [one[name] for one in drawn if name in one]
        assert abs(len(got) / 300 - share) < 0.12
        if limits and name != "shift":
            assert limits[0] <= min(got) and max(got) <= limits[1]
    assert np.bincount([0, 1, 1], names["sample_weights"]([0, 1, 1])).tolist() == [1, 1]


def test_the_pillow_code_needs_pillow_and_numpy_alone(tmp_path: Path) -> None:
    (tmp_path / "augmentation.py").write_text(render(plan_of(), "pillow"))
    code = (
        "import sys, augmentation, numpy, PIL;"
        "known = sys.stdlib_module_names | {'numpy', 'PIL', 'augmentation'};"
        "print(sorted({name.split('.')[0] for name in sys.modules} - known - {'__main__', 'sitecustomize'}))"
    )
    out = subprocess.run([sys.executable, "-I", "-c", f"import sys; sys.path.insert(0, {str(tmp_path)!r}); {code}"],
                         capture_output=True, text=True, check=True)  # fmt: skip
    assert "datalint" not in out.stdout and "duckdb" not in out.stdout and "torch" not in out.stdout


def test_the_notebook_runs(tmp_path: Path, make_image: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    plan = plan_of(labels=("cat", "dog"))
    for label in ("cat", "dog"):
        make_image(tmp_path / "data" / label / "0.jpg", seed=1)
    monkeypatch.chdir(tmp_path)
    notebook = json.loads(render(plan, "notebook"))
    names = run("\n\n".join("".join(cell["source"]) for cell in notebook["cells"] if cell["cell_type"] == "code"))
    assert len(names["rows"]) == 2 and names["rows"][0].size == (7 * 128, 128)


def dog_is_brighter(channels: int = 3) -> Any:
    """All classes are made darker, and one of them much brighter; what both allow is nothing."""
    return with_own_range(plan_of(("brightness",), channels, share=1.0, brightness=(0.5, 0.6)), "brightness", 1.4, 1.5)


GREY = np.full((32, 32, 3), 100, np.uint8)
DARKER, BRIGHTER = (48, 62), (138, 152)


@pytest.mark.parametrize("format_", CODE)
def test_code_is_written_for_classes_with_ranges_of_their_own(format_: str) -> None:
    text = render(dog_is_brighter(), format_)
    if format_ == "keras-legacy":
        assert "ranges of single classes" in text and "brightness_range" not in text
    else:
        assert "1.4" in text and "0.5" in text
    if format_ not in ("notebook", "albumentations-json"):
        compile(text, "augmentation.py", "exec")
    for names in (("brightness",), ("background", "brightness"), NAMES):
        wide = with_own_range(plan_of(names), "rotate", -90.0, 90.0)
        render(wide, format_) if format_ in ("notebook", "albumentations-json") else compile(
            render(wide, format_), "", "exec"
        )


@pytest.mark.parametrize("format_", sorted(set(CODE) - {"notebook", "albumentations-json"}))
def test_a_class_may_be_called_like_a_place_in_a_template(format_: str) -> None:
    labels = ("{steps}{own}{label}", "{not_done}{index}", "a\nb", '"""')
    text = render(with_own_range(plan_of(labels=labels), "rotate", -90.0, 90.0, labels[0]), format_)
    compile(text, "augmentation.py", "exec")
    assert text.count(labels[0]) >= 2 and repr(labels[1]) in text  # among CLASSES, and where it is told of


def test_what_every_class_allows_is_what_code_without_classes_does() -> None:
    library("cv2")
    plan = with_own_range(plan_of(("brightness",), share=1.0), "brightness", 1.2, 2.0)
    names, generator = run(render(plan, "opencv")), np.random.default_rng(0)

    def lit(*index: int) -> tuple[float, float]:
        values = [float(names["augment"](GREY, generator, *index).mean()) for _ in range(200)]
        return min(values), max(values)

    assert 119 <= lit()[0] < 123 and 137 < lit()[1] <= 141  # both allow 1.2 to 1.4
    assert 69 <= lit(0)[0] < 73 and 137 < lit(0)[1] <= 141
    assert 119 <= lit(1)[0] < 123 and 190 < lit(1)[1] <= 201


def inside(values: Any, limits: tuple[int, int]) -> bool:
    return bool(limits[0] <= np.min(values) <= np.max(values) <= limits[1])


def test_pillow_and_opencv_keep_to_the_ranges_of_the_class() -> None:
    library("cv2")
    from PIL import Image

    generator = np.random.default_rng(0)
    pillow, opencv = (run(render(dog_is_brighter(), name)) for name in ("pillow", "opencv"))
    for index, limits in enumerate((DARKER, BRIGHTER)):
        for _ in range(20):
            assert inside(np.asarray(pillow["augment"](Image.fromarray(GREY), generator, index)), limits)
            assert inside(opencv["augment"](GREY, generator, index), limits)
    assert np.array_equal(opencv["augment"](GREY, generator), GREY)  # the ranges do not meet


def test_opencv_batches_are_of_the_class(tmp_path: Path) -> None:
    library("cv2")
    from PIL import Image

    for label in ("day's cat", 'dog "x"'):
        (tmp_path / label).mkdir()
        Image.fromarray(GREY).save(tmp_path / label / "1.png")
    names = run(render(dog_is_brighter(), "opencv"))
    for images, labels in names["batches"](tmp_path, True):
        for image, label in zip(images, labels, strict=True):
            assert inside((image * 0.25 + 0.5) * 255, (DARKER, BRIGHTER)[label])


def test_keras_keeps_to_the_ranges_of_the_class() -> None:
    keras = library("keras")
    names = run(render(dog_is_brighter(), "keras"))
    labels = np.array([0, 1] * 10)
    out = names["augment"](np.stack([GREY] * 20).astype(np.float32), labels)
    values = keras.ops.convert_to_numpy(out) * 255
    assert inside(values[::2], DARKER) and inside(values[1::2], BRIGHTER)
    still = keras.ops.convert_to_numpy(names["augment"](np.stack([GREY] * 20), labels, training=False)) * 255
    assert np.allclose(still, 100, atol=1e-3)


def test_torchvision_keeps_to_the_ranges_of_the_class(tmp_path: Path) -> None:
    library("torch")
    library("torchvision")
    from PIL import Image

    for label in ("day's cat", 'dog "x"'):
        (tmp_path / label).mkdir()
        Image.fromarray(GREY).save(tmp_path / label / "1.png")
    names = run(render(dog_is_brighter(), "torchvision"))
    data = names["dataset"](str(tmp_path), True)
    for _ in range(20):
        for image, label in (data[0], data[1]):
            assert inside((image.numpy() * 0.25 + 0.5) * 255, (DARKER, BRIGHTER)[label])
    assert inside((names["dataset"](str(tmp_path), False)[1][0].numpy() * 0.25 + 0.5) * 255, (99, 101))


def test_albumentations_keeps_to_the_ranges_of_the_class() -> None:
    albumentations = library("albumentations")
    names = run(render(dog_is_brighter(), "albumentations"))
    loaded = json.loads(render(dog_is_brighter(), "albumentations-json"))
    assert albumentations.from_dict(loaded) is not None  # what is said of single classes is left alone
    by_label = [albumentations.from_dict(loaded["by_class"][label]) for label in names["CLASSES"]]
    for index, limits in enumerate((DARKER, BRIGHTER)):
        for augmentation in (names["BY_CLASS"].get(index, names["augmentation"]), by_label[index]):
            for _ in range(20):
                assert inside((augmentation(image=GREY)["image"] * 0.25 + 0.5) * 255, limits)


def test_imgaug_keeps_to_the_ranges_of_the_class() -> None:
    library("imgaug")
    out = run(render(dog_is_brighter(), "imgaug"))["augment"]([GREY] * 20, [0, 1] * 10)
    assert inside(out[::2], DARKER) and inside(out[1::2], BRIGHTER)


def test_tf_keeps_to_the_ranges_of_the_class() -> None:
    library("tensorflow")
    names = run(render(dog_is_brighter(), "tf"))
    labels = np.array([0, 1] * 10)
    for images, of in names["dataset"](np.stack([GREY] * 20), labels, True):
        for image, label in zip(images.numpy(), of.numpy(), strict=True):
            assert inside((image * 0.25 + 0.5) * 255, (DARKER, BRIGHTER)[label])


def test_the_notebook_runs_where_classes_have_ranges_of_their_own(
    tmp_path: Path, make_image: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    plan = with_own_range(plan_of(labels=("cat", "dog")), "brightness", 1.4, 1.5, "dog")
    for label in ("cat", "dog"):
        make_image(tmp_path / "data" / label / "0.jpg", seed=1)
    monkeypatch.chdir(tmp_path)
    notebook = json.loads(render(plan, "notebook"))
    names = run("\n\n".join("".join(cell["source"]) for cell in notebook["cells"] if cell["cell_type"] == "code"))
    assert len(names["rows"]) == 2


def test_every_format_has_a_module() -> None:
    for module in CODE.values():
        function = importlib.import_module(f"datalint.augment.export.{module}").render
        assert [*inspect.signature(function).parameters] == ["plan"]
