"""How long agreement takes: F1, α and 1,000 bootstrap draws over N documents of two annotators.

    python -m scripts.bench.agreement [N]

Peer: nervaluate, where it is installed, on the same spans; it gives F1 alone, without α or intervals.
Prints seconds, documents per second, the peak memory and the ratio to the peer.
"""

from __future__ import annotations

import random
import resource
import sys
from collections.abc import Iterator
from time import perf_counter, process_time

from corpus.document import Document
from labeling.agreement.measure import measure
from labeling.scheme import load_scheme
from labeling.span import AnnotatedSpan, Annotation

LABELS = ("PER", "ORG", "LOC", "TITLE", "DATE", "CARDINAL", "MONEY", "EVENT")
TEXT = "một hai ba bốn năm sáu bảy tám chín mười " * 45
PEOPLE = ("an@example.org", "binh@example.org", "chi@example.org", "dung@example.org")


def spans(draw: random.Random) -> list[tuple[int, int, str]]:
    """About forty spans of a document, every third with one nested in it."""
    found = []
    for start in range(0, 1740, 58):
        label = draw.choice(LABELS)
        found.append((start, start + 20, label))
        if draw.random() < 0.33:
            found.append((start + 8, start + 20, draw.choice(LABELS)))
    return found


def documents(many: int) -> Iterator[tuple[Document, list[Annotation]]]:
    """Documents with two annotations that differ in one span of ten."""
    draw = random.Random(7)
    for number in range(many):
        document = Document(id=f"d{number}", text=f"{number:06d} {TEXT}")
        true = spans(draw)
        pair = draw.sample(PEOPLE, 2)
        yield document, [annotation(document, author, spoilt(draw, true)) for author in pair]


def spoilt(draw: random.Random, true: list[tuple[int, int, str]]) -> list[tuple[int, int, str]]:
    """Spans with one in ten left out, relabelled or moved."""
    kept = []
    for start, end, label in true:
        chance = draw.random()
        if chance < 0.03:
            continue
        if chance < 0.06:
            kept.append((start, end, draw.choice(LABELS)))
        else:
            kept.append((start, end - 3 * (chance < 0.1), label))
    return kept


def annotation(document: Document, author: str, said: list[tuple[int, int, str]]) -> Annotation:
    """A submitted annotation of a whole document."""
    return Annotation(
        key=("s", 1, hash((document.id, author)), "t"),
        document=document.id,
        digest=document.digest,
        part=None,
        scheme="1",
        guideline="1.0",
        round="r1",
        layer="both",
        author=author,
        editor=author,
        status="submitted",
        created_at="t",
        updated_at="t",
        lead_time=None,
        blind=False,
        merge_version=None,
        shown=(),
        spans=tuple(
            AnnotatedSpan(
                start=start,
                end=end,
                label=label,
                text=document.text[start:end],
                region=f"{start}-{end}-{label}",
                origin="manual",
            )
            for start, end, label in said
        ),
    )


def peer(given: list[tuple[Document, list[Annotation]]]) -> float | None:
    """CPU seconds that nervaluate takes for F1 on the same spans; None where it is not installed."""
    try:
        from nervaluate import Evaluator  # type: ignore[import-not-found]
    except ImportError:
        return None
    sides = [
        [[{"label": s.label, "start": s.start, "end": s.end} for s in said[side].spans] for _, said in given]
        for side in (0, 1)
    ]
    began = process_time()
    Evaluator(*sides, tags=list(LABELS), loader="dict").evaluate()
    return process_time() - began


def main() -> None:
    """Measure and print."""
    many = int(sys.argv[1]) if len(sys.argv) > 1 else 10_000
    given = list(documents(many))
    marked = sum(len(said.spans) for _, pair in given for said in pair)
    began, busy = perf_counter(), process_time()
    found = measure(given, scheme=load_scheme())
    wall, took = perf_counter() - began, process_time() - busy
    whole = found.lines[0]
    print(
        f"{many:,} documents, {marked:,} spans: {wall:.1f} s, {took:.1f} s of CPU, "
        f"{many / took:,.0f} documents/s"
    )
    print(f"exact F1 {whole.exact.value}, α {whole.alpha.value}, {len(found.pairs)} pairs, 1,000 draws")
    print(f"peak memory {resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024:,.0f} MB, input included")
    other = peer(given)
    print(f"nervaluate: {other:.1f} s, {other / took:.2f} times" if other else "nervaluate: not installed")


if __name__ == "__main__":
    main()
