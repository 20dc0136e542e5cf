"""brat standoff: `SPLIT/NAME.txt` with the text, `SPLIT/NAME.ann` with its spans, `annotation.conf`.

`T1<tab>ORG 4 19<tab>UBND huyện Bắc Hà`: half-open offsets in code points, as ours.  brat allows no line
break inside a line's text, so a span over several lines is written in brat's way for spans in pieces:
one piece a line of the text, joined by a blank (`4 8;9 14`); its first and last offset are the span's.
Values of numbers stand in a note (`#1<tab>AnnotatorNotes T1<tab>{…}`, JSON).  A file's name is the
document's id, per-cent-encoded; `SPLIT/documents.tsv` has both.
"""

from __future__ import annotations

import hashlib
import re
from pathlib import Path
from urllib.parse import quote

import msgspec

from exporters.formats.base import Published, Release, Settings, Tally, has_value, value_of

LONGEST_NAME = 150
INDEX = "documents.tsv"
_line = re.compile(r"[^\n]+")


def write(release: Release, folder: Path, tally: Tally, settings: Settings) -> None:
    """Write a folder for each split, and `annotation.conf` with the labels."""
    conf = ["[entities]", *release.labels, "[relations]", "[events]", "[attributes]"]
    (folder / "annotation.conf").write_text("\n".join(conf) + "\n", encoding="utf-8")
    for split in release.splits():
        (folder / split).mkdir()
        with (folder / split / INDEX).open("w", encoding="utf-8", newline="") as index:
            for document in release.documents(split):
                name = file_name(document.id)
                index.write(f"{name}\t{document.id}\n")
                target = folder / split / name
                _write(target.with_name(f"{name}.txt"), document.text)
                _write(target.with_name(f"{name}.ann"), standoff(document))
                tally.written["documents"] += 1
                tally.written["spans"] += len(document.spans)
    tally.remarks.append("span ids and the documents' metadata are not in this format")


def _write(path: Path, text: str) -> None:
    path.write_bytes(text.encode("utf-8"))


def file_name(identity: str) -> str:
    """A document's id as a file name: per-cent-encoded; a long one is cut and ends in a hash of itself."""
    name = quote(identity, safe=" ").replace(" ", "%20")
    name = f"%2E{name[1:]}" if name.startswith(".") else name
    if len(name) <= LONGEST_NAME:
        return name
    return f"{name[: LONGEST_NAME - 17]}-{hashlib.sha256(identity.encode()).hexdigest()[:16]}"


def standoff(document: Published) -> str:
    """The `.ann` file of a document."""
    lines = []
    for number, span in enumerate(document.spans, 1):
        start = span["start"]
        pieces = [
            (start + found.start(), start + found.end(), found.group())
            for found in _line.finditer(span["text"])
        ]
        edges = ";".join(f"{low} {high}" for low, high, _ in pieces)
        lines.append(f"T{number}\t{span['label']} {edges}\t{' '.join(text for *_, text in pieces)}\n")
    notes = 0
    for number, span in enumerate(document.spans, 1):
        if has_value(span):
            notes += 1
            value = msgspec.json.encode(value_of(span)).decode("utf-8")
            lines.append(f"#{notes}\tAnnotatorNotes T{number}\t{value}\n")
    return "".join(lines)
