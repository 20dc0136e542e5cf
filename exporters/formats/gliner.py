"""GLiNER's training data: a JSON array of {"tokenized_text", "ner": [[first, last, label], …]}.

One sentence an item, in the order of the `tokens` config.  `first` and `last` are token indices, both
inclusive; nested spans are allowed, so every span is written.
"""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from corpus.errors import ReleaseError
from exporters.formats.base import Published, Release, Settings, Tally, has_value, write_array

VALUE = "loses its value"


def write(release: Release, folder: Path, tally: Tally, settings: Settings) -> None:
    """Write `SPLIT.json` for each split."""
    for split in release.splits("tokens"):
        documents = release.documents(split, tokens=True)
        write_array(folder / f"{split}.json", (item for each in documents for item in items(each, tally)))
    tally.remarks.append("offsets, ids and white space between tokens are not in this format")


def items(document: Published, tally: Tally) -> Iterator[dict[str, Any]]:
    """The sentences of a document.  Raises ReleaseError for a span whose edges are no token edges."""
    tally.written["documents"] += 1
    placed = 0
    for sentence in document.sentences:
        starts, ends = sentence["token_starts"], sentence["token_ends"]
        inside = [span for span in document.spans if starts[0] <= span["start"] and span["end"] <= ends[-1]]
        placed += len(inside)
        ner = []
        for span in inside:
            first, last = bisect_left(starts, span["start"]), bisect_right(ends, span["end"]) - 1
            if starts[first] != span["start"] or ends[last] != span["end"]:
                raise ReleaseError(f"{document.id}: {span['id']} does not begin and end with a token")
            ner.append([first, last, span["label"]])
            if has_value(span):
                tally.lose(VALUE, span["label"])
        tally.written["sentences"] += 1
        tally.written["spans"] += len(ner)
        yield {"tokenized_text": sentence["tokens"], "ner": ner}
    if placed != len(document.spans):
        raise ReleaseError(
            f"{document.id}: {len(document.spans) - placed} of its spans lie in no sentence; "
            "run `vicivic verify`"
        )
