"""The gold articles as people write them, and as programs read them.

A source file (`src/*.txt`) begins with `# part: write` or `# part: held` and `# id: NAME`; the rest, less
one final line break, is canonical text with spans in braces: `{T Phó Chủ tịch {O UBND {L huyện Lấp Vò}}}`.
The letter says the label (see CODES), one space follows it, and braces occur in no article.

    python tests/cases/gold/markup.py      writes gold.jsonl beside this file, one article a line:
                                           {"id", "part", "text", "spans": [{"start", "end", "label"}]}

Part `write` is for writing rules; part `held` is only ever looked at in totals.
Offsets are `[start, end)` in code points of the canonical text.
"""

from __future__ import annotations

import json
from itertools import pairwise
from pathlib import Path
from typing import Any

from corpus.canonical import canon
from labeling.span import find_crossing, make_span

HERE = Path(__file__).parent
CODES = {
    "P": "PER",
    "O": "ORG",
    "L": "LOC",
    "T": "TITLE",
    "E": "EVENT",
    "W": "LAW",
    "G": "PROGRAM",
    "%": "PERCENT",
    "M": "MONEY",
    "Q": "QUANTITY",
    "C": "CARDINAL",
    "N": "ORDINAL",
    "R": "RATIO",
    "D": "DATE",
    "H": "TIME",
    "U": "DURATION",
}
NUMBERS = frozenset(CODES.values()) - {"PER", "ORG", "LOC", "TITLE", "EVENT", "LAW", "PROGRAM"}


def unmark(marked: str) -> tuple[str, list[dict[str, Any]]]:
    """Plain text and spans (by position) of marked text.  Raises ValueError on unbalanced braces."""
    pieces: list[str] = []
    spans: list[dict[str, Any]] = []
    opened: list[tuple[int, str]] = []
    length = position = 0
    while position < len(marked):
        character = marked[position]
        if character == "{":
            label = CODES.get(marked[position + 1])
            if label is None or marked[position + 2] != " ":
                raise ValueError(f"no label in {marked[position : position + 30]!r}")
            opened.append((length, label))
            position += 3
        elif character == "}":
            if not opened:
                raise ValueError(f"closed but never opened: {marked[position - 30 : position + 1]!r}")
            start, label = opened.pop()
            spans.append({"start": start, "end": length, "label": label})
            position += 1
        else:
            pieces.append(character)
            length += 1
            position += 1
    if opened:
        raise ValueError(f"opened but never closed: {marked[:60]!r} … {opened}")
    spans.sort(key=lambda span: (span["start"], -span["end"]))
    return "".join(pieces), spans


def read_source(path: Path) -> dict[str, Any]:
    """One article of `src/`, checked.  Raises ValueError or SpanError with what is wrong."""
    part, name, marked = path.read_text(encoding="utf-8").removesuffix("\n").split("\n", 2)
    text, spans = unmark(marked)
    article = {
        "id": name.removeprefix("# id: "),
        "part": part.removeprefix("# part: "),
        "text": text,
        "spans": spans,
    }
    check(article)
    return article


def check(article: dict[str, Any]) -> None:
    """Canonical text, spans inside it without white edges, nested or apart, nothing inside a number."""
    text = article["text"]
    if canon(text) != text:
        raise ValueError(f"{article['id']}: the text is not canonical")
    if article["part"] not in ("write", "held"):
        raise ValueError(f"{article['id']}: part {article['part']!r}")
    spans = [make_span(text, span["start"], span["end"], span["label"]) for span in article["spans"]]
    crossing = find_crossing(spans)
    if crossing:
        raise ValueError(f"{article['id']}: {crossing[0]} and {crossing[1]} cross or are the same")
    for outer, inner in pairwise(spans):
        if outer.label in NUMBERS and inner.start < outer.end:
            raise ValueError(f"{article['id']}: {inner.text!r} inside the number {outer.text!r}")


def build() -> str:
    """The bytes of gold.jsonl, as text."""
    articles = [read_source(path) for path in sorted((HERE / "src").glob("*.txt"))]
    return "".join(json.dumps(article, ensure_ascii=False) + "\n" for article in articles)


if __name__ == "__main__":
    (HERE / "gold.jsonl").write_text(build(), encoding="utf-8")
