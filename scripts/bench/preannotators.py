"""How fast the pre-annotators are, against `underthesea.ner` called sentence by sentence.

    python -m scripts.bench.preannotators            sentences of the seeds and the gold articles
    python -m scripts.bench.preannotators --growth   also 1 MB of awkward text, by source

Every contestant reads the same sentences.  CPU time of this process, one round of each after the other, and
again; the fastest round of each counts.  Before that every stage of every sentence is compared: the number of
sentences that differ is printed and must be 0.  `cold` is the first round after loading, with empty tables.
"""

from __future__ import annotations

import argparse
import json
import random
import time
from collections.abc import Callable
from pathlib import Path

from underthesea import ner

from corpus.document import Document
from corpus.segment import sentences
from labeling.preannotators.merge import merge, merge_version
from labeling.preannotators.stages import Stages
from labeling.preannotators.table import load

ROOT = Path(__file__).parent.parent.parent
SIZES = (250_000, 500_000, 1_000_000)


def main() -> None:
    """Print the table, and with --growth the time for growing texts."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--growth", action="store_true")
    options = parser.parse_args()
    documents = read_documents()
    texts = [extent.slice(item.text) for item in documents for extent in sentences(item.text)]
    ner(texts[0])
    stages = Stages()
    began = time.process_time()
    ours = [tagged.rows() for tagged in stages.tag(texts, chunk=True)]
    cold = time.process_time() - began
    theirs = [[tuple(row) for row in ner(text)] for text in texts]
    different = sum(left != right for left, right in zip(ours, theirs, strict=True))
    words = sum(map(len, theirs))
    print(f"{len(documents)} documents, {len(texts)} sentences of {words / len(texts):.0f} words on average")
    print(f"sentences whose (word, pos, chunk, ner) differ: {different}")
    label(documents)
    contestants: dict[str, Callable[[], object]] = {
        "underthesea.ner by sentence": lambda: [ner(text) for text in texts],
        "four stages": lambda: list(stages.tag(texts, chunk=True)),
        "without the chunk stage": lambda: list(stages.tag(texts)),
        "whole prelabel, every source": lambda: label(documents),
    }
    best = race(contestants, options.rounds)
    base = best["underthesea.ner by sentence"]
    print(f"{'':32} {'µs a sentence':>14} {'ratio':>7}")
    for name, seconds in {**best, "four stages, cold": cold}.items():
        print(f"{name:32} {seconds / len(texts) * 1e6:14,.0f} {base / seconds:7.1f}")
    if options.growth:
        growth()


def read_documents() -> list[Document]:
    """The gold articles, seeds among them."""
    path = ROOT / "tests" / "cases" / "gold" / "gold.jsonl"
    lines = [json.loads(line) for line in path.read_text(encoding="utf-8").splitlines()]
    return [Document(id=line["id"], text=line["text"]) for line in lines]


def label(documents: list[Document]) -> int:
    """Every source and the merge; returns the number of spans."""
    sources = load()
    by_source = {source.name: source.propose(documents) for source in sources}
    version = merge_version({source.name: source.version for source in sources})
    return sum(
        len(merge(item, {name: lists[index] for name, lists in by_source.items()}, version).kept)
        for index, item in enumerate(documents)
    )


def race(contestants: dict[str, Callable[[], object]], rounds: int) -> dict[str, float]:
    """The fastest of `rounds` interleaved rounds of each, in CPU seconds."""
    best = dict.fromkeys(contestants, float("inf"))
    for _ in range(rounds):
        for name, run in contestants.items():
            began = time.process_time()
            run()
            best[name] = min(best[name], time.process_time() - began)
    return best


def growth() -> None:
    """CPU seconds by source for growing awkward texts: linear time doubles with the size."""
    print("\nCPU seconds for texts of " + ", ".join(f"{size:,}" for size in SIZES) + " characters")
    for kind, make in AWKWARD.items():
        taken: dict[str, list[float]] = {}
        for size in SIZES:
            document = Document(id=kind, text=make(size))
            said = {}
            for source in load():
                began = time.process_time()
                said[source.name] = source.propose([document])[0]
                taken.setdefault(source.name, []).append(time.process_time() - began)
            began = time.process_time()
            merge(document, said, "")
            taken.setdefault("merge", []).append(time.process_time() - began)
        for name, seconds in taken.items():
            print(f"  {kind:26} {name:12} " + "  ".join(f"{each:7.2f}" for each in seconds), flush=True)


def _repeat(piece: str) -> Callable[[int], str]:
    return lambda size: (piece * (size // len(piece) + 1))[:size].strip()


def _names(size: int) -> str:
    random_ = random.Random(1)
    surnames, given = ["Nguyễn", "Trần", "Lê", "Giàng"], ["Văn An", "Thị Bình", "A Páo", "Minh Châu"]
    people = (f"{random_.choice(surnames)} {random_.choice(given)}" for _ in range(size // 12))
    return ", ".join(people)[:size].strip(" ,")


AWKWARD: dict[str, Callable[[int], str]] = {
    "no full stop": _repeat(
        "UBND huyện Bắc Hà phối hợp với Huyện ủy Bắc Hà tổ chức hội nghị triển khai nhiệm vụ "
    ),
    "only capitals": _repeat("HỘI NGHỊ BAN CHẤP HÀNH ĐẢNG BỘ HUYỆN BẮC HÀ LẦN THỨ XXIV NĂM 2023 "),
    "no tone marks, lower case": _repeat("ubnd huyen bac ha to chuc hoi nghi trien khai nhiem vu nam 2023 "),
    "a list of names": _names,
    "unbalanced quotes": _repeat("“(Phó Chủ tịch UBND xã “Tân Hợp "),
    "one word without a space": _repeat("huyệnBắcHà.a.b@c-"),
    "numbers": _repeat("1.234,5 triệu đồng/người/năm 12/2020 21-10 "),
}


if __name__ == "__main__":
    main()
