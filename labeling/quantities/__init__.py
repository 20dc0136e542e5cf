"""Numbers and time in Vietnamese civic news: every quantity found, typed and computed.

    find(text, reference=None) -> list[Quantity]     extents in code points, label, norm, score, rule
    format_norm(norm, style)   -> str                 one canonical line, ordinary Vietnamese, or words
    parse_norm(text)           -> Norm                the inverse of each of them

Values are Decimal strings, units UCUM or ISO 4217, dates EDTF (ISO 8601-2), durations ISO 8601.
"""

from labeling.quantities.canon import core
from labeling.quantities.model import Quantity
from labeling.quantities.scan import KINDS, find
from labeling.quantities.written import format_norm, parse_norm

__all__ = ["KINDS", "Quantity", "core", "find", "format_norm", "parse_norm"]
