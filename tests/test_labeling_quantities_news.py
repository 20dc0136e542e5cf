"""Exact span-and-label F1 on the project's own paragraphs and on the seed articles; adapter and verb."""

from __future__ import annotations

import json
import re
from collections import Counter
from pathlib import Path

import pytest
from typer import Typer
from typer.testing import CliRunner

from corpus.canonical import canonicalize
from corpus.document import Document
from corpus.errors import DataError, UsageError
from labeling.cli.numbers import EXAMPLES, numbers
from labeling.preannotators.quantities import Quantities, reference_of
from labeling.quantities import find, format_norm, parse_norm

ROOT = Path(__file__).parents[1]
CASES = Path(__file__).parent / "cases" / "quantities"
Spans = set[tuple[int, int, str]]


def paragraphs() -> list[tuple[str, str, Spans, list[tuple[int, int]]]]:
    """(name, text, gold spans, stretches that are not judged) of news.txt."""
    found = []
    for part in (CASES / "news.txt").read_text(encoding="utf-8").split("\n## ")[1:]:
        name, marked = part.split("\n", 1)
        text, gold, free, last = "", set(), [], 0
        for match in re.finditer(r"\[([^\[\]|]+)\|([A-Z]+)\]", marked):
            text += marked[last : match.start()]
            start, last = len(text), match.end()
            text += match[1]
            if match[2] == "X":
                free.append((start, len(text)))
            else:
                gold.add((start, len(text), match[2]))
        found.append((name, text + marked[last:], gold, free))
    return found


def f1(judged: list[tuple[Spans, Spans]]) -> float:
    counts: Counter[str] = Counter()
    for gold, found in judged:
        counts["hit"] += len(gold & found)
        counts["all"] += len(gold) + len(found)
    return 2 * counts["hit"] / counts["all"]


def spans(text: str) -> Spans:
    return {(q.extent.start, q.extent.end, q.label) for q in find(text)}


@pytest.mark.parametrize("part", ["dev", "held"])
def test_paragraphs(part: str) -> None:
    judged = []
    for name, text, gold, free in paragraphs():
        if name.startswith(part):
            found = {s for s in spans(text) if not any(s[0] < end and start < s[1] for start, end in free)}
            judged.append((gold, found))
    assert len(judged) >= 5
    assert f1(judged) >= 0.95


def seeds() -> dict[str, list[dict[str, object]]]:
    rows = [json.loads(line) for line in (CASES / "seeds.jsonl").read_text(encoding="utf-8").splitlines()]
    return {row["file"]: row["spans"] for row in rows}


def test_seeds_spans_and_values() -> None:
    judged, wrong = [], []
    for file, gold in seeds().items():
        text = (ROOT / "seeds" / file).read_text(encoding="utf-8")
        for span in gold:
            assert text[span["start"] : span["end"]] == span["text"]  # type: ignore[misc]
        judged.append(({(s["start"], s["end"], s["label"]) for s in gold}, spans(text)))  # type: ignore[misc]
        lines = {(q.extent.start, q.extent.end): format_norm(q.norm) for q in find(text)}
        wrong += [s for s in gold if lines.get((s["start"], s["end"])) != s["value"]]  # type: ignore[call-overload]
    assert f1(judged) >= 0.98
    assert not wrong


def test_the_source_quantities_proposes_with_values_and_dates() -> None:
    source = Quantities()
    text = "Hôm nay (21/7), huyện có 8/8 xã đạt chuẩn"
    document = Document(id="a", text=text, published="2022-05-18", event_date=None)
    ((date, ratio),) = source.propose([document])
    assert (date.span.label, date.span.text, ratio.span.text) == ("DATE", "Hôm nay (21/7)", "8/8")
    assert date.span.norm is not None
    assert (date.span.norm.edtf, date.span.norm.resolved) == ("XXXX-07-21", "2021-07-21")
    assert date.sources[0].source == "quantities"
    assert date.sources[0].rule == date.span.norm.rule
    assert re.fullmatch(r"[0-9a-f]{12}", source.version)
    assert source.propose([document, document])[1] == source.propose([document])[0]
    assert reference_of(Document(id="b", text="x", published="không rõ")) is None


def test_canonical_text_reads_like_raw_text() -> None:
    for file in seeds():
        raw = (ROOT / "seeds" / file).read_text(encoding="utf-8")
        text, _ = canonicalize(raw)
        assert [(q.label, q.norm) for q in find(raw)] == [(q.label, q.norm) for q in find(text)]


def _app() -> Typer:
    app = Typer()
    app.command()(numbers)
    return app


def test_the_verb_prints_a_table_and_json() -> None:
    run = CliRunner().invoke(_app(), ["8/8 xã, 63,4 triệu đồng/người/năm"])
    assert run.exit_code == 0
    assert "8/8" in run.output
    assert "2 found: 1 RATIO, 1 MONEY" in run.output
    run = CliRunner().invoke(_app(), ["-", "--json", "--reference", "2021-07-21"], input="hôm qua")
    (row,) = json.loads(run.output)["quantities"]
    assert (row["label"], row["norm"]["resolved"]) == ("DATE", "2021-07-20")
    assert json.loads(run.output)["verb"] == "numbers"
    assert json.loads(run.output)["counts"] == {"quantities": 1, "DATE": 1}
    assert len(EXAMPLES) >= 2


def test_a_bad_reference_is_a_usage_error() -> None:
    with pytest.raises(UsageError, match="hôm nay"):
        find("x", "hôm nay")
    assert isinstance(CliRunner().invoke(_app(), ["x", "--reference", "31/2"]).exception, UsageError)


def test_the_canonical_lines() -> None:
    for text, line in (
        ("63,4 triệu đồng/người/năm", "63400000 VND/{person}/a"),
        ("từ 90% đến dưới 100%", "90..<100 %"),
        ("dưới 6.000 ha", "<6000 har"),
        ("gần 6.000 ha", "<~6000 har"),
        ("11/27", "11/27"),
        ("nhiệm kỳ 2020 - 2025", "2020/2025"),
        ("3 năm", "P3Y"),
    ):
        norm = parse_norm(text)
        assert format_norm(norm) == line
        assert parse_norm(line) == norm
    with pytest.raises(DataError, match="không phải"):
        parse_norm("không phải số")


def test_the_recogniser_loads_without_heavy_libraries() -> None:
    import subprocess
    import sys

    code = "import sys, labeling.quantities; print([m for m in ('underthesea', 'datasets', 'pandas', 'numpy') if m in sys.modules])"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True, cwd=ROOT)
    assert done.stdout.strip() == "[]"


def test_the_same_period_is_resolved_from_the_context() -> None:
    _, same = find("6 tháng đầu năm 2021 tăng so với cùng kỳ năm 2020")
    assert (same.norm.edtf, same.norm.resolved, same.norm.resolved_from) == (
        "2020",
        "2020-01/2020-06",
        "context",
    )
    (alone,) = find("tăng so với cùng kỳ năm 2020")
    assert alone.norm.resolved is None
