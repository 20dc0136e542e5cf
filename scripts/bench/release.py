"""Speed and memory of a release, step by step; loading it, against the same rows written by `datasets`.

    python scripts/bench/release.py build --documents 2000 8000
    python scripts/bench/release.py load --documents 5000

Documents are drawn from the paragraphs of the gold articles, about 1,700 characters and 55 spans each,
all settled.  `build` runs each size in a process of its own and prints documents a second of CPU time
(one process, so: per core), the share of each step, the peak of resident memory, and how both grow.
`load` compares `load_dataset` and a full pass over the config `tokens` with the same rows written by
`Dataset.to_parquet`, alternating in one process: the ratio is what counts.
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
from collections import defaultdict
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parents[2]
sys.path[0] = str(ROOT)  # not this folder: its corpus.py would hide the package
GOLD = ROOT / "tests" / "cases" / "gold" / "gold.jsonl"
PARAGRAPHS = 8  # of a document
ROUNDS = 5  # of loading


def paragraphs() -> list[tuple[str, list[tuple[int, int, str]]]]:
    """Each paragraph of the gold articles with its spans, in its own offsets."""
    found = []
    for line in GOLD.read_text(encoding="utf-8").splitlines():
        article = json.loads(line)
        start = 0
        for text in article["text"].split("\n"):
            end = start + len(text)
            inside = [
                (span["start"] - start, span["end"] - start, span["label"])
                for span in article["spans"]
                if start <= span["start"] and span["end"] <= end
            ]
            if text.strip():
                found.append((text, inside))
            start = end + 1
    return found


def pairs(documents: int) -> Iterator[tuple[Any, Any]]:
    """Documents with their settled records; the same for the same number."""
    from corpus.document import Document
    from labeling.norm import Norm
    from labeling.scheme import load_scheme
    from labeling.span import Record, RecordSpan, Source

    pool, numbers = paragraphs(), load_scheme().layer("numbers")
    norm, source = Norm(value="12.5", unit="VND", edtf="2021"), Source("rules", "1", "a.rule", 0.9)
    for number in range(documents):
        chosen = random.Random(number).choices(pool, k=PARAGRAPHS)
        text = ""
        spans: list[Any] = []
        for paragraph, inside in chosen:
            for start, end, label in inside:
                spans.append(
                    RecordSpan(
                        id=f"{number:06x}{len(spans):04x}",
                        start=len(text) + start,
                        end=len(text) + end,
                        label=label,
                        text=paragraph[start:end],
                        norm=norm if label in numbers else None,
                        sources=(source,),
                        by=("annotator-01",),
                    )
                )
            text += paragraph + "\n"
        document = Document(id=f"doc/{number:07d}", text=text.rstrip("\n"), published="2022-01-01")
        yield (
            document,
            Record(
                document=document.id,
                digest=document.digest,
                scheme="1",
                guideline="1.0",
                round="default",
                quality={"names": "single", "numbers": "single"},
                authors=("annotator-01",),
                spans=tuple(spans),
                annotated_at="2022-03-04T00:00:00Z",
            ),
        )


def make_workspace(root: Path, documents: int) -> Any:
    """A workspace in which every document is settled."""
    from corpus.documents import add_documents
    from corpus.store import Workspace, write_rows
    from exporters.material import records_path

    workspace = Workspace(root, create=True)
    add_documents(workspace, (document for document, _ in pairs(documents)))
    write_rows(records_path(workspace), ((d.id, d.digest, record) for d, record in pairs(documents)))
    return workspace


def timed(spent: dict[str, float], name: str, work: Callable[..., Any]) -> Callable[..., Any]:
    """`work`, its CPU time added to `spent`."""

    def run(*arguments: Any, **options: Any) -> Any:
        start = time.process_time()
        try:
            return work(*arguments, **options)
        finally:
            spent[name] += time.process_time() - start

    return run


def build_one(root: Path, documents: int) -> dict[str, Any]:
    """Release one workspace and measure every step; to be run in a process of its own."""
    import datasets  # noqa: F401 - its import is no part of a release's cost
    import duckdb  # noqa: F401

    from exporters import build, facts, parquet, release
    from exporters.configs import CONFIGS

    workspace = make_workspace(root, documents)
    base = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    spent: dict[str, float] = defaultdict(float)
    rows_of = {name: timed(spent, f"rows {name}", rows) for name, rows in CONFIGS.items()}
    setattr(build, "CONFIGS", rows_of)  # noqa: B010
    for module, name, step in (
        (build, "check", "check"),
        (parquet.SplitWriter, "write", "write"),
        (release, "finish", "card, hashes"),
        (facts, "hash_of_test", "test digest"),
        (release, "freeze", "sync"),
    ):
        setattr(module, name, timed(spent, step, getattr(module, name)))
    start, clock = time.process_time(), time.perf_counter()
    release.release(workspace)
    cpu, wall = time.process_time() - start, time.perf_counter() - clock
    spent["read, sort, place"] = cpu - sum(spent.values())
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    return {
        "documents": documents,
        "cpu": cpu,
        "wall": wall,
        "base": base,
        "peak": peak,
        "steps": dict(spent),
    }


def bench_build(sizes: list[int]) -> None:
    """Each size in its own process; then the growth from the smallest to the largest."""
    runs = []
    for size in sizes:
        with tempfile.TemporaryDirectory() as root:
            command = [sys.executable, __file__, "one", "--documents", str(size), "--root", f"{root}/work"]
            made = subprocess.run(command, check=True, stdout=subprocess.PIPE, text=True)
        run = json.loads(made.stdout)
        runs.append(run)
        print(
            f"{size:>7,} documents: {size / run['cpu']:.0f}/s of CPU, {run['wall']:.0f} s by the clock, "
            f"peak {run['peak']:.0f} MB ({run['base']:.0f} MB before)",
            flush=True,
        )
        for step, seconds in sorted(run["steps"].items(), key=lambda item: -item[1]):
            print(f"    {step:<18} {1e3 * seconds / size:6.2f} ms a document {seconds / run['cpu']:5.0%}")
    first, last = runs[0], runs[-1]
    if last is not first:
        times = last["documents"] / first["documents"]
        print(
            f"{times:.1f} times the documents: {last['cpu'] / first['cpu']:.2f} times the CPU time, "
            f"{last['peak'] / first['peak']:.2f} times the peak memory"
        )


def bench_load(documents: int) -> None:
    """Loading and passing over `tokens`: ours against `Dataset.to_parquet`, alternating."""
    import datasets

    from exporters.release import release

    datasets.disable_progress_bars()
    with tempfile.TemporaryDirectory() as root:
        path = release(make_workspace(Path(root) / "work", documents)).path
        assert path is not None
        ours = sorted((path / "data" / "tokens").glob("*.parquet"))
        rows = datasets.load_dataset(str(path), "tokens", cache_dir=f"{root}/first")
        theirs = []
        for split, held in rows.items():
            theirs.append(Path(root) / f"{split}.parquet")
            held.to_parquet(theirs[-1])
        best = {"ours": [float("inf")] * 2, "theirs": [float("inf")] * 2}
        for number in range(ROUNDS):
            for name, files in (("ours", ours), ("theirs", theirs)):
                start = time.process_time()
                loaded = datasets.load_dataset(
                    "parquet",
                    data_files={file.stem.split("-")[0]: str(file) for file in files},
                    cache_dir=f"{root}/{name}{number}",
                )
                middle = time.process_time()
                count = sum(len(row["tokens"]) for split in loaded.values() for row in split)
                end = time.process_time()
                best[name] = [min(best[name][0], middle - start), min(best[name][1], end - middle)]
        size = [sum(file.stat().st_size for file in files) / 1e6 for files in (ours, theirs)]
    print(f"{documents:,} documents, {count:,} tokens; CPU seconds, best of {ROUNDS}")
    for place, what in enumerate(("load_dataset", "full pass")):
        mine, peer = best["ours"][place], best["theirs"][place]
        print(f"    {what:<14} {mine:.2f} s, to_parquet {peer:.2f} s: {mine / peer:.2f} times")
    print(f"    {'size':<14} {size[0]:.1f} MB, to_parquet {size[1]:.1f} MB: {size[0] / size[1]:.2f} times")


def main() -> None:
    """See the module."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("what", choices=["build", "load", "one"])
    parser.add_argument("--documents", type=int, nargs="+", default=[2_000])
    parser.add_argument("--root", type=Path, help=argparse.SUPPRESS)
    given = parser.parse_args()
    if given.what == "build":
        bench_build(given.documents)
    elif given.what == "load":
        bench_load(given.documents[0])
    else:
        print(json.dumps(build_one(given.root, given.documents[0])))


if __name__ == "__main__":
    main()
