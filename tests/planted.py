"""A planted workspace in memory: rules of known precision, annotators of known habits.

Not a test: the tests of scores, agreement and the report draw from it.
"""

import random

import msgspec

from corpus.document import Document
from labeling.corrections.ledger import sheet
from labeling.scheme import load_scheme
from labeling.span import AnnotatedSpan, Annotation, Proposal, Source, Span

SCHEME = load_scheme()
WORDS = (
    "huyện",
    "ủy",
    "họp",
    "bàn",
    "về",
    "xã",
    "mới",
    "và",
    "nhà",
    "Nam",
    "đến",
    "thăm",
    "trường",
    "học",
    "tại",
    "thôn",
    "Đông",
    "nhân",
    "ngày",
    "lễ",
)
LABELS = ("ORG", "LOC", "PER", "TITLE")
HABITS = ("careful", "careful-2", "hasty", "swapper", "sloppy")


class World:
    """Documents whose true spans are known, and two rules that propose some of them."""

    def __init__(self, seed=0, documents=60, spans=12, good=0.9, bad=0.3, bad_share=0.3, scheme=SCHEME):
        self.random = random.Random(seed)
        self.rates = {"good": good, "bad": bad}
        self.scheme = scheme
        self.documents = [self._document(number, spans) for number in range(documents)]
        self.truth = {item.id: self._truth(item, spans) for item in self.documents}
        self.proposals = {item.id: self._propose(item, bad_share) for item in self.documents}

    def _document(self, number, spans):
        words = [self.random.choice(WORDS) for _ in range(spans * 8)]
        return Document(id=f"doc-{number:05d}", text=" ".join(words))

    def _truth(self, document, spans):
        """One true span in each stretch of eight words, two or three words long."""
        words, place = [], 0
        for word in document.text.split(" "):
            words.append((place, place + len(word)))
            place += len(word) + 1
        found = []
        for number in range(spans):
            first = number * 8 + self.random.randint(1, 3)
            last = first + self.random.randint(1, 2)
            found.append((words[first][0], words[last][1], self.random.choice(LABELS)))
        return found

    def _propose(self, document, bad_share):
        """Each true span is proposed, by the good or the bad rule; a wrong one is off by edge, label or all."""
        found = []
        for start, end, label in self.truth[document.id]:
            rule = "bad" if self.random.random() < bad_share else "good"
            said = (start, end, label)
            if self.random.random() >= self.rates[rule]:
                said = self._spoilt(document.text, start, end, label)
            found.append(self._proposal(document, *said, rule))
        return found

    def _spoilt(self, text, start, end, label):
        space = text.index(" ", end)
        kind = self.random.choice(("edge", "label", "nowhere"))
        if kind == "edge":
            return start, text.index(" ", space + 1), label
        if kind == "label":
            return start, end, LABELS[(LABELS.index(label) + 1) % len(LABELS)]
        return space + 1, text.index(" ", space + 1), label

    def _proposal(self, document, start, end, label, rule):
        text = document.text[start:end]
        score = self.rates[rule]
        region = f"{document.id}-{start}-{label}"
        return Proposal(
            span=Span(start=start, end=end, label=label, text=text),
            sources=(Source("civic", "v1", rule, score),),
            score=score,
            region=region,
        )

    def annotate(self, document, habit, *, blind=False, number=1, round_="default", author=None):
        """What an annotator with a habit leaves of a document."""
        draw = self.random.random
        truth = list(self.truth[document.id])
        if habit == "hasty" and not blind:
            kept = [
                (p.span.start, p.span.end, p.span.label, p.region)
                for p in self.proposals[document.id]
                if draw() < 0.97
            ]
        else:
            regions = {
                (p.span.start, p.span.end, p.span.label): p.region for p in self.proposals[document.id]
            }
            kept = []
            for start, end, label in truth:
                if draw() < 0.01:
                    continue
                region = "" if blind else regions.get((start, end, label), "")
                swaps = habit == "swapper" and label in ("ORG", "LOC") and draw() < 0.4
                moves = habit == "sloppy" and draw() < 0.3
                kept.append(
                    (
                        start,
                        document.text.index(" ", end + 1) if moves else end,
                        {"ORG": "LOC", "LOC": "ORG"}[label] if swaps else label,
                        region,
                    )
                )
        spans = tuple(
            AnnotatedSpan(
                start=start,
                end=end,
                label=label,
                text=document.text[start:end],
                region=region or f"new-{start}-{label}",
                origin="manual",
            )
            for start, end, label, region in kept
        )
        name = author or f"{habit}@example.org"
        pace = 0.2 if habit == "hasty" else 1.0
        return Annotation(
            key=("s", 1, number, "2026-01-01T00:00:00Z"),
            document=document.id,
            digest=document.digest,
            part=None,
            scheme="1",
            guideline="1.0",
            round=round_,
            layer="both",
            author=name,
            editor=name,
            status="submitted",
            created_at="2026-01-01T00:00:00Z",
            updated_at="2026-01-01T00:00:00Z",
            lead_time=round((60 if blind else 40) * pace * (0.8 + 0.4 * draw()), 1),
            blind=blind,
            merge_version="m1",
            shown=() if blind else tuple(msgspec.to_builtins(p) for p in self.proposals[document.id]),
            spans=spans,
        )

    def annotations(self, habits=HABITS, overlap=2, blind=0.1):
        """Each document goes to `overlap` annotators in turn; a share is blind."""
        number = 0
        for place, document in enumerate(self.documents):
            unseen = self.random.random() < blind
            for step in range(overlap):
                number += 1
                habit = habits[(place * overlap + step + place // len(habits)) % len(habits)]
                yield self.annotate(document, habit, blind=unseen, number=number)

    def sheets(self, annotations):
        """The ledger of annotations that stand together by document."""
        texts = {item.id: item.text for item in self.documents}
        for said in annotations:
            yield sheet(
                said,
                len(texts[said.document]),
                self.proposals[said.document],
                {"civic": self.proposals[said.document]},
                scheme=self.scheme,
                pseudonym=lambda author: author.partition("@")[0],
            )
