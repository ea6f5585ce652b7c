"""Measure: facts of one image each, from one decode. Knows Pillow and NumPy, and nothing about labels."""

from datalint.measure.run import MeasureOptions, content_digests, measure_headers, measure_pixels, pixel_digests

__all__ = ["MeasureOptions", "content_digests", "measure_headers", "measure_pixels", "pixel_digests"]
