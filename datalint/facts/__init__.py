"""Facts: the tables that rules read, and their documentation."""

from datalint.facts.cache import Cache, FileState
from datalint.facts.schema import base_tables, documentation
from datalint.facts.store import Facts

__all__ = ["Cache", "Facts", "FileState", "base_tables", "documentation"]
