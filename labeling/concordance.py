"""Find spans in gold or in annotations, each in its context: what `vicivic find` prints.

A hit names its span exactly (document, digest, start, end, label), so that a file of hits is enough to
decide on each.  Documents stream; only one text is held at a time.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator, Sequence
from typing import Any, Literal

import msgspec

from corpus.document import Document
from corpus.documents import read_documents
from corpus.errors import UsageError
from corpus.store import Workspace
from labeling.evidence import counts_between_people, history, latest
from labeling.span import Annotation, Record, by_position

CONTEXT = 50


class Query(msgspec.Struct, frozen=True, kw_only=True):
    """What to look for; every condition that is given must hold.

    surface      the span's text, compared without regard to case
    pattern      a regular expression found anywhere in the span's text
    labels       its label is one of these
    inside       a span with this label stands around it
    around       a span with this label stands inside it
    depth        how many spans stand around it
    annotator    pseudonym; in gold: of those whose word it is
    round        the round it was annotated in
    unmarked     instead of spans: where `surface` stands as a whole word without a span over it
    """

    over: Literal["gold", "annotations"] = "gold"
    surface: str | None = None
    pattern: str | None = None
    labels: tuple[str, ...] = ()
    inside: str | None = None
    around: str | None = None
    depth: int | None = None
    annotator: str | None = None
    round: str | None = None
    unmarked: bool = False


class Hit(msgspec.Struct, frozen=True, kw_only=True):
    """One span in its context.  `label` is "" for an unmarked place; `link` leads to the project."""

    document: str
    digest: str
    start: int
    end: int
    label: str
    text: str
    before: str
    after: str
    depth: int
    around: tuple[str, ...]
    over: str
    by: tuple[str, ...]
    round: str
    annotation: int | None = None
    link: str | None = None
    url: str | None = None


def find(workspace: Workspace, query: Query, *, pseudonyms: dict[str, str] | None = None) -> Iterator[Hit]:
    """Hits in the order of the documents.  Raises UsageError for a query that can't mean anything."""
    matches = _matcher(query)
    names = pseudonyms or {}
    sources = _gold(workspace) if query.over == "gold" else _annotations(workspace, names)
    for document, spans, by, round_, annotation, link in sources:
        if query.round is not None and round_ != query.round:
            continue
        if query.unmarked:
            yield from _unmarked(document, spans, query, by=by, round_=round_)
            continue
        yield from (
            _hit(document, span, outer, query.over, _by(span, by), round_, annotation, link)
            for span, outer in nested(spans)
            if matches(span, outer, spans, _by(span, by))
        )


def nested(spans: Iterable[Any]) -> Iterator[tuple[Any, tuple[Any, ...]]]:
    """Each span with those around it, outermost first."""
    around: list[Any] = []
    for span in by_position(spans):
        while around and around[-1].end <= span.start:
            around.pop()
        yield span, tuple(outer for outer in around if outer.end >= span.end)
        around.append(span)


def read_hits(lines: Iterable[bytes], name: str) -> list[Hit]:
    """Hits from a file of `vicivic find --json-lines`.  Raises UsageError naming the bad line."""
    found = []
    for number, line in enumerate(lines, 1):
        if not line.strip():
            continue
        try:
            found.append(msgspec.json.decode(line, type=Hit))
        except msgspec.DecodeError as error:
            raise UsageError(f"{name}:{number}: not a hit of `vicivic find --out FILE` ({error})") from None
    return found


def _matcher(query: Query) -> Callable[[Any, Sequence[Any], Sequence[Any], tuple[str, ...]], bool]:
    if query.unmarked and not query.surface:
        raise UsageError("--unmarked needs the surface to look for; name it with --surface")
    try:
        pattern = re.compile(query.pattern) if query.pattern else None
    except re.error as error:
        raise UsageError(f"--regex {query.pattern!r} is no regular expression: {error}") from None
    surface = query.surface.casefold() if query.surface is not None else None

    def matches(span: Any, outer: Sequence[Any], spans: Sequence[Any], by: tuple[str, ...]) -> bool:
        return (
            (surface is None or span.text.casefold() == surface)
            and (pattern is None or pattern.search(span.text) is not None)
            and (not query.labels or span.label in query.labels)
            and (query.depth is None or len(outer) == query.depth)
            and (query.inside is None or any(item.label == query.inside for item in outer))
            and (query.around is None or _holds(span, query.around, spans))
            and (query.annotator is None or query.annotator in by)
        )

    return matches


def _holds(span: Any, label: str, spans: Sequence[Any]) -> bool:
    return any(
        item.label == label and item is not span and span.start <= item.start and item.end <= span.end
        for item in spans
    )


def _by(span: Any, otherwise: tuple[str, ...]) -> tuple[str, ...]:
    return tuple(getattr(span, "by", ())) or otherwise


_Source = tuple[Document, Sequence[Any], tuple[str, ...], str, int | None, str | None]


def _gold(workspace: Workspace) -> Iterator[_Source]:
    for document, record in records_with_documents(workspace):
        yield document, record.spans, record.authors, record.round, None, None


def _annotations(workspace: Workspace, names: dict[str, str]) -> Iterator[_Source]:
    known = addresses(workspace)
    for document, given in annotated_documents(workspace):
        for said in given:
            if said.digest == document.digest:
                link = task_link(said, known)
                by = (names.get(said.author, "annotator-?"),)
                yield document, said.spans, by, said.round, said.key[2], link


def addresses(workspace: Workspace) -> dict[str, str]:
    """Server slug → its address, from the plans of rounds."""
    found = {}
    for path in sorted(workspace.folder("rounds").glob("*.json")):
        plan = msgspec.json.decode(path.read_bytes())
        if isinstance(plan, dict) and "server" in plan:
            found[str(plan["server"])] = str(plan.get("address", ""))
    return found


def task_link(said: Annotation, known: dict[str, str]) -> str | None:
    """Where an annotation is opened in the browser: its task, or its project when that is not known."""
    address = known.get(said.key[0])
    if not address:
        return None
    project = f"{address}/projects/{said.key[1]}/data"
    return f"{project}?task={said.task}" if said.task is not None else project


def records_with_documents(workspace: Workspace) -> Iterator[tuple[Document, Record]]:
    """Each gold record with its document at the record's revision, streaming; others are passed over."""
    from labeling.settle import read_records

    records = read_records(workspace)
    ahead = next(records, None)
    for document in read_documents(workspace):
        if ahead is not None and ahead.document == document.id:
            if ahead.digest == document.digest:
                yield document, ahead
            ahead = next(records, None)


def annotated_documents(workspace: Workspace) -> Iterator[tuple[Document, list[Annotation]]]:
    """Each annotated document with the annotations that count between people, streaming over documents."""
    said: dict[str, list[Annotation]] = {}
    for item in latest(history(workspace)):
        if counts_between_people(item):
            said.setdefault(item.document, []).append(item)
    if said:
        for document in read_documents(workspace):
            if document.id in said:
                yield document, said.pop(document.id)


def _hit(
    document: Document,
    span: Any,
    outer: Sequence[Any],
    over: str,
    by: tuple[str, ...],
    round_: str,
    annotation: int | None = None,
    link: str | None = None,
) -> Hit:
    return Hit(
        document=document.id,
        digest=document.digest,
        start=span.start,
        end=span.end,
        label=span.label,
        text=span.text,
        before=document.text[max(0, span.start - CONTEXT) : span.start],
        after=document.text[span.end : span.end + CONTEXT],
        depth=len(outer),
        around=tuple(item.label for item in outer),
        over=over,
        by=by,
        round=round_,
        annotation=annotation,
        link=link,
        url=document.url,
    )


class _Place(msgspec.Struct, frozen=True):
    start: int
    end: int
    label: str
    text: str


def whole_words(text: str, surface: str) -> Iterator[tuple[int, int]]:
    """Where `surface` stands in `text` without a letter or digit at its sides, case disregarded."""
    pattern = rf"(?<!\w){re.escape(surface)}(?!\w)"
    for match in re.finditer(pattern, text, re.IGNORECASE):
        yield match.start(), match.end()


def _unmarked(
    document: Document, spans: Sequence[Any], query: Query, *, by: tuple[str, ...], round_: str
) -> Iterator[Hit]:
    for start, end in whole_words(document.text, query.surface or ""):
        covering = [span for span in spans if span.start <= start and end <= span.end]
        if not any(span.label in query.labels for span in covering) if query.labels else not covering:
            place = _Place(start, end, "", document.text[start:end])
            yield _hit(document, place, covering, query.over, by, round_)
