"""What a number that a person marked says: read again from its text by the number recogniser."""

from __future__ import annotations

from functools import lru_cache

from labeling.norm import Norm
from labeling.quantities import Quantity, find
from labeling.quantities.resolve import parse_reference


def value_of(text: str, start: int, end: int, label: str, reference: str | None) -> Norm | None:
    """The value that the recogniser reads at exactly this span with this label, else None.

    It reads the whole text first, because the neighbours of a number decide what it is, then the span
    alone.  `reference` is the document's own date (EDTF), from which incomplete dates are resolved.
    """
    day = reference if reference and parse_reference(reference) is not None else None
    for found in _read(text, day):
        if (found.extent.start, found.extent.end, found.label) == (start, end, label):
            return found.norm
    alone = find(text[start:end], day)
    if len(alone) == 1 and len(alone[0].extent) == end - start and alone[0].label == label:
        return alone[0].norm
    return None


@lru_cache(maxsize=4)
def _read(text: str, reference: str | None) -> tuple[Quantity, ...]:
    """The annotations of a document come one after the other: read its text once."""
    return tuple(find(text, reference))
