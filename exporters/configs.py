"""The configs of a release, in the order in which they are written."""

from __future__ import annotations

from collections.abc import Callable

from exporters.rows import Item, Row, Tally, document_rows, provenance_rows, span_rows
from exporters.sentences import FOREIGN_ROWS, token_rows
from labeling.scheme import Scheme

DEFAULT_CONFIG = "tokens"

# One more, `changes`, is made from the release before: see `exporters.build`.
CONFIGS: dict[str, Callable[[Item, Scheme, Tally], list[Row]]] = {
    DEFAULT_CONFIG: token_rows,
    "spans": span_rows,
    "documents": document_rows,
    "provenance": provenance_rows,
    **FOREIGN_ROWS,
}
