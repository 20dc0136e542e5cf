"""Numbers and time: megabytes per second on news text, beside two peers on the same text in one run.

    python scripts/bench/quantities.py [--peer-bytes N] [FILE ...]

Prints MB/s of UTF-8 on one core for `labeling.quantities.find`, the ratio to `dateparser.search` and to
`vietnam-number` (`pip install dateparser vietnam-number`; a peer that is not installed is named and left
out),
and how the time grows when an adversarial text grows fourfold (4.0 is linear).  Without files the seed
articles
and the paragraphs of `tests/cases/quantities/news.txt` are read, repeated to about two megabytes.
The peers read a part of the same texts, because they are slow; the ratio compares rates.
"""

from __future__ import annotations

import argparse
import re
import sys
import time
from collections.abc import Callable, Iterable
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
ADVERSARIES = (
    "1.", "1 ", "1.000.", "1000 1000 ", "không ", "hai ", "3, 4 và ", "ngày 21, 22, ", "hôm nay (",
    "sáng ngày ", "1/1/", "đồng/",
)  # fmt: skip


def news(paths: list[Path]) -> dict[str, list[str]]:
    """The given files; else the seed articles, and apart from them the project's dense paragraphs."""
    if paths:
        return {"files": [path.read_text(encoding="utf-8") for path in paths]}
    articles = [path.read_text(encoding="utf-8") for path in sorted((ROOT / "seeds").glob("*.txt"))]
    marked = (ROOT / "tests/cases/quantities/news.txt").read_text(encoding="utf-8")
    paragraphs = [part.split("\n", 1)[1] for part in marked.split("\n## ")[1:]]
    dense = [re.sub(r"\[([^\[\]|]+)\|[A-Z]+\]", r"\1", part) for part in paragraphs]
    return {"seed articles": articles, "dense paragraphs": dense}


def rate(work: Callable[[str], object], texts: Iterable[str]) -> float:
    """MB/s of UTF-8 in processor time, so that other processes do not count."""
    texts = list(texts)
    size = sum(len(text.encode("utf-8")) for text in texts)
    start = time.process_time()
    for text in texts:
        work(text)
    return size / max(time.process_time() - start, 1e-9) / 1e6


def seconds(work: Callable[[str], object], text: str) -> float:
    start = time.process_time()
    work(text)
    return time.process_time() - start


def peers() -> dict[str, Callable[[str], object] | None]:
    """The peers that are installed; None for those that are not."""
    found: dict[str, Callable[[str], object] | None] = {"dateparser.search": None, "vietnam-number": None}
    try:
        from dateparser.search import search_dates  # type: ignore[import-untyped]

        found["dateparser.search"] = lambda text: search_dates(text, languages=["vi"])
    except ImportError:
        pass
    try:
        from vietnam_number import w2n  # type: ignore[import-not-found,unused-ignore]

        def words(text: str) -> None:
            for sentence in re.split(r"[.;\n]", text):
                try:
                    w2n(sentence)
                except (ValueError, KeyError, IndexError):
                    continue

        found["vietnam-number"] = words
    except ImportError:
        pass
    return found


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.split("\n", maxsplit=1)[0])
    parser.add_argument("--peer-bytes", type=int, default=20_000, help="how much text the peers read")
    parser.add_argument("files", nargs="*", type=Path)
    options = parser.parse_args()
    sys.path[0] = str(ROOT)  # not this folder: its `corpus.py` would hide the package
    from labeling.quantities import find

    texts: list[str] = []
    for name, group in news(options.files).items():
        size = sum(len(text.encode("utf-8")) for text in group)
        rate(find, group)  # builds the tables
        ours = rate(find, group * max(1, 1_000_000 // size))
        count = sum(len(find(text)) for text in group)
        print(f"find on {name:20s} {ours:6.2f} MB/s  ({count} quantities, one in {size // count} bytes)")
        texts += group
    part: list[str] = []
    for text in texts:
        if sum(map(len, part)) < options.peer_bytes:
            part.append(text)
    same = rate(find, part * 20)
    for name, work in peers().items():
        if work is None:
            print(f"{name:25s} not installed")
            continue
        work(part[0][:200])
        theirs = rate(work, part)
        print(f"{name:25s} {theirs:6.3f} MB/s  ours on the same text {same:.2f}, ratio {same / theirs:.1f}x")
    for piece in ADVERSARIES:
        text = piece * (1_000_000 // len(piece.encode("utf-8")))
        short = seconds(find, text[: len(text) // 4])
        print(f"1 MB of {piece!r:18} {seconds(find, text) / max(short, 1e-9):4.1f}x the time of a quarter")


if __name__ == "__main__":
    main()
