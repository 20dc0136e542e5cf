"""CoNLL-2003 columns: token, two columns that we do not fill (`_`), BIO tag; parted by a tab.

A document opens with `-DOCSTART-`, a blank line ends each sentence.  One flat column fits (`--column`,
default `ner_tags`); the ids of the documents, in the order of their `-DOCSTART-` lines, stand one a
line in `SPLIT.documents.txt`.
"""

from __future__ import annotations

from pathlib import Path

from corpus.errors import UsageError
from exporters.formats.base import COLUMNS, Published, Release, Settings, Tally, has_value
from exporters.views import spans_of

START = "-DOCSTART-\t-X-\t-X-\tO\n\n"
ELSEWHERE = "belongs to another column"
HIDDEN = "lies around or inside a span that the column shows"
CUT = "is cut back to what the column shows"
VALUE = "loses its value"


def write(release: Release, folder: Path, tally: Tally, settings: Settings) -> None:
    """Write `SPLIT.conll` and `SPLIT.documents.txt` for each split."""
    column = settings.column
    if column not in COLUMNS:
        raise UsageError(f"no column {column!r}; the flat columns are {', '.join(COLUMNS)}")
    held = {name[2:] for name in release.names("tokens", column) if name != "O"}
    for split in release.splits("tokens"):
        with (
            (folder / f"{split}.conll").open("w", encoding="utf-8", newline="") as file,
            (folder / f"{split}.documents.txt").open("w", encoding="utf-8", newline="") as ids,
        ):
            for document in release.documents(split, tokens=True):
                ids.write(f"{document.id}\n")
                file.write(START)
                for sentence in document.sentences:
                    pairs = zip(sentence["tokens"], sentence[column], strict=True)
                    file.write("".join(f"{token}\t_\t_\t{tag}\n" for token, tag in pairs) + "\n")
                count(document, column, held, tally)
    tally.remarks.append("offsets, span ids and white space between tokens are not in this format")


def count(document: Published, column: str, held: set[str], tally: Tally) -> None:
    """Tell the tally what one column of a document shows of its spans."""
    shown: dict[tuple[int, str], int] = {}
    for sentence in document.sentences:
        for start, end, label in spans_of(sentence[column], sentence["token_starts"], sentence["token_ends"]):
            shown[start, label] = end
    tally.written["documents"] += 1
    tally.written["sentences"] += len(document.sentences)
    tally.written["spans"] += len(shown)
    for span in document.spans:
        label = span["label"]
        if label not in held:
            tally.lose(ELSEWHERE, label)
            continue
        reached = shown.get((span["start"], label), 0)
        if 0 < reached < span["end"] and not _taken(document, span, reached):
            tally.lose(CUT, label)
        elif reached != span["end"]:
            tally.lose(HIDDEN, label)
        elif has_value(span):
            tally.lose(VALUE, label)


def _taken(document: Published, span: dict[str, object], end: int) -> bool:
    """Whether the piece that ends at `end` is another span with the same start and label."""
    return any(
        (other["start"], other["end"], other["label"]) == (span["start"], end, span["label"])
        for other in document.spans
    )
