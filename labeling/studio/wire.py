"""The only place that knows Label Studio's JSON: documents → tasks, proposals → predictions → annotations.

Offsets in Label Studio are code points of the task's text exactly as stored, as in `Extent`.  The text
that it writes beside them (`value.text`) is not to be trusted: the editor writes a line break as two
characters and copies what a prediction claims, so spans are always read from the task's own text.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterable, Mapping, Sequence
from html import escape
from typing import Any
from urllib.parse import urlsplit

import msgspec

from corpus.document import Document, digest_of
from corpus.errors import BadRecord, StaleAnnotation
from labeling.norm import Norm
from labeling.scheme import Scheme
from labeling.span import AnnotatedSpan, Annotation, Proposal, Source, Span
from labeling.studio.config import CONTROL, OBJECT

MERGE = "merge@"
Value = Callable[[str, int, int, str, str | None], Norm | None]
"""(text, start, end, label, reference date) → what the number says, or None."""


def task_key(round_name: str, document: Document) -> str:
    """What makes a task itself: its round and the revision of its document (24 hex digits)."""
    key = "\x1f".join((round_name, document.id, document.digest))
    return hashlib.sha256(key.encode("utf-8")).hexdigest()[:24]


def to_task(round_name: str, document: Document) -> dict[str, Any]:
    """A document as a task without predictions."""
    data = {
        "key": task_key(round_name, document),
        "round": round_name,
        "document": document.id,
        "digest": document.digest,
        "title": document.title or document.id,
        "meta": _meta(document),
        "reference": document.event_date or document.published,
        "text": document.text,
    }
    return {"data": data}


def _meta(document: Document) -> str:
    """Date, source and link as HTML, everything escaped; only http(s) addresses become links."""
    parts = [escape(part) for part in (document.published, document.source or document.site) if part]
    if document.url and urlsplit(document.url).scheme in ("http", "https"):
        link = f'<a href="{escape(document.url)}" target="_blank" rel="noopener noreferrer">bài gốc</a>'
        parts.append(link)
    return " · ".join(parts) or "không rõ ngày và nguồn"


def to_prediction(task: int, version: str, proposals: Sequence[Proposal]) -> dict[str, Any]:
    """The merged proposals of a document as the prediction of a stored task.

    What the editor does not know (`proposal`) stays in the snapshot that comes back with an annotation.
    """
    score = sum(item.score for item in proposals) / len(proposals) if proposals else 0.0
    return {
        "task": task,
        "model_version": MERGE + version,
        "score": round(score, 4),
        "result": [_to_result(item) for item in proposals],
    }


def _to_result(item: Proposal) -> dict[str, Any]:
    span = item.span
    value = {"start": span.start, "end": span.end, "text": span.text, "labels": [span.label]}
    kept = {"norm": span.norm, "sources": item.sources}
    return {
        "id": item.region,
        "from_name": CONTROL,
        "to_name": OBJECT,
        "type": "labels",
        "value": value,
        "score": round(item.score, 4),
        "proposal": msgspec.to_builtins(kept),
    }


def read_shown(text: str, annotation: Mapping[str, Any]) -> tuple[str | None, tuple[Proposal, ...]]:
    """(merge version, proposals) of the prediction that the annotator was shown; (None, ()) without one."""
    snapshot = annotation.get("prediction") or {}
    version = str(snapshot.get("model_version") or "")
    if not version.startswith(MERGE):
        return None, ()
    return version.removeprefix(MERGE), tuple(_read_proposal(text, item) for item in snapshot["result"])


def _read_proposal(text: str, item: Mapping[str, Any]) -> Proposal:
    value, kept = item["value"], item.get("proposal") or {}
    start, end = value["start"], value["end"]
    return Proposal(
        span=Span(
            start=start,
            end=end,
            label=value["labels"][0],
            text=text[start:end],
            norm=msgspec.convert(kept.get("norm"), Norm | None),
        ),
        sources=msgspec.convert(kept.get("sources") or (), tuple[Source, ...]),
        score=float(item.get("score") or 0.0),
        region=str(item["id"]),
    )


class Setting(msgspec.Struct, frozen=True, kw_only=True):
    """What a project lends to every annotation read from it."""

    server: str
    project: int
    scheme: Scheme
    guideline: str
    emails: dict[int, str]
    value: Value


def task_text(task: Mapping[str, Any]) -> str:
    """The text of an exported task.  Raises StaleAnnotation when it is not the revision it names."""
    data = task["data"]
    text = data.get("text")
    if not isinstance(text, str) or digest_of(text) != data.get("digest"):
        raise StaleAnnotation(
            f"task {task['id']}: its text is not the revision {str(data.get('digest'))[:12]} of "
            f"{data.get('document')!r} that was pushed; push the document again"
        )
    return text


def annotation_key(setting: Setting, raw: Mapping[str, Any]) -> tuple[str, int, int, str]:
    """(server, project, annotation id, updated_at): one state of one annotation."""
    return setting.server, setting.project, int(raw["id"]), str(raw["updated_at"])


def read_annotation(setting: Setting, task: Mapping[str, Any], raw: Mapping[str, Any]) -> Annotation:
    """One exported annotation, whole.  Raises BadRecord or StaleAnnotation, never half an annotation."""
    text, data = task_text(task), task["data"]
    version, shown = read_shown(text, raw)
    known = {item.region: item for item in shown}
    spans = _read_spans(setting, text, data.get("reference"), raw["result"], known)
    author = _email(setting, raw.get("completed_by"))
    return Annotation(
        key=annotation_key(setting, raw),
        document=str(data["document"]),
        digest=str(data["digest"]),
        part=None,
        scheme=setting.scheme.version,
        guideline=setting.guideline,
        round=str(data["round"]),
        layer="both",
        author=author,
        editor=_email(setting, raw.get("updated_by")) if raw.get("updated_by") else author,
        status="skipped" if raw.get("was_cancelled") else "submitted",
        created_at=str(raw["created_at"]),
        updated_at=str(raw["updated_at"]),
        lead_time=raw.get("lead_time"),
        blind=False,
        merge_version=version,
        shown=tuple(msgspec.to_builtins(item) for item in shown),
        spans=spans,
        note=_notes(raw["result"]),
    )


def _email(setting: Setting, user: Any) -> str:
    return setting.emails.get(user, f"user-{user}@{setting.server}")


def _notes(result: Iterable[Mapping[str, Any]]) -> str | None:
    """What people wrote at single regions, a line each."""
    lines = [
        f"{item['id']}: {line}"
        for item in result
        for line in (item.get("meta") or {}).get("text", ())
        if line
    ]
    return "\n".join(lines) or None


def _read_spans(
    setting: Setting,
    text: str,
    reference: str | None,
    result: Iterable[Mapping[str, Any]],
    shown: Mapping[str, Proposal],
) -> tuple[AnnotatedSpan, ...]:
    spans = []
    for item in result:
        if item.get("from_name") == CONTROL and item.get("type") == "labels":
            spans.append(_read_span(setting, text, reference, item, shown))
        elif item.get("type") != "relation":  # relations mean nothing in this scheme
            raise BadRecord(
                "unknown-control",
                f"region {item.get('id')!r} comes from {item.get('from_name')!r}, which ViCivic did not make",
            )
    return tuple(sorted(spans, key=lambda span: (span.start, -span.end, span.label, span.region)))


def _read_span(
    setting: Setting,
    text: str,
    reference: str | None,
    item: Mapping[str, Any],
    shown: Mapping[str, Proposal],
) -> AnnotatedSpan:
    region, label = str(item.get("id")), _read_label(setting.scheme, item)
    drawn_start, drawn_end = _read_edges(text, item)
    inner = text[drawn_start:drawn_end]
    start = drawn_start + len(inner) - len(inner.lstrip())
    end = drawn_end - len(inner) + len(inner.rstrip())
    if start >= end:
        raise BadRecord("blank-span", f"region {region!r} [{drawn_start}, {drawn_end}) is white space only")
    trimmed = (start, end) != (drawn_start, drawn_end)
    return AnnotatedSpan(
        start=start,
        end=end,
        label=label,
        text=text[start:end],
        region=region,
        origin=str(item.get("origin") or "manual"),
        norm=_norm(setting, text, reference, (start, end, label), shown.get(region)),
        drawn=(drawn_start, drawn_end) if trimmed else None,
    )


def _read_edges(text: str, item: Mapping[str, Any]) -> tuple[int, int]:
    start, end = (item["value"].get(edge) for edge in ("start", "end"))
    whole = type(start) is int and type(end) is int
    if not whole or not 0 <= start < end <= len(text):
        raise BadRecord(
            "bad-span",
            f"region {item.get('id')!r} [{start}, {end}) does not fit the text of {len(text)} characters",
        )
    return start, end


def _read_label(scheme: Scheme, item: Mapping[str, Any]) -> str:
    found = item["value"].get("labels") or []
    if len(found) != 1:
        raise BadRecord("many-labels", f"region {item.get('id')!r} has {len(found)} labels instead of one")
    label = str(scheme.migrations.get(found[0], found[0]))
    if label not in scheme:
        raise BadRecord(
            "unknown-label",
            f"region {item.get('id')!r} has the label {found[0]!r}, which scheme {scheme.version} does not "
            "know: relabel it in Label Studio, then pull again",
        )
    return label


def _norm(
    setting: Setting, text: str, reference: str | None, span: tuple[int, int, str], shown: Proposal | None
) -> Norm | None:
    """The value of an untouched number as it was shown; of any other one as its text reads now."""
    start, end, label = span
    if setting.scheme.layer_of(label) != "numbers":
        return None
    if shown is not None and (shown.span.start, shown.span.end, shown.span.label) == span:
        return shown.span.norm
    return setting.value(text, start, end, label, reference)
