"""Speed, memory and recall of the corpus room, against named peers in the same run.

    python -m scripts.bench.corpus segment
    python -m scripts.bench.corpus duplicates --documents 10000 100000
    python -m scripts.bench.corpus ingest --megabytes 100 1000

Each line of the result gives a ratio or a growth, so that a slow machine does not change its meaning.
Documents are made from the possible syllables of Vietnamese in a Zipf distribution, with the formulae of
real reports in each of them.
"""

from __future__ import annotations

import argparse
import json
import random
import resource
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from itertools import accumulate
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
SEEDS = sorted((ROOT / "seeds").glob("0*.txt"))
FORMULAE = (
    "đại hội đảng bộ huyện lần thứ hai mươi nhiệm kỳ",
    "phát biểu chỉ đạo tại hội nghị đồng chí bí thư tỉnh ủy nhấn mạnh",
    "chương trình mục tiêu quốc gia xây dựng nông thôn mới trên địa bàn huyện",
    "quốc phòng an ninh được giữ vững trật tự an toàn xã hội được bảo đảm",
    "tập trung lãnh đạo chỉ đạo thực hiện hoàn thành các chỉ tiêu nhiệm vụ đề ra",
)


def seconds(work: Callable[[], object], times: int) -> float:
    """The best of `times` runs."""
    best = float("inf")
    for _ in range(times):
        start = time.perf_counter()
        work()
        best = min(best, time.perf_counter() - start)
    return best


def bench_segment() -> None:
    """Sentences, and sentences with syllables, against underthesea on the seeds."""
    from underthesea import sent_tokenize, word_tokenize

    from corpus.segment import sentences, syllables

    texts = [path.read_text(encoding="utf-8") for path in SEEDS]
    lines = [line for text in texts for line in text.split("\n") if line.strip()]
    size = sum(map(len, texts))
    ours = seconds(lambda: [sentences(text) for text in texts], 20)
    theirs = seconds(lambda: [sent_tokenize(line) for line in lines], 20)
    both = seconds(lambda: [(sentences(text), syllables(text)) for text in texts], 20)
    both_theirs = seconds(
        lambda: [word_tokenize(sentence) for line in lines for sentence in sent_tokenize(line)], 3
    )
    print(
        f"sentences: {size / ours / 1e6:.2f} M characters/s, {theirs / ours:.2f} x underthesea.sent_tokenize"
    )
    print(
        f"sentences and syllables: {size / both / 1e6:.2f} M characters/s, "
        f"{both_theirs / both:.1f} x sent_tokenize + word_tokenize"
    )


class Maker:
    """Documents of a given number of words, all from one seed."""

    def __init__(self, seed: int = 7) -> None:
        from corpus.vietnamese import valid_syllables

        self.rng = random.Random(seed)
        self.words = sorted(valid_syllables())
        self.rng.shuffle(self.words)
        self.words = self.words[:4_000]
        self.weights = list(accumulate(1 / (rank + 10) for rank in range(len(self.words))))

    def text(self, words: int) -> list[str]:
        made = self.rng.choices(self.words, cum_weights=self.weights, k=words)
        place = self.rng.randrange(max(1, words - 20))
        return [*made[:place], *self.rng.choice(FORMULAE).split(), *made[place:]][:words]

    def near(self, text: list[str], jaccard: float) -> list[str]:
        """A text of the same length whose 5-grams have about this Jaccard index with those of `text`."""
        keep = round(2 * jaccard / (1 + jaccard) * len(text))
        return text[:keep] + self.text(len(text) - keep)

    def holding(self, text: list[str], share: float) -> list[str]:
        """A text of the same length that holds `share` of `text` in its middle."""
        keep = round(share * len(text))
        return self.text((len(text) - keep) // 2) + text[:keep] + self.text((len(text) - keep) // 2)


def made_documents(count: int, words: int, planted: int) -> Iterator[tuple[str, list[str]]]:
    """`count` documents; 2 * `planted` of them are partners (ids `…-j30` and `…-c50`) of others."""
    maker = Maker()
    bases: list[list[str]] = []
    for number in range(count - 2 * planted):
        text = maker.text(words)
        if number < planted:
            bases.append(text)
        yield f"d{number:07d}", text
    for number, base in enumerate(bases):
        yield f"d{number:07d}-j30", maker.near(base, 0.32)
        yield f"d{number:07d}-c50", maker.holding(base, 0.53)


def bench_duplicates(count: int, words: int = 300, planted: int = 500) -> None:
    """Time, memory and recall of near duplicates over `count` documents."""
    from corpus.dedup import add_sketches, connect, create_tables, edges
    from corpus.sketch import Sketch, grams_of

    planted = min(planted, count // 4)
    with tempfile.TemporaryDirectory() as folder:
        start = time.perf_counter()
        connection = connect(Path(folder))
        create_tables(connection)
        rows = (
            (number, name, False, Sketch(grams_of(text), 0, 0, (), sum(map(len, text))))
            for number, (name, text) in enumerate(made_documents(count, words, planted))
        )
        add_sketches(connection, rows)
        indexed = time.perf_counter()
        found = {frozenset((edge.left, edge.right)) for edge in edges(connection)}
        done = time.perf_counter()
        size = sum(path.stat().st_size for path in Path(folder).glob("index*") if path.is_file())
    hits = {
        kind: sum(frozenset((f"d{n:07d}", f"d{n:07d}-{kind}")) in found for n in range(planted))
        for kind in ("j30", "c50")
    }
    wrong = sum(len({name[:8] for name in pair}) > 1 for pair in found)
    print(
        f"{count:,} documents of {words} words: {done - start:.1f} s "
        f"(making and indexing {indexed - start:.1f}, comparing {done - indexed:.1f}), "
        f"peak {peak():.0f} MB, index {size / 1e6:.0f} MB; recall Jaccard 0.3 {hits['j30'] / planted:.4f}, "
        f"containment 0.5 {hits['c50'] / planted:.4f}, unplanned pairs {wrong}"
    )


def bench_ingest(megabytes: int, workers: int) -> None:
    """JSONL of that size through the whole of ingest, in a process of its own."""
    from corpus.ingest import ingest
    from corpus.prepare import Settings
    from corpus.store import Workspace

    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "pages.jsonl"
        texts = [seed.read_text(encoding="utf-8") for seed in SEEDS]
        maker, size, count = Maker(), 0, 0
        with path.open("w", encoding="utf-8") as out:
            while size < megabytes * 1_000_000:
                lead = texts[count % len(texts)].split("\n")[0][:120]
                body = "\n".join(
                    [
                        lead,
                        *(" ".join(maker.text(90)).capitalize() + "." for _ in range(5)),
                        f"UBND xã số {count}.",
                    ]
                )
                line = json.dumps({"id": f"p{count:08d}", "text": body}, ensure_ascii=False) + "\n"
                out.write(line)
                size += len(line.encode("utf-8"))
                count += 1
        workspace = Workspace(Path(folder) / "work", create=True)
        start = time.perf_counter()
        outcome = ingest(workspace, [path], Settings(civic="off"), workers=workers)
        spent = time.perf_counter() - start
    print(
        f"{megabytes} MB, {count:,} documents: {spent:.0f} s, {count / spent:.0f} documents/s, "
        f"peak {peak():.0f} MB here, {children():.0f} MB in the largest worker; kept {outcome.kept:,}"
    )


def peak() -> float:
    """Peak resident memory of this process in MB."""
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024


def children() -> float:
    """Peak resident memory of the largest ended child in MB."""
    return resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss / 1024


def main() -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    verbs = parser.add_subparsers(dest="verb", required=True)
    verbs.add_parser("segment")
    duplicates = verbs.add_parser("duplicates")
    duplicates.add_argument("--documents", type=int, nargs="+", default=[10_000, 100_000])
    sizes = verbs.add_parser("ingest")
    sizes.add_argument("--megabytes", type=int, nargs="+", default=[100, 1_000])
    sizes.add_argument("--workers", type=int, default=2)
    options = parser.parse_args()
    if options.verb == "segment":
        bench_segment()
    elif options.verb == "duplicates":
        each("duplicates", "--documents", options.documents, bench_duplicates)
    else:
        each("ingest", "--megabytes", options.megabytes, lambda size: bench_ingest(size, options.workers))


def each(verb: str, flag: str, values: list[int], work: Callable[[int], None]) -> None:
    """Each size in a process of its own, so that its peak memory is its own."""
    if len(values) == 1:
        work(values[0])
        return
    for value in values:
        subprocess.run([sys.executable, __file__, verb, flag, str(value)], check=True)


if __name__ == "__main__":
    sys.path.insert(0, str(ROOT))
    main()
