"""The stateless contract of pre-labelling: one JSON line in, one JSON line out, in order.

In    {"id": any (default null), "text": string, "published": ISO date (optional)}; other keys ignored.
Out   {"id","text","spans":[{"start","end","label","text","score","sources","norm","raw_start","raw_end"}]}
      `text`, `start`, `end` are canonical; `raw_start`, `raw_end` point into the text as given.  Spans
      are ordered by start, then longest first, then label; `sources` is
      [{"source","version","rule","score"}], best first; `norm` is null for names.
Error {"id","line","error":{"code","message"}} in the place of a bad line; `line` counts from 1.

Fields may be added; none is removed or changes its meaning.  A golden file in the tests holds this.
"""

from __future__ import annotations

import contextlib
import json
import re
from calendar import monthrange
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any

import msgspec

from corpus.canonical import canonicalize
from corpus.document import Document, SegmentMap
from corpus.errors import BadRecord, UsageError
from labeling.parallel import Batches
from labeling.prelabel import BATCH, Settings, pipeline
from labeling.span import Proposal, by_position

MAX_CHARS = 2_000_000
ERRORS = {
    "invalid-utf8": "the line is not UTF-8",
    "invalid-json": "the line is not JSON",
    "not-an-object": "the line is JSON but not an object",
    "missing-text": "the object has no `text`, or it is not a string",
    "invalid-published": "`published` is neither null nor an ISO date (YYYY, YYYY-MM or YYYY-MM-DD)",
    "surrogate": "the text has a lone surrogate",
    "too-long": "the text has more characters than --max-chars",
    "timeout": "the document took longer than --doc-timeout",
    "source-failed": "a source raised an error on this text",
    "worker-died": "the process that labelled this document was killed",
}
_published = re.compile(r"([0-9]{4})(?:-([0-9]{2})(?:-([0-9]{2}))?)?(?:(?<=-..-..)[T ].*)?")


class Options(msgspec.Struct, frozen=True, kw_only=True):
    """How lines are read and written; `settings` is what is labelled."""

    settings: Settings = Settings()
    min_score: float = 0.0
    flat: bool = False
    text: bool = True
    max_chars: int = MAX_CHARS


class Task(msgspec.Struct, frozen=True):
    """A numbered input: a raw JSON line, a mapping, or a document."""

    line: int
    given: bytes | dict[str, Any] | Document


def label_lines(
    given: Iterable[bytes | Mapping[str, Any] | str | Document],
    options: Options,
    *,
    jobs: int = 1,
    first_line: int = 1,
) -> Iterator[dict[str, Any]]:
    """One output object for each input, in order.  Raises UsageError for unknown sources or labels."""
    pipeline(options.settings)  # a wrong name is said before any input is read
    tasks = (Task(number, _plain(item)) for number, item in enumerate(given, first_line))
    yield from Batches(_work, options, _killed, jobs=jobs, size=BATCH).run(tasks)


def _plain(item: bytes | Mapping[str, Any] | str | Document) -> bytes | dict[str, Any] | Document:
    if isinstance(item, str):
        return {"text": item}
    if not isinstance(item, bytes | Document | Mapping):
        raise UsageError(
            f"a document is a mapping with `text`, a text or a Document, not {type(item).__name__}"
        )
    return item if isinstance(item, bytes | Document) else dict(item)


def _work(options: Options, tasks: Sequence[Task]) -> list[dict[str, Any]]:
    """Read, label and shape one batch; runs in a worker process."""
    outcome: dict[int, dict[str, Any]] = {}
    ready: list[tuple[Task, Any, Document, SegmentMap]] = []
    for task in tasks:
        identity = None
        try:
            identity, text, published = read_input(task.given)
            if len(text) > options.max_chars:
                raise BadRecord("too-long", f"{len(text):,} characters; --max-chars is {options.max_chars:,}")
            canonical, segments = canonicalize(text)
        except BadRecord as error:
            known = error.record if identity is None else identity
            outcome[task.line] = _error(known, task.line, error.code, str(error))
            continue
        document = Document(id=str(identity) or "-", text=canonical, published=published)
        ready.append((task, identity, document, segments))
    labelled = pipeline(options.settings).label([document for _, _, document, _ in ready])
    for (task, identity, _, segments), found in zip(ready, labelled, strict=True):
        if found.error:
            outcome[task.line] = _error(identity, task.line, *found.error)
        else:
            outcome[task.line] = _line(identity, found.document, found.proposals, segments, options)
    return [outcome[task.line] for task in tasks]


def _killed(task: Task) -> dict[str, Any]:
    identity = None
    with contextlib.suppress(BadRecord):
        identity, _, _ = read_input(task.given)
    return _error(identity, task.line, "worker-died", "the process that labelled this document was killed")


def read_input(given: bytes | dict[str, Any] | Document) -> tuple[Any, str, str | None]:
    """(id, text, published) of an input.  Raises BadRecord with a code of ERRORS."""
    if isinstance(given, Document):
        return given.id, given.text, given.published
    if isinstance(given, bytes):
        given = _decode(given)
    identity, text, published = given.get("id"), given.get("text"), given.get("published")
    if not isinstance(text, str):
        state = "no `text`" if text is None else f"`text` is a {type(text).__name__}, not a string"
        raise BadRecord("missing-text", f"{state}; give the article under the key `text`", record=identity)
    if published is not None and not _is_date(published):
        message = f"published {published!r} is not an ISO date; write YYYY-MM-DD, or leave it out"
        raise BadRecord("invalid-published", message, record=identity)
    return identity, text, published[:10] if published else None


def _is_date(published: object) -> bool:
    """Whether this is a year, a month or a day that the calendar has; a time may follow a day."""
    found = _published.fullmatch(published) if isinstance(published, str) else None
    if found is None:
        return False
    year, month, day = (int(part) if part else 1 for part in found.groups())
    return year >= 1 and 1 <= month <= 12 and 1 <= day <= monthrange(year, month)[1]


def _decode(line: bytes) -> dict[str, Any]:
    try:
        text = line.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        message = f"not UTF-8 at byte {error.start} of the line; convert the file first"
        raise BadRecord("invalid-utf8", message) from None
    try:
        found = msgspec.json.decode(text)
    except RecursionError:
        raise BadRecord("invalid-json", "not read: lists or objects nested too deeply") from None
    except msgspec.DecodeError as error:
        found = _decode_surrogates(text, error)
    if not isinstance(found, dict):
        raise BadRecord("not-an-object", f"JSON, but a {type(found).__name__}; write one object a line")
    return found


def _decode_surrogates(text: str, reason: msgspec.DecodeError) -> Any:
    """JSON with a lone surrogate, which msgspec refuses whole: read to name the document it is in."""
    try:
        found = json.loads(text, parse_constant=_no_constant)
        msgspec.json.encode(found.get("id") if isinstance(found, dict) else None)
    except (ValueError, UnicodeEncodeError, RecursionError):
        raise BadRecord("invalid-json", f"not JSON: {reason}") from None
    return found


def _no_constant(name: str) -> None:
    raise ValueError(name)


def _line(
    identity: Any, document: Document, proposals: Sequence[Proposal], segments: SegmentMap, options: Options
) -> dict[str, Any]:
    chosen = [item for item in proposals if item.score >= options.min_score]
    spans = by_position([item.span for item in chosen])
    by_span = {(item.span.start, item.span.end, item.span.label): item for item in chosen}
    shaped = []
    covered = -1
    for span in spans:
        if options.flat and span.end <= covered:
            continue
        covered = max(covered, span.end)
        proposal = by_span[span.start, span.end, span.label]
        raw_start, raw_end = segments.to_raw(span.start, span.end)
        shaped.append(
            {
                "start": span.start,
                "end": span.end,
                "label": span.label,
                "text": span.text,
                "score": round(proposal.score, 4),
                "sources": msgspec.to_builtins(proposal.sources),
                "norm": msgspec.to_builtins(span.norm),
                "raw_start": raw_start,
                "raw_end": raw_end,
            }
        )
    if options.text:
        return {"id": identity, "text": document.text, "spans": shaped}
    return {"id": identity, "spans": shaped}


def _error(identity: Any, line: int, code: str, message: str) -> dict[str, Any]:
    return {"id": identity, "line": line, "error": {"code": code, "message": message}}
