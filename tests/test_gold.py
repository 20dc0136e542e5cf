"""The gold articles: sources and JSONL agree, spans obey the scheme, seeds are the seeds."""

import importlib.util
import json
from pathlib import Path
from types import ModuleType

import pytest

from corpus.canonical import canon
from corpus.errors import SpanError
from labeling.scheme import load_scheme
from labeling.span import find_crossing, make_span

GOLD = Path(__file__).parent / "cases" / "gold"
SEEDS = Path(__file__).parent.parent / "seeds"


def _markup() -> ModuleType:
    spec = importlib.util.spec_from_file_location("gold_markup", GOLD / "markup.py")
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


markup = _markup()
ARTICLES = [json.loads(line) for line in (GOLD / "gold.jsonl").read_text(encoding="utf-8").splitlines()]


def test_jsonl_is_what_the_sources_say() -> None:
    assert (GOLD / "gold.jsonl").read_text(encoding="utf-8") == markup.build()


def test_enough_articles_and_a_third_held_out() -> None:
    held = [article for article in ARTICLES if article["part"] == "held"]
    assert len(ARTICLES) >= 25
    assert 0.28 <= len(held) / len(ARTICLES) <= 0.4
    assert len({article["id"] for article in ARTICLES}) == len(ARTICLES)


def test_seeds_are_the_canonical_text_of_their_files() -> None:
    texts = {article["id"]: article["text"] for article in ARTICLES}
    files = sorted(SEEDS.glob("*.txt"))
    assert len(files) == 5
    for path in files:
        assert texts[path.stem] == canon(path.read_text(encoding="utf-8")), path.name


@pytest.mark.parametrize("article", ARTICLES, ids=lambda article: article["id"])
def test_spans_obey_the_scheme(article: dict) -> None:
    known = {label.name for label in load_scheme().labels}
    text = article["text"]
    spans = [make_span(text, span["start"], span["end"], span["label"]) for span in article["spans"]]
    assert spans
    assert {span.label for span in spans} <= known
    assert find_crossing(spans) is None
    assert not any("\n" in span.text for span in spans)
    assert not any(span.text[0] in ".,;:–-)" or span.text[-1] in ",;:(–-" for span in spans)


@pytest.mark.parametrize(
    ("marked", "complaint"),
    [("{X nhầm nhãn}", "no label"), ("thừa}", "never opened"), ("{P thiếu", "never closed")],
)
def test_faulty_markup_is_refused(marked: str, complaint: str) -> None:
    with pytest.raises(ValueError, match=complaint):
        markup.unmark(marked)


def test_crossing_and_white_edges_are_refused() -> None:
    article = {"id": "x", "part": "write", "text": "ông An ", "spans": []}
    with pytest.raises(SpanError, match="white"):
        markup.check(article | {"spans": [{"start": 4, "end": 7, "label": "PER"}]})
    crossing = [{"start": 0, "end": 5, "label": "PER"}, {"start": 4, "end": 6, "label": "LOC"}]
    with pytest.raises(ValueError, match="cross"):
        markup.check(article | {"spans": crossing})


def test_markup_nests() -> None:
    text, spans = markup.unmark("{T Chủ tịch {O UBND {L huyện Lấp Vò}}}")
    assert text == "Chủ tịch UBND huyện Lấp Vò"
    assert [(text[s["start"] : s["end"]], s["label"]) for s in spans] == [
        ("Chủ tịch UBND huyện Lấp Vò", "TITLE"),
        ("UBND huyện Lấp Vò", "ORG"),
        ("huyện Lấp Vò", "LOC"),
    ]
