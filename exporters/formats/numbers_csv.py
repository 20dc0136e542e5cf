"""One CSV of all numbers and times with their values: a row each, for spreadsheets and pandas.

UTF-8, comma, quotes where needed, a header; empty is "not said".  `start` and `end` are code points of
the document's text, half-open.  `value`, `low`, `high` are exact decimals; `per` has its denominators
parted by a slash; booleans are `true` and `false`.
"""

from __future__ import annotations

import csv
from pathlib import Path
from typing import Any

from exporters.formats.base import NORM, Release, Settings, Tally
from labeling.scheme import load_scheme

FILE = "numbers.csv"
HEAD = ("doc_id", "split", "published", "id", "start", "end", "label", "text", *NORM)
NAMES = "is a name, not a number"


def write(release: Release, folder: Path, tally: Tally, settings: Settings) -> None:
    """Write `numbers.csv`."""
    numbers = load_scheme(release.scheme).layer("numbers")
    with (folder / FILE).open("w", encoding="utf-8", newline="") as file:
        table = csv.writer(file, lineterminator="\n")
        table.writerow(HEAD)
        for split in release.splits():
            for document in release.documents(split, about=True):
                tally.written["documents"] += 1
                for span in document.spans:
                    if span["label"] not in numbers:
                        tally.lose(NAMES, span["label"])
                        continue
                    tally.written["spans"] += 1
                    row = {
                        **span,
                        "doc_id": document.id,
                        "split": split,
                        "published": document.about["published"],
                    }
                    table.writerow([cell(row[name]) for name in HEAD])
    tally.remarks.append("the documents' text is not in this format")


def cell(value: Any) -> Any:
    """A value as a CSV cell."""
    if isinstance(value, bool):
        return "true" if value else "false"
    return "/".join(value) if isinstance(value, list) else value
