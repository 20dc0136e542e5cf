"""Documents → tasks and proposals → predictions, in Label Studio's JSON; `answers` reads what comes back.

No other module knows that JSON.

Offsets in Label Studio are code points of the task's text exactly as stored, as in `Extent`.  The text
that it writes beside them (`value.text`) is not to be trusted: the editor writes a line break as two
characters and copies what a prediction claims, so spans are always read from the task's own text.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterator, Mapping, Sequence
from html import escape
from typing import Any
from urllib.parse import urlsplit

import msgspec

from corpus.document import Document, digest_of
from labeling.norm import Norm
from labeling.quantities import format_norm
from labeling.span import Proposal, Source, Span
from labeling.studio.config import CONTROL, OBJECT, VALUE
from labeling.studio.parts import CONTEXT, Part

MERGE = "merge@"


def task_key(round_name: str, document: Document, part: Part | None = None) -> str:
    """What makes a task itself: its round, the revision of its document, its part (24 hex digits)."""
    slices = () if part is None else (f"{part.start}-{part.end}",)
    key = "\x1f".join((round_name, document.id, document.digest, *slices))
    return hashlib.sha256(key.encode("utf-8")).hexdigest()[:24]


def to_task(round_name: str, document: Document, part: Part | None = None) -> dict[str, Any]:
    """A document, or a part of it that knows its place, as a task without predictions."""
    data: dict[str, Any] = {
        "key": task_key(round_name, document, part),
        "round": round_name,
        "document": document.id,
        "digest": document.digest,
        "title": document.title or document.id,
        "meta": _meta(document),
        "reference": document.event_date or document.published,
        "text": document.text,
    }
    if part is not None:
        text = document.text[part.start : part.end]
        before = document.text[max(0, part.start - CONTEXT) : part.start].strip()
        data |= {"text": text, "part": [part.start, part.end], "part_digest": digest_of(text)}
        data["title"] += f" ({part.number}/{part.of})"
        data["meta"] += f"<br><i>… {escape(before)}</i>" if before else ""
    return {"data": data}


def _meta(document: Document) -> str:
    """Date, source and link as HTML, everything escaped; only http(s) addresses become links."""
    parts = [escape(part) for part in (document.published, document.source or document.site) if part]
    if document.url and urlsplit(document.url).scheme in ("http", "https"):
        link = f'<a href="{escape(document.url)}" target="_blank" rel="noopener noreferrer">bài gốc</a>'
        parts.append(link)
    return " · ".join(parts) or "không rõ ngày và nguồn"


def to_prediction(
    task: int, version: str, proposals: Sequence[Proposal], *, blind: bool = False, shift: int = 0
) -> dict[str, Any]:
    """The merged proposals of a document, or of its part from `shift` on, as the prediction of a stored task.

    A `blind` one is empty.  What the editor does not know (`proposal`) stays in the snapshot that comes
    back with an annotation.
    """
    score = sum(item.score for item in proposals) / len(proposals) if proposals else 0.0
    return {
        "task": task,
        "model_version": MERGE + version,
        "score": round(score, 4),
        "result": [] if blind else [result for item in proposals for result in _to_results(item, shift)],
    }


def _to_results(item: Proposal, shift: int) -> Iterator[dict[str, Any]]:
    """The region of a proposal, and what its number says in ordinary Vietnamese."""
    span = item.span
    place = {"id": item.region, "to_name": OBJECT}
    edges = {"start": span.start - shift, "end": span.end - shift}
    kept = {"norm": span.norm, "sources": item.sources}
    yield place | {
        "from_name": CONTROL,
        "type": "labels",
        "value": edges | {"text": span.text, "labels": [span.label]},
        "score": round(item.score, 4),
        "proposal": msgspec.to_builtins(kept),
    }
    if span.norm is not None:
        value = edges | {"text": [format_norm(span.norm, "vi")]}
        yield place | {"from_name": VALUE, "type": "textarea", "value": value}


def read_shown(
    text: str, annotation: Mapping[str, Any], shift: int = 0
) -> tuple[str | None, tuple[Proposal, ...]]:
    """(merge version, proposals) of the prediction that the annotator was shown; (None, ()) without one.

    `text` is the task's and begins at `shift` in the document; the proposals are in document offsets.
    """
    snapshot = annotation.get("prediction") or {}
    version = str(snapshot.get("model_version") or "")
    if not version.startswith(MERGE):
        return None, ()
    return version.removeprefix(MERGE), tuple(
        _read_proposal(text, item, shift) for item in snapshot["result"] if item["from_name"] == CONTROL
    )


def typed_values(result: Sequence[Mapping[str, Any]]) -> dict[str, str]:
    """Region id → what stands in its value box: of several lines the last one typed."""
    return {
        str(item["id"]): " ".join(str(item["value"]["text"][-1]).split())
        for item in result
        if item.get("from_name") == VALUE and item["value"].get("text")
    }


def _read_proposal(text: str, item: Mapping[str, Any], shift: int) -> Proposal:
    value, kept = item["value"], item.get("proposal") or {}
    start, end = value["start"], value["end"]
    return Proposal(
        span=Span(
            start=start + shift,
            end=end + shift,
            label=value["labels"][0],
            text=text[start:end],
            norm=msgspec.convert(kept.get("norm"), Norm | None),
        ),
        sources=msgspec.convert(kept.get("sources") or (), tuple[Source, ...]),
        score=float(item.get("score") or 0.0),
        region=str(item["id"]),
    )
