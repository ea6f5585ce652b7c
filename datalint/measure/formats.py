"""File formats: by extension, by their first bytes, and those that are not decoded."""

from __future__ import annotations

import os

_EXTENSIONS = {
    "AVIF": "avif avifs",
    "BLP": "blp",
    "BMP": "bmp dib",
    "CUR": "cur",
    "DCX": "dcx",
    "DDS": "dds",
    "EPS": "eps ps",
    "FITS": "fit fits",
    "FLI": "flc fli",
    "GIF": "gif",
    "HEIF": "heic heif hif",
    "ICNS": "icns",
    "ICO": "ico",
    "JPEG": "jfif jif jpe jpeg jpg mpo",
    "JPEG2000": "j2c j2k jp2 jpc jpf jpx",
    "JXL": "jxl",
    "PCX": "pcx",
    "PNG": "apng png",
    "PPM": "pbm pfm pgm pnm ppm",
    "PSD": "psd",
    "QOI": "qoi",
    "SGI": "bw rgb rgba sgi",
    "SUN": "ras",
    "SVG": "svg",
    "TGA": "icb tga vda vst",
    "TIFF": "tif tiff",
    "WEBP": "webp",
    "XBM": "xbm",
    "XPM": "xpm",
}
FORMAT_BY_EXTENSION = {extension: name for name, extensions in _EXTENSIONS.items() for extension in extensions.split()}

# Their plugins run another program, or know nothing but the header.
REFUSED = frozenset({"BUFR", "EPS", "FPX", "GRIB", "HDF5", "MIC", "MPEG", "PDF", "WMF"})

# A MPO is a JPEG with more pictures behind the first (a gain map, a depth map, the other eye), which no loader of
# training data shows. A DIB is a BMP without the file header.
CANONICAL = {"DIB": "BMP", "MPO": "JPEG"}

_MAGIC = (
    (b"\xff\xd8", "JPEG"),
    (b"\x89PNG\r\n\x1a\n", "PNG"),
    (b"GIF8", "GIF"),
    (b"BM", "BMP"),
    (b"II*\0", "TIFF"),
    (b"MM\0*", "TIFF"),
    (b"II+\0", "TIFF"),
    (b"MM\0+", "TIFF"),
    (b"\xff\x4f\xff\x51", "JPEG2000"),
    (b"\0\0\0\x0cjP  ", "JPEG2000"),
    (b"\0\0\1\0", "ICO"),
    (b"8BPS", "PSD"),
    (b"qoif", "QOI"),
    (b"DDS ", "DDS"),
)
_FOREIGN = (
    (b"\xff\x0a", "JPEG XL"),
    (b"\0\0\0\x0cJXL ", "JPEG XL"),
    (b"FUJIFILMCCD-RAW", "camera RAW"),
    (b"IIRO", "camera RAW"),
    (b"IIRS", "camera RAW"),
    (b"MMOR", "camera RAW"),
    (b"IIU\0", "camera RAW"),
    (b"FOVb", "camera RAW"),
    (b"%PDF", "PDF"),
    (b"%!PS", "PostScript"),
    (b"\xc5\xd0\xd3\xc6", "PostScript"),
    (b"\x1aE\xdf\xa3", "video"),
    (b"PK\3\4", "ZIP archive"),
    (b"\x1f\x8b", "gzip archive"),
    (b"\x93NUMPY", "NumPy array"),
    (b"\x89HDF\r\n\x1a\n", "HDF5"),
)
_BRANDS = {b"avif": "AVIF", b"avis": "AVIF", b"crx ": "camera RAW"}
_HEIF_BRANDS = (b"heic", b"heix", b"heim", b"heis", b"hevc", b"hevx", b"mif1", b"msf1")


def extension_format(location: str) -> str | None:
    """Return the format that the extension of a file stands for, as Pillow calls it."""
    return FORMAT_BY_EXTENSION.get(os.path.splitext(location)[1][1:].lower())


def image_format(head: bytes) -> str | None:
    """Name the image format that the first bytes announce, of those that Pillow decodes."""
    if head[:4] == b"RIFF" and head[8:12] == b"WEBP":
        return "WEBP"
    if head[4:8] == b"ftyp" and head[8:12] in (b"avif", b"avis"):
        return "AVIF"
    return next((name for magic, name in _MAGIC if head.startswith(magic)), None)


def foreign_format(head: bytes) -> str | None:
    """Name what a file is by its first bytes (512 or more), when that is nothing that Pillow decodes."""
    if head[8:11] == b"CR\x02":
        return "camera RAW"
    if head[4:8] == b"ftyp":
        brand = head[8:12]
        return "HEIC" if brand in _HEIF_BRANDS else _BRANDS.get(brand, "video")
    if head[:4] == b"RIFF" and head[8:12] in (b"AVI ", b"WAVE"):
        return "video" if head[8:12] == b"AVI " else "sound"
    for magic, name in _FOREIGN:
        if head.startswith(magic):
            return name
    return _text_format(head)


def _text_format(head: bytes) -> str | None:
    text = head.lstrip(b"\xef\xbb\xbf \t\r\n").lower()
    if b"<svg" in text and text.startswith(b"<"):
        return "SVG"
    if text.startswith((b"<!doctype html", b"<html")):
        return "HTML page"
    if head and not any(byte < 9 or 13 < byte < 32 for byte in head):
        try:
            # A character may be cut at the end.
            head.decode("utf-8", errors="strict")
        except UnicodeDecodeError as error:
            return "text" if error.start > len(head) - 4 else None
        return "text"
    return None
