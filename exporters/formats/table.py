"""The formats of `vicivic export`: one line and one module each.

The shape that `datasets` loads is the release itself, so it is not in this table.
"""

from __future__ import annotations

from importlib import import_module
from typing import NamedTuple

from corpus.errors import UsageError
from exporters.formats.base import Writer


class Format(NamedTuple):
    """A format: its name on the command line, its module, and what it is."""

    name: str
    module: str
    about: str

    def writer(self) -> Writer:
        """The function that writes it; its module is imported only now."""
        found: Writer = import_module(f"exporters.formats.{self.module}").write
        return found


FORMATS = (
    Format("conll", "conll", "CoNLL-2003 columns of one flat BIO column"),
    Format("spacy", "spacy", "spaCy DocBin with nested spans (needs spaCy)"),
    Format("gliner", "gliner", "GLiNER training JSON, nested"),
    Format("label-studio", "label_studio", "Label Studio tasks with annotations"),
    Format("brat", "brat", "brat standoff files"),
    Format("numbers-csv", "numbers_csv", "one CSV of all numbers with their values"),
)


def format_named(name: str) -> Format:
    """The format of this name.  Raises UsageError with the names there are."""
    wanted = name.replace("_", "-")
    for each in FORMATS:
        if each.name == wanted:
            return each
    raise UsageError(f"no format {name!r}; the formats are {', '.join(each.name for each in FORMATS)}")
