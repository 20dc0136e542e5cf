"""Numbers and time in Vietnamese civic news: every quantity found, typed and computed."""

from labeling.quantities.model import Quantity
from labeling.quantities.scan import KINDS, find

__all__ = ["KINDS", "Quantity", "find"]
