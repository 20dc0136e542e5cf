"""What an annotator learns about the own work: pace, agreement with gold, typical corrections, rules.

For the annotator, in Vietnamese, under the pseudonym; nobody else's work is shown but what became gold.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from importlib import resources
from statistics import median

import msgspec

from corpus.document import Document
from corpus.store import Workspace
from labeling.agreement.kinds import differences
from labeling.agreement.spans import compare
from labeling.concordance import annotated_documents, records_with_documents
from labeling.evidence import APART, counts_between_people, history, latest
from labeling.intervals import Rate, f1_rate
from labeling.markup import window
from labeling.scheme import Scheme
from labeling.span import AnnotatedSpan, Annotation, Record

EXAMPLES = 3
GROUPS = 12
CONTEXT = 60
KINDS_VI = {
    "missing": "Thừa hoặc thiếu vùng",
    "label": "Sai nhãn",
    "edge": "Sai ranh giới",
    "edge and label": "Sai cả ranh giới và nhãn",
    "value": "Sai giá trị",
}


class Example(msgspec.Struct, frozen=True, kw_only=True):
    """One correction in its context: the annotator's span and gold's, None for nothing."""

    document: str
    text: str
    offset: int
    mine: tuple[int, int, str] | None
    gold: tuple[int, int, str] | None


class Lesson(msgspec.Struct, frozen=True, kw_only=True):
    """Corrections of one kind on one label pair; `rules` are the labels' definitions in Vietnamese."""

    kind: str
    mine: str
    gold: str
    count: int
    rules: tuple[str, ...]
    examples: tuple[Example, ...]


class Check(msgspec.Struct, frozen=True, kw_only=True):
    """Training or control work against gold: exact F1 over `documents`."""

    kind: str
    documents: int
    exact: Rate


class Feedback(msgspec.Struct, frozen=True, kw_only=True):
    """One annotator.  Seconds are medians; `others` are the medians of everybody else's documents."""

    author: str
    documents: int
    skipped: int
    settled: int
    seconds: float | None
    per_1000: float | None
    others_per_1000: float | None
    exact: Rate
    free: Rate
    labels: dict[str, Rate]
    checks: tuple[Check, ...]
    lessons: tuple[Lesson, ...]


def feedback(workspace: Workspace, pseudonyms: dict[str, str], scheme: Scheme) -> list[Feedback]:
    """The feedback of every annotator, by pseudonym; settled documents alone can be held against gold."""
    said = [item for item in latest(history(workspace)) if item.author in pseudonyms]
    by_document: defaultdict[str, list[Annotation]] = defaultdict(list)
    people: defaultdict[str, _Person] = defaultdict(_Person)
    for item in said:
        by_document[item.document].append(item)
        people[pseudonyms[item.author]].meet(item)
    for document, given in annotated_documents(workspace):
        for item in given:
            if item.author in pseudonyms:
                people[pseudonyms[item.author]].pace(item, document)
    for document, record in records_with_documents(workspace):
        for item in by_document.get(document.id, ()):
            if item.status == "submitted" and item.digest == document.digest:
                people[pseudonyms[item.author]].hold(document, record, item, scheme)
    paces = {name: person.paces for name, person in people.items()}
    return [
        people[name].done(
            name, [pace for other, more in paces.items() if other != name for pace in more], scheme
        )
        for name in sorted(people)
    ]


class _Sums:
    """Counts of `compare` against gold, over documents."""

    def __init__(self) -> None:
        self.documents = 0
        self.exact = self.free = self.mine = self.gold = 0.0

    def rate(self, points: float) -> Rate:
        return f1_rate(points, self.mine, self.gold)


class _Person:
    def __init__(self) -> None:
        self.documents = self.skipped = 0
        self.seconds: list[float] = []
        self.paces: list[float] = []
        self.sums: defaultdict[str, _Sums] = defaultdict(_Sums)
        self.checks: defaultdict[str, _Sums] = defaultdict(_Sums)
        self.lessons: defaultdict[tuple[str, str, str], list[Example]] = defaultdict(list)
        self.counts: defaultdict[tuple[str, str, str], int] = defaultdict(int)

    def meet(self, said: Annotation) -> None:
        self.skipped += said.status == "skipped"
        if counts_between_people(said):
            self.documents += 1
            if said.lead_time is not None:
                self.seconds.append(said.lead_time)

    def pace(self, said: Annotation, document: Document) -> None:
        """Seconds per 1,000 characters of what was annotated."""
        if said.lead_time is not None:
            start, end = said.part or (0, len(document.text))
            self.paces.append(1000 * said.lead_time / max(1, end - start))

    def hold(self, document: Document, record: Record, said: Annotation, scheme: Scheme) -> None:
        """Hold one annotation against what is gold in the same layers and part."""
        kind = said.round.partition(":")[0]
        gold = _gold_spans(record, said, scheme)
        if gold is None:
            return
        mine = [span for span in said.spans if span.label in scheme]
        counts = compare([_key(span) for span in mine], [_key(span) for span in gold])
        target = {"*": self.checks[kind]} if kind in APART else self.sums
        for label, found in counts.items():
            if label == "*" or kind not in APART:
                sums = target[label]
                sums.documents += 1
                sums.exact += found.exact
                sums.free += found.free
                sums.mine += found.one
                sums.gold += found.other
        if kind not in APART:
            self._learn(document, mine, gold)

    def _learn(
        self, document: Document, mine: Sequence[AnnotatedSpan], gold: Sequence[AnnotatedSpan]
    ) -> None:
        for kind, one, other in differences(mine, gold):
            group = (kind, one.label if one else "", other.label if other else "")
            self.counts[group] += 1
            if len(self.lessons[group]) < EXAMPLES:
                spans = [span for span in (one, other) if span is not None]
                first, last = min(span.start for span in spans), max(span.end for span in spans)
                start, end = window(document.text, first, last, CONTEXT)
                self.lessons[group].append(
                    Example(
                        document=document.id,
                        text=document.text[start:end],
                        offset=start,
                        mine=_key(one) if one else None,
                        gold=_key(other) if other else None,
                    )
                )

    def done(self, name: str, others: Sequence[float], scheme: Scheme) -> Feedback:
        """The figures of this person."""
        whole = self.sums.get("*", _Sums())
        ranked = sorted(self.counts.items(), key=lambda item: (-item[1], item[0]))
        return Feedback(
            author=name,
            documents=self.documents,
            skipped=self.skipped,
            settled=whole.documents,
            seconds=_median(self.seconds),
            per_1000=_median(self.paces),
            others_per_1000=_median(others),
            exact=whole.rate(whole.exact),
            free=whole.rate(whole.free),
            labels={
                label: self.sums[label].rate(self.sums[label].exact)
                for label in scheme.names
                if label in self.sums
            },
            checks=tuple(
                Check(kind=kind, documents=sums.documents, exact=sums.rate(sums.exact))
                for kind, sums in sorted(self.checks.items())
                if kind != "curation"
            ),
            lessons=tuple(
                Lesson(
                    kind=group[0],
                    mine=group[1],
                    gold=group[2],
                    count=count,
                    rules=tuple(
                        f"{label}: {scheme[label].definition_vi}"
                        for label in dict.fromkeys(group[1:])
                        if label in scheme
                    ),
                    examples=tuple(self.lessons[group]),
                )
                for group, count in ranked[:GROUPS]
            ),
        )


def _gold_spans(record: Record, said: Annotation, scheme: Scheme) -> list[AnnotatedSpan] | None:
    """Gold in the layers and part that the annotation judged; None where people settled none of them."""
    layers = [
        layer
        for layer in ("names", "numbers")
        if said.layer in (layer, "both") and record.quality.get(layer, "machine") != "machine"
    ]
    if not layers:
        return None
    labels = frozenset[str]().union(*(scheme.layer(layer) for layer in layers))  # type: ignore[arg-type]
    start, end = said.part or (0, 1 << 60)
    return [
        AnnotatedSpan(
            start=span.start,
            end=span.end,
            label=span.label,
            text=span.text,
            region=span.id,
            origin="gold",
            norm=span.norm,
        )
        for span in record.spans
        if span.label in labels and start <= span.start and span.end <= end
    ]


def _key(span: AnnotatedSpan) -> tuple[int, int, str]:
    return span.start, span.end, span.label


def _median(values: Sequence[float]) -> float | None:
    return round(median(values), 1) if values else None


def page(found: Feedback, scheme: Scheme) -> str:
    """The annotator's page: one HTML file without scripts or network, everything escaped."""
    from jinja2 import Environment
    from markupsafe import Markup

    from labeling.markup import marked, styles

    template = resources.files("labeling").joinpath("templates", "feedback.html").read_text("utf-8")
    environment = Environment(autoescape=True, trim_blocks=True, lstrip_blocks=True)

    def example(item: Example, span: tuple[int, int, str] | None) -> Markup:
        return Markup(marked(item.text, [span] if span else [], item.offset))  # noqa: S704

    return environment.from_string(template).render(
        found=found,
        kinds=KINDS_VI,
        styles=Markup(styles(scheme)),  # noqa: S704
        example=example,
        seconds=lambda value: "–" if value is None else f"{value:.1f} giây".replace(".", ","),
        percent=lambda value: "–" if value is None else f"{100 * value:.0f}\u00a0%".replace(".", ","),
    )
