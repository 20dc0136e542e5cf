"""Lint over a workspace's gold or annotations: every check of each document, and one across documents."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Sequence
from typing import Any, Literal

import msgspec

from corpus.document import Document
from corpus.errors import UsageError
from corpus.store import Workspace
from labeling.concordance import addresses, annotated_documents, records_with_documents, task_link
from labeling.lint.checks import CHECKS
from labeling.lint.finding import Change, Finding, finding
from labeling.preannotators.table import NAMES
from labeling.span import Annotation

ACROSS = "two-labels-corpus"
MAIN_SHARE = 0.8
LEAST = 5


class Marked(msgspec.Struct, frozen=True, kw_only=True):
    """The spans of one document, from gold or from one annotation."""

    document: Document
    spans: tuple[Any, ...]
    by: tuple[str, ...]
    annotation: Annotation | None = None
    link: str | None = None


def gold(workspace: Workspace) -> Iterator[Marked]:
    """What people settled: machine layers are left out."""
    for document, record in records_with_documents(workspace):
        spans = tuple(span for span in record.spans if span.how != "machine")
        yield Marked(document=document, spans=spans, by=record.authors)


def annotated(workspace: Workspace, pseudonyms: dict[str, str]) -> Iterator[Marked]:
    """The latest state of every annotation that counts between people."""
    known = addresses(workspace)
    for document, given in annotated_documents(workspace):
        for said in given:
            if said.digest == document.digest:
                yield Marked(
                    document=document,
                    spans=said.spans,
                    by=(pseudonyms.get(said.author, "annotator-?"),),
                    annotation=said,
                    link=task_link(said, known),
                )


def lint(
    marked: Iterable[Marked], *, over: Literal["gold", "annotations"] = "gold", checks: Sequence[str] = ()
) -> Iterator[Finding]:
    """Findings in the order of the documents, then those across documents.

    Holds one count for each surface and label and where the rare ones stand.  Raises UsageError for a check
    that does not exist.
    """
    known = [*CHECKS, ACROSS]
    for name in checks:
        if name not in known:
            raise UsageError(f"no check {name!r}; there are {', '.join(known)}")
    chosen = list(checks) or known
    spread = Spread()
    for item in marked:
        for name in chosen:
            if name in CHECKS:
                for found in CHECKS[name](item.document, item.spans):
                    yield _placed(found, item, over)
        if ACROSS in chosen:
            spread.add(item, over)
    yield from spread.done()


class Spread:
    """Surfaces that nearly always carry one label in the corpus, and now and then another."""

    def __init__(self) -> None:
        self._labels: defaultdict[str, Counter[str]] = defaultdict(Counter)
        self._where: defaultdict[tuple[str, str], list[Finding]] = defaultdict(list)

    def add(self, item: Marked, over: str) -> None:
        """Count the names of one document; keeps few places of each surface and label."""
        for span in item.spans:
            if span.label in NAMES:
                surface = span.text.casefold()
                self._labels[surface][span.label] += 1
                places = self._where[surface, span.label]
                if len(places) < LEAST:
                    found = finding(ACROSS, "hint", item.document, span, "")
                    places.append(_placed(found, item, over))

    def done(self) -> Iterator[Finding]:
        """The rare labels of each surface whose main label has at least four fifths."""
        for surface in sorted(self._labels):
            labels = self._labels[surface]
            (main, count), *rest = labels.most_common()
            if rest and count >= LEAST and count >= MAIN_SHARE * labels.total():
                for label, times in rest:
                    for found in self._where[surface, label]:
                        message = f"is {main} {count} times in the corpus, {label} {times} times"
                        change = Change(start=found.start, end=found.end, label=main, text=found.text)
                        yield msgspec.structs.replace(found, message=message, change=change)


def _placed(found: Finding, item: Marked, over: str) -> Finding:
    return msgspec.structs.replace(
        found,
        over=over,
        by=item.by,
        annotation=item.annotation.key[2] if item.annotation else None,
        link=item.link or item.document.url,
    )
