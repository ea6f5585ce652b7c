"""Facts: the tables that rules read, and their documentation."""

from datalint.facts.schema import base_tables, documentation
from datalint.facts.store import Facts

__all__ = ["Facts", "base_tables", "documentation"]
