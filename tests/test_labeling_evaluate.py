"""Scores against gold: counted by hand, nested, partial, with intervals; tables that can be read back."""

import json
import re
import subprocess
import sys
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from corpus.errors import DataError, UsageError
from corpus.store import Workspace
from labeling.calibrate import calibration_error, fit_trust, isotonic, reliability
from labeling.confusions import confusions
from labeling.evaluate import Gold, count, pair, read_gold
from labeling.measure import measure, refit
from labeling.preannotators.base import proposal
from labeling.preannotators.table import NAMES, NUMBERS
from labeling.preannotators.trust import read_settings
from labeling.span import Span, make_span
from labeling.switches import switch

TEXT = "Phó Chủ tịch UBND huyện Bắc Hà Nguyễn Văn An"
GOLD_FILE = Path(__file__).parent / "cases" / "gold" / "gold.jsonl"


def span(piece: str, label: str, text: str = TEXT) -> Span:
    start = text.index(piece)
    return make_span(text, start, start + len(piece), label)


def gold(*spans: Span, text: str = TEXT, identity: str = "a") -> Gold:
    return Gold(id=identity, text=text, spans=tuple(spans))


TRUE = [
    span("Phó Chủ tịch UBND huyện Bắc Hà", "TITLE"),
    span("UBND huyện Bắc Hà", "ORG"),
    span("huyện Bắc Hà", "LOC"),
    span("Nguyễn Văn An", "PER"),
]


def test_scores_counted_by_hand() -> None:
    said = [
        span("UBND huyện Bắc Hà", "ORG"),  # right, inner in gold, outer here
        span("Bắc Hà", "LOC"),  # half right
        span("Nguyễn Văn An", "PER"),  # right
        span("Phó Chủ tịch", "PER"),  # wrong
    ]
    counts = count([gold(*TRUE)], [said], NAMES)
    whole = counts.score()
    assert (whole.gold, whole.predicted, whole.right) == (4, 4, 2)
    assert (whole.precision, whole.recall, whole.f1) == (0.5, 0.5, 0.5)
    partial = counts.score(match="partial")
    assert (partial.precision, partial.recall) == (0.625, 0.625)
    person = counts.score(["PER"])
    assert (person.precision, person.recall, person.f1) == (0.5, 1.0, 0.6667)
    outer, inner = counts.score(level="outer"), counts.score(level="inner")
    # gold outer: TITLE, PER; predicted outer: ORG, PER, "Phó Chủ tịch"
    assert (outer.gold, outer.predicted) == (2, 3)
    assert (outer.precision, outer.recall) == (0.6667, 0.5)
    # gold inner: ORG, LOC; predicted inner: LOC "Bắc Hà"
    assert (inner.gold, inner.predicted) == (2, 1)
    assert (inner.precision, inner.recall) == (0.0, 0.5)


def test_layers_do_not_make_each_other_inner() -> None:
    text = "Đại hội lần thứ XXIV"
    event, ordinal = span("Đại hội lần thứ XXIV", "EVENT", text), span("lần thứ XXIV", "ORDINAL", text)
    counts = count([gold(event, ordinal, text=text)], [[event, ordinal]], [*NAMES, *NUMBERS])
    assert counts.score(level="inner").gold == 0
    assert counts.score(level="outer").f1 == 1.0


def test_pairs_are_one_to_one_exact_first_then_by_overlap() -> None:
    first, second = span("UBND huyện Bắc Hà", "ORG"), span("UBND", "ORG")
    said = [span("huyện Bắc Hà", "ORG"), span("UBND", "ORG")]
    assert pair([first, second], said) == [(second, said[1], 1.0), (first, said[0], 0.5)]
    assert pair([second], [said[0]]) == []


@settings(max_examples=100, deadline=None)
@given(st.lists(st.sampled_from(TRUE), unique=True), st.lists(st.sampled_from(TRUE), unique=True))
def test_scores_of_sets_of_spans(true: list[Span], said: list[Span]) -> None:
    score = count([gold(*true)], [said], NAMES).score()
    right = len([item for item in said if item in true])
    assert (score.gold, score.predicted, score.right) == (len(true), len(said), right)
    assert score.f1 == (round(2 * right / (len(true) + len(said)), 4) if true or said else 0.0)


def test_intervals_hold_the_score_and_narrow_with_more_documents() -> None:
    good, bad = [TRUE[3]], [span("Phó Chủ tịch", "PER")]
    few = count([gold(TRUE[3])] * 4, [good, bad] * 2, ["PER"]).score()
    many = count([gold(TRUE[3])] * 200, [good, bad] * 100, ["PER"]).score()
    assert few.f1 == many.f1 == 0.5
    assert few.low <= many.low <= 0.5 <= many.high <= few.high
    assert many.high - many.low < few.high - few.low
    perfect = count([gold(TRUE[3])] * 4, [good] * 4, ["PER"]).score()
    assert (perfect.low, perfect.high) == (1.0, 1.0)
    rare = count([gold(TRUE[3]), *[gold()] * 9], [good, *[[]] * 9], ["PER"]).score()
    assert (rare.f1, rare.low, rare.high) == (1.0, 1.0, 1.0)
    nothing = count([gold()], [[]], ["PER"]).score()
    assert (nothing.f1, nothing.low, nothing.high) == (0.0, 0.0, 0.0)


def test_confusions_name_what_went_wrong_where() -> None:
    said = [span("UBND huyện Bắc Hà", "LOC"), span("Bắc Hà", "LOC"), span("Nguyễn Văn An", "PER")]
    found = list(confusions(gold(*TRUE), said, {(13, 30, "LOC"): "civic:place"}))
    assert [(item.kind, item.gold, item.predicted) for item in found] == [
        ("missed", "TITLE Phó Chủ tịch UBND huyện Bắc Hà", ""),
        ("label", "ORG UBND huyện Bắc Hà", "LOC UBND huyện Bắc Hà"),
        ("boundary", "LOC huyện Bắc Hà", "LOC Bắc Hà"),
    ]
    assert found[1].context == "…Phó Chủ tịch ⟦UBND huyện Bắc Hà⟧ Nguyễn Văn An…"
    assert found[1].rule == "civic:place"


def line(**fields: object) -> str:
    return json.dumps({"id": "x", "text": "Ông An", "spans": [], **fields}, ensure_ascii=False) + "\n"


@pytest.mark.parametrize(
    ("content", "message"),
    [
        ("{", "truncated"),
        ("[1]", "Expected `object`"),
        (line(text=3), r"Expected `str`, got `int` - at `\$.text`"),
        (line(spans=[{"start": "0", "end": 3, "label": "PER"}]), r"Expected `int`, got `str` - at `\$.spans"),
        (line(spans=[{"start": 4, "end": 9, "label": "PER"}]), r"PER \[4, 9\) 'An'"),
        (line(spans=[{"start": 3, "end": 6, "label": "PER"}]), "white edges"),
        (line(spans=[{"start": 4, "end": 6, "label": "PER", "text": "Ông"}]), "'An' is not its text 'Ông'"),
        (line(spans=[{"start": 4, "end": 6, "label": "PERSON"}]), "label 'PERSON' is not in scheme 1"),
        (line(spans=[{"start": 0, "end": 6, "label": "PER"}, {"start": 0, "end": 6, "label": "LOC"}]), "share their extent"),
    ],
)  # fmt: skip
def test_bad_lines_are_named_and_the_rest_goes_on(tmp_path: Path, content: str, message: str) -> None:
    path = tmp_path / "gold.jsonl"
    path.write_text(line() + content.rstrip("\n") + "\n", encoding="utf-8")
    articles, refused = read_gold(path)
    assert len(articles) == 1
    [error] = refused
    assert str(error).startswith(f"{path}:2: ")
    assert re.search(message, str(error))


def test_gold_that_is_not_canonical_is_mapped(tmp_path: Path) -> None:
    path = tmp_path / "gold.jsonl"
    raw = "O\u0302ng\u200b  Nguye\u0302\u0303n An"
    start = raw.index("Nguye")
    path.write_text(
        line(text=raw, spans=[{"start": start, "end": len(raw), "label": "PER", "text": raw[start:]}]),
        encoding="utf-8",
    )
    [article], [] = read_gold(path)
    assert [item.text for item in article.spans] == ["Nguyễn An"]
    path.write_text(
        line(text=raw, spans=[{"start": start, "end": start + 6, "label": "PER"}]), encoding="utf-8"
    )
    with pytest.raises(DataError, match="splits a character"):
        read_gold(path)


def test_no_file_and_no_usable_line(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match="no such file"):
        read_gold(tmp_path / "none.jsonl")
    (tmp_path / "empty.jsonl").write_text("\n")
    with pytest.raises(DataError, match="no usable line"):
        read_gold(tmp_path / "empty.jsonl")


def test_isotonic_points_rise_and_are_drawn_to_the_prior() -> None:
    marks = [(0.2, False)] * 30 + [(0.5, True)] * 10 + [(0.5, False)] * 20 + [(0.9, True)] * 60
    points = isotonic(marks, prior=0.5, weight=2)
    assert points == ((0.2, 0.031), (0.5, 0.344), (0.9, 0.984))
    falling = isotonic([(0.2, True)] * 10 + [(0.9, False)] * 10, prior=0.5, weight=0)
    assert falling == ((0.2, 0.5), (0.9, 0.5))


@settings(max_examples=100, deadline=None)
@given(st.lists(st.tuples(st.floats(0, 1), st.booleans()), min_size=1, max_size=60), st.floats(0, 1))
def test_isotonic_never_falls(marks: list[tuple[float, bool]], prior: float) -> None:
    points = isotonic(marks, prior)
    assert list(points) == sorted(points)
    chances = [chance for _, chance in points]
    assert chances == sorted(chances)
    assert all(0 <= chance <= 1 for chance in chances)


def _said(piece: str, label: str, score: float, source: str = "civic"):
    start = TEXT.index(piece)
    return proposal(TEXT, start, start + len(piece), label, source=source, version="1", rule="r", score=score)


def test_reliability_by_tenths() -> None:
    said = [
        _said("Nguyễn Văn An", "PER", 0.95),
        _said("Phó Chủ tịch", "PER", 0.93),
        _said("UBND", "ORG", 0.2),
    ]
    bins = reliability([gold(*TRUE)], [said])
    assert [(item.low, item.count, item.score, item.right) for item in bins] == [
        (0.2, 1, 0.2, 0.0),
        (0.9, 2, 0.94, 0.5),
    ]
    assert calibration_error(bins) == pytest.approx((0.2 + 2 * 0.44) / 3, abs=1e-4)


def test_trust_is_precision_drawn_to_the_prior() -> None:
    said = {"civic": [[_said("Nguyễn Văn An", "PER", 0.9), _said("Phó Chủ tịch", "PER", 0.9)]]}
    trust = fit_trust([gold(*TRUE)], said, {"civic": ["PER", "ORG"]})
    assert trust == {"civic": {"PER": round((1 + 0.8 * 100) / 102, 3), "ORG": 0.8}}


def test_tables_are_refitted_from_gold_and_read_back(tmp_path: Path) -> None:
    articles, refused = read_gold(GOLD_FILE)
    assert refused == []
    chosen = [article for article in articles if article.part == "write"][:3]
    counts = refit(chosen, tmp_path)
    assert counts == {"articles": 3, "spans": sum(len(article.spans) for article in chosen)}
    found = read_settings(tmp_path)
    assert set(found.trust) == {"civic", "quantities", "gazetteer", "underthesea"}
    assert found.fallback == ("underthesea",)
    assert found.calibration["civic"]["ORG"]
    first = [(tmp_path / name).read_bytes() for name in ("trust.toml", "calibration.toml")]
    refit(chosen, tmp_path)
    assert [(tmp_path / name).read_bytes() for name in ("trust.toml", "calibration.toml")] == first


def test_one_measurement_has_every_system_and_figure() -> None:
    articles, _ = read_gold(GOLD_FILE)
    found = measure(articles[:2], ["quantities", "underthesea"])
    assert list(found.systems) == ["merged", "quantities", "underthesea"]
    assert set(found.systems["quantities"]) == {"numbers", *NUMBERS}
    assert set(found.systems["merged"]["names"]["all"]) == {"exact", "partial"}
    assert set(found.systems["merged"]["names"]) == {"all", "outer", "inner"}
    assert found.confusions
    assert sum(item.count for item in found.reliability) == sum(
        found.systems["merged"][layer]["all"]["exact"].predicted for layer in ("names", "numbers")
    )


def test_the_command_prints_one_object_and_refuses_by_exit_code(tmp_path: Path) -> None:
    path = tmp_path / "gold.jsonl"
    path.write_text(
        line(text="Thu 5 tỷ đồng.", spans=[{"start": 4, "end": 13, "label": "MONEY"}]) + "{\n",
        encoding="utf-8",
    )
    command = [sys.executable, "-m", "vicivic", "evaluate", "--gold", str(path), "--source", "quantities"]
    found = subprocess.run([*command, "--json", "--errors", "5"], capture_output=True, text=True, check=False)
    assert found.returncode == 1
    assert f"{path}:2: " in found.stderr
    body = json.loads(found.stdout)
    assert body["verb"] == "evaluate"
    assert body["counts"] == {"articles": 1, "spans": 1, "refused": 1}
    assert body["rejected"] == 1
    assert body["systems"]["merged"]["MONEY"]["all"]["exact"]["f1"] == 1.0
    Workspace(tmp_path / "work", create=True)
    switch(Workspace(tmp_path / "work"), "quantities:*", off=True, by="curator")
    off = subprocess.run(
        [*command, "--json", "--work", str(tmp_path / "work")], capture_output=True, text=True, check=False
    )
    assert json.loads(off.stdout)["systems"]["merged"]["MONEY"]["all"]["exact"]["f1"] == 0.0
    wrong = subprocess.run([*command, "--part", "nope"], capture_output=True, text=True, check=False)
    assert wrong.returncode == 2
    assert "no article has part 'nope'" in wrong.stderr
