"""Annotations from Label Studio's JSON: whole, checked against the task's own text, or refused.

The text that the editor writes beside offsets (`value.text`) is not to be trusted: it writes a line break
as two characters and copies what a prediction claims, so spans are always read from the task's text.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from typing import Any

import msgspec

from corpus.document import digest_of
from corpus.errors import BadRecord, DataError, StaleAnnotation
from labeling.norm import Norm
from labeling.quantities import parse_norm
from labeling.scheme import Scheme
from labeling.span import AnnotatedSpan, Annotation, Proposal
from labeling.studio.config import CONTROL, DISCUSS, NOTE, REJECT, VALUE
from labeling.studio.rounds import Round
from labeling.studio.wire import read_shown, typed_values

Value = Callable[[str, int, int, str, str | None], Norm | None]
"""(text, start, end, label, reference date) → what the number says, or None."""


class Terms(msgspec.Struct, frozen=True, kw_only=True):
    """What holds in a round: its plan, its scheme, and which tasks of this project are blind.

    `blind` are the (document id, digest) pairs that are shown without proposals.
    """

    plan: Round
    scheme: Scheme
    blind: frozenset[tuple[str, str]] = frozenset()


class Setting(msgspec.Struct, frozen=True, kw_only=True):
    """What a project lends to every annotation read from it."""

    server: str
    address: str
    project: int
    rounds: dict[str, Terms]
    emails: dict[int, str]
    value: Value


def task_text(task: Mapping[str, Any]) -> str:
    """The text of an exported task.  Raises StaleAnnotation when it is not the revision it names."""
    data = task["data"]
    text = data.get("text")
    wanted = data.get("digest") if data.get("part") is None else data.get("part_digest")
    if not isinstance(text, str) or digest_of(text) != wanted:
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
    part = (int(data["part"][0]), int(data["part"][1])) if data.get("part") else None
    shift = part[0] if part else 0
    version, shown = read_shown(text, raw, shift)
    result = raw["result"]
    terms = _terms(setting, data)
    document, digest = str(data["document"]), str(data["digest"])
    reader = _Reader(setting, terms.scheme, text, data.get("reference"), raw, shown, shift)
    rejected = _chosen(terms.scheme, result, REJECT)
    author = email(setting, raw.get("completed_by"))
    return Annotation(
        key=annotation_key(setting, raw),
        document=document,
        digest=digest,
        part=part,
        scheme=terms.scheme.version,
        guideline=terms.plan.guideline_at(str(raw["updated_at"])),
        round=str(data["round"]),
        layer="both",
        author=author,
        editor=email(setting, raw.get("updated_by")) if raw.get("updated_by") else author,
        status="rejected" if rejected else "skipped" if raw.get("was_cancelled") else "submitted",
        created_at=str(raw["created_at"]),
        updated_at=str(raw["updated_at"]),
        lead_time=raw.get("lead_time"),
        blind=(document, digest) in terms.blind,
        merge_version=version,
        shown=tuple(msgspec.to_builtins(item) for item in shown),
        spans=reader.spans(),
        note=_notes(result),
        discuss=_chosen(terms.scheme, result, DISCUSS),
        reject=rejected[0] if rejected else None,
        task=int(task["id"]),
    )


def _terms(setting: Setting, data: Mapping[str, Any]) -> Terms:
    terms = setting.rounds.get(str(data.get("round")))
    if terms is None:
        raise BadRecord(
            "unknown-round", f"the task is of round {data.get('round')!r}, which has no plan here"
        )
    return terms


def email(setting: Setting, user: Any) -> str:
    """The e-mail of a user id, or a name made of the id when the server no longer knows it."""
    return setting.emails.get(user, f"user-{user}@{setting.server}")


def _notes(result: Iterable[Mapping[str, Any]]) -> str | None:
    """What people wrote about the document, and at single regions, a line each."""
    lines: list[str] = []
    for item in result:
        if item.get("from_name") == NOTE:
            lines += item["value"].get("text") or ()
        lines += [f"{item['id']}: {line}" for line in (item.get("meta") or {}).get("text") or () if line]
    return "\n".join(lines) or None


def _chosen(scheme: Scheme, result: Iterable[Mapping[str, Any]], kind: str) -> tuple[str, ...]:
    """The reasons of a kind that were chosen, in the scheme's order.  Raises BadRecord for an unknown one."""
    found = {
        choice
        for item in result
        if item.get("from_name") == kind
        for choice in item["value"].get("choices") or ()
    }
    known = [reason.name for reason in scheme.reasons if reason.kind == kind]
    if strange := found - set(known):
        raise BadRecord("unknown-reason", f"{kind}: scheme {scheme.version} has no reason {min(strange)!r}")
    return tuple(name for name in known if name in found)


class _Reader:
    """Reads the regions of one annotation against its text and what was shown."""

    def __init__(
        self,
        setting: Setting,
        scheme: Scheme,
        text: str,
        reference: str | None,
        raw: Mapping[str, Any],
        shown: Iterable[Proposal],
        shift: int,
    ) -> None:
        self.setting, self.scheme, self.text, self.reference = setting, scheme, text, reference
        self.result: list[Mapping[str, Any]] = raw["result"]
        self.shift = shift  # where the task's text begins in the document
        self.shown = {item.region: item for item in shown}
        self.typed = typed_values(self.result)
        self.prefilled = typed_values((raw.get("prediction") or {}).get("result") or [])

    def spans(self) -> tuple[AnnotatedSpan, ...]:
        found = []
        for item in self.result:
            if item.get("from_name") == CONTROL and item.get("type") == "labels":
                found.append(self._span(item))
            elif (
                item.get("from_name") not in {VALUE, NOTE, DISCUSS, REJECT} and item.get("type") != "relation"
            ):
                raise BadRecord(
                    "unknown-control",
                    f"region {item.get('id')!r} comes from {item.get('from_name')!r}, which is not ours",
                )
        return tuple(sorted(found, key=lambda span: (span.start, -span.end, span.label, span.region)))

    def _span(self, item: Mapping[str, Any]) -> AnnotatedSpan:
        region, label = str(item.get("id")), _read_label(self.scheme, item)
        drawn_start, drawn_end = _read_edges(self.text, item)
        inner = self.text[drawn_start:drawn_end]
        start = drawn_start + len(inner) - len(inner.lstrip())
        end = drawn_end - len(inner) + len(inner.rstrip())
        if start >= end:
            raise BadRecord(
                "blank-span", f"region {region!r} [{drawn_start}, {drawn_end}) is white space only"
            )
        norm, typed = self._value(region, start, end, label)
        trimmed = (start, end) != (drawn_start, drawn_end)
        drawn = (drawn_start + self.shift, drawn_end + self.shift) if trimmed else None
        return AnnotatedSpan(
            start=start + self.shift,
            end=end + self.shift,
            label=label,
            text=self.text[start:end],
            region=region,
            origin=str(item.get("origin") or "manual"),
            norm=norm,
            typed=typed,
            drawn=drawn,
        )

    def _value(self, region: str, start: int, end: int, label: str) -> tuple[Norm | None, str | None]:
        """What the number says, and what was typed when a person corrected it.

        An untouched number keeps the value it was shown with; one that was moved or relabelled is read
        again from the text; what a person typed goes before both.
        """
        if self.scheme.layer_of(label) != "numbers":
            return None, None
        typed = self.typed.get(region)
        if typed is not None and typed != self.prefilled.get(region):
            return self._parse(region, start, end, typed), typed
        shown = self.shown.get(region)
        span = (start + self.shift, end + self.shift, label)
        if shown is not None and (shown.span.start, shown.span.end, shown.span.label) == span:
            return shown.span.norm, None
        return self.setting.value(self.text, start, end, label, self.reference), None

    def _parse(self, region: str, start: int, end: int, typed: str) -> Norm:
        try:
            return parse_norm(typed)
        except DataError:
            raise BadRecord(
                "bad-value",
                f"region {region!r} {self.text[start:end]!r}: {typed!r} can't be read as a number or time; "
                "write it as in “63,4 triệu đồng/người/năm” or “ngày 21/10/2021”",
            ) from None


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
