"""Augmentation: a plan that makes up for what a dataset lacks, and what carries it out."""

from __future__ import annotations
