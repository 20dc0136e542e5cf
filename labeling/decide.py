"""From a file of hits to decisions: one for each span, checked against the text and against gold."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from typing import Any

import msgspec

from corpus.document import Document
from corpus.documents import read_documents
from corpus.errors import SpanError, UsageError
from corpus.store import Workspace
from labeling.concordance import Hit
from labeling.decisions import Action, Decision, Target, apply
from labeling.lint.finding import Finding
from labeling.scheme import Scheme
from labeling.settle import read_records
from labeling.span import Record


class Order(msgspec.Struct, frozen=True, kw_only=True):
    """What is to happen to every hit: exactly one of relabel, delete, edge, keep, suggested.

    `edge` is the text the span shall have: its occurrence that overlaps the span most; "re:…" is a
    regular expression.  `suggested` takes what `vicivic lint` suggests, from its own file.
    """

    by: str
    relabel: str | None = None
    delete: bool = False
    edge: str | None = None
    keep: bool = False
    suggested: bool = False
    reason: str = ""
    batch: str = ""

    def __post_init__(self) -> None:
        asked = [self.relabel is not None, self.delete, self.edge is not None, self.keep, self.suggested]
        if sum(asked) != 1:
            raise UsageError("say one of --relabel LABEL, --delete, --edge TEXT, --keep, --suggested")
        if not self.by.strip():
            raise UsageError("a decision needs its curator: name yourself with --by")


class Plan(msgspec.Struct, kw_only=True):
    """The decisions that an order makes of hits, what already is so, and what is refused with its reason."""

    decisions: list[Decision] = []
    already: int = 0
    refused: list[dict[str, str]] = []


def plan(workspace: Workspace, hits: Sequence[Hit], order: Order, scheme: Scheme) -> Plan:
    """Check every hit against its document and the gold record it changes; nothing is written."""
    if order.relabel is not None and order.relabel not in scheme:
        raise UsageError(f"no label {order.relabel!r}; the scheme has {', '.join(scheme.names)}")
    by_document: dict[str, dict[tuple[int, int, str], Hit]] = {}
    for hit in hits:
        by_document.setdefault(hit.document, {})[hit.start, hit.end, hit.label] = hit
    records = {item.document: item for item in read_records(workspace) if item.document in by_document}
    found = Plan()
    for document in read_documents(workspace):
        chosen = by_document.pop(document.id, None)
        if chosen is not None:
            _plan_document(document, list(chosen.values()), records.get(document.id), order, found)
    for left in by_document.values():
        found.refused += [_refusal(hit, "its document is not in the workspace") for hit in left.values()]
    return found


def _plan_document(
    document: Document, hits: Iterable[Hit], record: Record | None, order: Order, found: Plan
) -> None:
    for hit in hits:
        try:
            decision = _decision(document, hit, order)
            if decision is None:
                found.already += 1
                continue
            if record is not None and record.digest == document.digest:
                record = apply(record, [decision])
        except SpanError as error:
            found.refused.append(_refusal(hit, str(error)))
            continue
        found.decisions.append(decision)


def _decision(document: Document, hit: Hit, order: Order) -> Decision | None:
    """The decision on one hit; None when it is so already.  Raises SpanError when it can't be."""
    if hit.digest != document.digest:
        raise SpanError("found in another revision of the document; run `vicivic find` again")
    if document.text[hit.start : hit.end] != hit.text:
        raise SpanError(f"the document has {document.text[hit.start : hit.end]!r} there")
    action, to = _outcome(document, hit, order)
    if (
        action != "keep"
        and to is not None
        and (to.start, to.end, to.label) == (hit.start, hit.end, hit.label)
    ):
        return None
    return Decision(
        by=order.by,
        document=hit.document,
        digest=hit.digest,
        start=hit.start,
        end=hit.end,
        label=hit.label or (to.label if to else ""),
        text=hit.text,
        action=action,
        to=to,
        reason=order.reason,
        batch=order.batch,
    )


def _outcome(document: Document, hit: Hit, order: Order) -> tuple[Action, Target | None]:

    def here(label: str) -> Target:
        return Target(start=hit.start, end=hit.end, label=label, text=hit.text)

    if order.delete:
        return "delete", None
    if order.relabel is not None:
        return ("relabel" if hit.label else "keep"), here(order.relabel)
    if not hit.label:
        raise SpanError("nothing is marked there; say the label with --relabel")
    if order.keep:
        return "keep", here(hit.label)
    start, end = _edge(document.text, hit, order.edge or "")
    text = document.text[start:end]
    if text != text.strip():
        raise SpanError(f"the new edges {text!r} begin or end with white space")
    return "edge", Target(start=start, end=end, label=hit.label, text=text)


def _edge(text: str, hit: Hit, wanted: str) -> tuple[int, int]:
    """Where the wanted text stands over the hit: the occurrence that overlaps it most."""
    try:
        pattern = re.compile(wanted[3:] if wanted.startswith("re:") else re.escape(wanted))
    except re.error as error:
        raise UsageError(f"--edge {wanted!r} is no regular expression: {error}") from None
    window = max(0, hit.start - 300)
    places = [match.span() for match in pattern.finditer(text, window, hit.end + 300)]
    over = [(min(e, hit.end) - max(s, hit.start), s, e) for s, e in places]
    best = max(over, key=lambda item: (item[0], -item[1]), default=(0, 0, 0))
    if best[0] <= 0:
        raise SpanError(f"{wanted!r} does not stand over {hit.text!r}")
    return best[1], best[2]


def _refusal(hit: Hit | Finding, message: str) -> dict[str, str]:
    where = f"[{hit.start}, {hit.end}) {hit.label} {hit.text!r}"
    return {"record": hit.document, "span": where, "code": "not-decided", "message": message}


def plan_suggestions(workspace: Workspace, findings: Sequence[Finding], order: Order) -> Plan:
    """One decision for each suggestion of lint, checked like hits; findings without one are refused."""
    by_document: dict[str, list[Finding]] = {}
    for item in findings:
        by_document.setdefault(item.document, []).append(item)
    records = {item.document: item for item in read_records(workspace) if item.document in by_document}
    found = Plan()
    for document in read_documents(workspace):
        record = records.get(document.id)
        for item in by_document.pop(document.id, ()):
            try:
                decision = _suggestion(document, item, order)
                if record is not None and record.digest == document.digest:
                    record = apply(record, [decision])
            except SpanError as error:
                found.refused.append(_refusal(item, str(error)))
                continue
            found.decisions.append(decision)
    for left in by_document.values():
        found.refused += [_refusal(item, "its document is not in the workspace") for item in left]
    return found


def _suggestion(document: Document, item: Finding, order: Order) -> Decision:
    change = item.change
    if change is None:
        raise SpanError(f"lint suggests nothing for {item.check}: {item.message}")
    if item.digest != document.digest or document.text[change.start : change.end] != change.text:
        raise SpanError("found in another revision of the document; run `vicivic lint` again")
    to = Target(start=change.start, end=change.end, label=change.label, text=change.text)
    same_edges = (item.start, item.end) == (change.start, change.end)
    action: Action = "keep" if change.add else "relabel" if same_edges else "edge"
    on = to if change.add else item
    return Decision(
        by=order.by,
        document=document.id,
        digest=document.digest,
        start=on.start,
        end=on.end,
        label=on.label,
        text=on.text,
        action=action,
        to=to,
        reason=order.reason or f"lint {item.check}: {item.message}",
        batch=order.batch,
    )


def read_findings(lines: Iterable[bytes], name: str) -> list[Finding]:
    """Findings from a file of `vicivic lint --out`.  Raises UsageError naming the bad line."""
    found = []
    for number, line in enumerate(lines, 1):
        try:
            found += [msgspec.json.decode(line, type=Finding)] if line.strip() else []
        except msgspec.DecodeError as error:
            raise UsageError(
                f"{name}:{number}: not a finding of `vicivic lint --out FILE` ({error})"
            ) from None
    return found


def preview(decision: Decision) -> str:
    """One line of a diff: what stands now, and what will."""
    before = f"[{decision.start}, {decision.end}) {decision.label} {decision.text!r}"
    to: Any = decision.to
    if to is None:
        return f"- {decision.document} {before}"
    return f"~ {decision.document} {before} → [{to.start}, {to.end}) {to.label} {to.text!r}"
