"""Images as Pillow opens them, upright, for changing and for measuring."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
from PIL import Image, ImageOps

from datalint.storage import Encoded, Pixels, Unavailable

if TYPE_CHECKING:
    from datalint.storage import ImageRef

_KEPT = ("L", "LA", "RGB", "RGBA")


class NoImageError(Exception):
    """An image that cannot be decoded; the text says why."""


def load(ref: ImageRef, side: int | None = None) -> tuple[Image.Image, dict[str, Any]]:
    """Return an image, upright, of mode L, LA, RGB or RGBA, and how to save another like it: arguments of ``save``.

    ``side`` allows a JPEG to come out smaller, with no side below that. Raises NoImageError.
    """
    content = next(iter(ref.source.contents([ref.key])))
    if isinstance(content, Unavailable):
        raise NoImageError(content.reason)
    if isinstance(content, Pixels):
        return _from_array(content), {"format": "PNG"}
    assert isinstance(content, Encoded)
    try:
        with content.file, Image.open(content.file) as image:
            if side is not None:
                image.draft(None, (side, side))
            image.load()
            saving = _saving(image)
            return _plain(ImageOps.exif_transpose(image)), saving
    except Exception as error:  # plugins raise whatever broken bytes lead to
        raise NoImageError(str(error) or type(error).__name__) from None


def extension(saving: dict[str, Any]) -> str:
    """Return the extension that goes with a format."""
    return {"JPEG": ".jpg", "WEBP": ".webp"}.get(saving["format"], ".png")


def _saving(image: Image.Image) -> dict[str, Any]:
    """Save as the image was saved, so that the way of storing does not tell which images were made."""
    if image.format == "JPEG":
        from PIL import JpegImagePlugin

        tables = getattr(image, "quantization", None)
        sampling = JpegImagePlugin.get_sampling(image)
        like = {"qtables": tables, "subsampling": sampling if sampling >= 0 else "4:2:0"} if tables else {"quality": 90}
        return {"format": "JPEG", **like}
    if image.format == "WEBP":
        return {"format": "WEBP", "quality": 90}
    return {"format": "PNG"}


def _plain(image: Image.Image) -> Image.Image:
    if image.mode in _KEPT:
        return image
    if image.mode.startswith("I") or image.mode == "F":
        values = np.asarray(image, np.float32)
        top = 65535.0 if image.mode.startswith("I") else max(1.0, float(values.max(initial=1)))
        return Image.fromarray(np.clip(np.rint(values * (255 / top)), 0, 255).astype(np.uint8))
    if image.mode == "1":
        return image.convert("L")
    return image.convert("RGBA" if image.mode == "PA" or "transparency" in image.info else "RGB")


def _from_array(content: Pixels) -> Image.Image:
    """Return an array as an 8-bit image; of more than four channels the first three."""
    array = content.array
    if array.ndim == 3 and array.shape[2] not in (2, 3, 4):
        array = array[..., 0] if array.shape[2] == 1 else array[..., :3]
    if array.dtype != np.uint8 or (content.low, content.high) != (0, 255):
        scaled = (array.astype(np.float32) - content.low) * (255 / (content.high - content.low))
        array = np.clip(np.rint(np.nan_to_num(scaled, posinf=255, neginf=0)), 0, 255).astype(np.uint8)
    return Image.fromarray(np.ascontiguousarray(array))
