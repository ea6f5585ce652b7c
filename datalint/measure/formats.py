"""Which formats are read, and which format an extension stands for."""

from __future__ import annotations

import os

# All that Pillow decodes by itself; the common ones first, since Pillow tries them in this order. Left out are
# EPS, which runs Ghostscript, WMF, and formats that Pillow only recognises (BUFR, GRIB, HDF5, MPEG).
READ = (
    "JPEG PNG GIF BMP WEBP PPM TIFF AVIF JPEG2000 ICO CUR ICNS DIB TGA PCX DCX DDS SGI PSD QOI XBM XPM IM MSP "
    "SPIDER FLI BLP FTEX SUN XVTHUMB PIXAR IMT MCIDAS GBR FITS PCD IPTC"
).split()

_BY_EXTENSION = {
    "JPEG": ".jpg .jpeg .jpe .jfif .jif",
    "PNG": ".png .apng",
    "GIF": ".gif",
    "BMP": ".bmp .dib",
    "WEBP": ".webp",
    "TIFF": ".tif .tiff",
    "AVIF": ".avif .avifs",
    "JPEG2000": ".jp2 .j2k .jpc .jpf .jpx",
    "PPM": ".ppm .pgm .pbm .pnm .pfm",
    "TGA": ".tga .icb .vda .vst",
    "PCX": ".pcx",
    "DCX": ".dcx",
    "DDS": ".dds",
    "ICO": ".ico",
    "CUR": ".cur",
    "ICNS": ".icns",
    "SGI": ".sgi .rgb .rgba .bw",
    "SUN": ".ras",
    "PSD": ".psd",
    "QOI": ".qoi",
    "MPO": ".mpo",
    "XBM": ".xbm",
    "XPM": ".xpm",
    "FLI": ".fli .flc",
    "BLP": ".blp",
    "HEIF": ".heic .heif",
    "JXL": ".jxl",
}
_NAMED = {extension: format_ for format_, extensions in _BY_EXTENSION.items() for extension in extensions.split()}
# What cameras and tools write under the name of another format, and every loader takes.
_SAME = {("MPO", "JPEG"), ("DIB", "BMP")}

_SIGNATURES = (
    (b"\xff\x0a", "JPEG XL"),
    (b"\x00\x00\x00\x0cJXL ", "JPEG XL"),
    (b"II*\x00\x10\x00\x00\x00CR", "Canon RAW"),
    (b"FUJIFILMCCD-RAW", "Fujifilm RAW"),
    (b"<svg", "SVG"),
    (b"<?xml", "XML or SVG"),
    (b"%!PS", "EPS"),
    (b"%PDF", "PDF"),
    (b"\x89HDF", "HDF5"),
    (b"<!DOCTYPE html", "a web page"),
    (b"<html", "a web page"),
    (b"PK\x03\x04", "a ZIP archive"),
)


def named_format(location: str, actual: str) -> str | None:
    """Return the format that a file's extension stands for, or None where it stands for none."""
    named = _NAMED.get(os.path.splitext(location)[1].lower())
    return actual if (actual, named) in _SAME else named


def unsupported_kind(head: bytes) -> str | None:
    """Name what a file is, by its first 32 bytes, when it is something that Pillow does not read here."""
    if head[4:8] == b"ftyp":
        return {b"avif": "AVIF", b"avis": "AVIF"}.get(head[8:12], "HEIC") if head[8:12] != b"jxl " else "JPEG XL"
    return next((kind for signature, kind in _SIGNATURES if head.lstrip()[: len(signature)] == signature), None)
