"""`--fix`: what is sure is mended in an annotation of its own, by the author "lint"; nobody's is touched.

`annotations/lint.jsonl` gets one annotation for each repaired state; `labeling.evidence.with_repairs` lays
it over the state that it repairs, and a later edit by the person leaves it behind.
"""

from __future__ import annotations

from collections.abc import Iterable

import msgspec

from corpus.errors import SpanError
from corpus.events import append_events, event, read_events
from corpus.store import Workspace
from labeling.evidence import REPAIR
from labeling.lint.finding import Change
from labeling.lint.run import Marked, lint
from labeling.span import AnnotatedSpan, Annotation, by_position, find_crossing

FILE = "lint.jsonl"
AUTHOR = "lint"
SURE = ("trimming", "leading-words")  # the checks whose changes may be sure
PASSES = 5


class Fixed(msgspec.Struct, kw_only=True):
    """annotations = repaired + already + untouched; `spans` that were mended."""

    annotations: int = 0
    repaired: int = 0
    already: int = 0
    untouched: int = 0
    spans: int = 0


def fix(workspace: Workspace, marked: Iterable[Marked], *, at: str) -> Fixed:
    """Write a repair for every annotation that has something sure to mend; can be run again."""
    path = workspace.folder("annotations") / FILE
    known = {
        (*said.key[:3], said.created_at)
        for said in (msgspec.convert(line.body, Annotation) for line in read_events(path, "annotation"))
    }
    done = Fixed()
    fresh: list[Annotation] = []
    for item in marked:
        said = item.annotation
        if said is None:
            continue
        done.annotations += 1
        spans, mended = mend(item)
        if not mended:
            done.untouched += 1
            continue
        key = (REPAIR + said.key[0], said.key[1], said.key[2], at)
        if (*key[:3], said.updated_at) in known:
            done.already += 1
            continue
        done.repaired += 1
        done.spans += mended
        fresh.append(
            msgspec.structs.replace(
                said,
                key=key,
                author=AUTHOR,
                editor=AUTHOR,
                created_at=said.updated_at,
                updated_at=at,
                lead_time=None,
                spans=spans,
                note=None,
                discuss=(),
            )
        )
    append_events(path, [event("annotation", said) for said in fresh])
    return done


def mend(item: Marked) -> tuple[tuple[AnnotatedSpan, ...], int]:
    """The spans with all sure changes made, and how many; a change that would cross is left out.

    What one change lays bare (a form of address behind a quotation mark) the next pass mends.  An annotation
    with a span that is not the document's text there is left as it is, for `settle` to refuse by name.
    """
    spans, mended = tuple(by_position(item.spans)), 0
    if any(item.document.text[span.start : span.end] != span.text for span in spans):
        return spans, 0
    for _ in range(PASSES):
        spans, more = _mend_once(msgspec.structs.replace(item, spans=spans))
        mended += more
        if not more:
            break
    return spans, mended


def _mend_once(item: Marked) -> tuple[tuple[AnnotatedSpan, ...], int]:
    spans: dict[tuple[int, int, str], AnnotatedSpan] = {
        (span.start, span.end, span.label): span for span in item.spans
    }
    mended = 0
    for found in lint([item], over="annotations", checks=SURE):
        key = (found.start, found.end, found.label)
        if found.change is None or not found.change.sure or key not in spans:
            continue
        tried = dict(spans)
        tried[found.change.start, found.change.end, found.change.label] = _moved(tried.pop(key), found.change)
        if len(tried) == len(spans) and find_crossing(list(tried.values())) is None:
            spans = tried
            mended += 1
    return tuple(by_position(spans.values())), mended


def _moved(span: AnnotatedSpan, change: Change) -> AnnotatedSpan:
    if len(change.text) != change.end - change.start:
        raise SpanError(f"change [{change.start}, {change.end}) does not fit its text {change.text!r}")
    trimmed = span.start <= change.start and change.end <= span.end and change.label == span.label
    return msgspec.structs.replace(
        span,
        start=change.start,
        end=change.end,
        label=change.label,
        text=change.text,
        norm=span.norm if trimmed else None,  # punctuation says nothing about a value; other words may
    )
