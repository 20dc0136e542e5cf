"""The source `civic`: a grammar of Vietnamese public life as named rules over lexicons."""

from labeling.preannotators.civic.source import RULES, Civic

__all__ = ["RULES", "Civic"]
