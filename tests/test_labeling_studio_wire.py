"""Label Studio's JSON and back: what is proposed comes back as it was, what does not fit is refused whole."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from corpus.canonical import canon
from corpus.document import Document
from corpus.errors import BadRecord, StaleAnnotation
from labeling.norm import Norm
from labeling.scheme import load_scheme
from labeling.span import Proposal, Source, make_span, region_id
from labeling.studio.answers import Setting, Terms, read_annotation
from labeling.studio.rounds import Earlier, Round
from labeling.studio.wire import read_shown, task_key, to_prediction, to_task

SCHEME = load_scheme()
READ_AGAIN = Norm(value="1", rule="read.again")
PLAN = Round(
    name="default",
    server="here",
    address="http://here",
    scheme="1",
    guideline="1.1",
    mark="m",
    earlier=(Earlier(until="2026-01-03T00:00:00.000000Z", guideline="1.0"),),
)
SETTING = Setting(
    server="here",
    address="http://here",
    project=7,
    rounds={"default": Terms(plan=PLAN, scheme=SCHEME)},
    emails={1: "lan@example.org", 2: "minh@example.org"},
    value=lambda text, start, end, label, published: READ_AGAIN,
)
TEXT = "🇻🇳 UBND huyện  Sa Thầy chi 5 triệu đồng.\n\n<b>&amp;\u00a0hết</b>"
DOCUMENT = Document(
    id="báo/1", text=TEXT, title='Chi "lớn" <tiền>', published="2022-05-18", source="Báo & Đài"
)


def proposal(document: Document, start: int, end: int, label: str, norm: Norm | None = None) -> Proposal:
    return Proposal(
        span=make_span(document.text, start, end, label, norm),
        sources=(Source("hand", "1", "rule", 0.9),),
        score=0.9,
        region=region_id(document.digest, start, end, label, "m1"),
    )


def exported(document: Document, result: list[dict[str, Any]], **fields: Any) -> tuple[dict[str, Any], Any]:
    """A task and one annotation as the server exports them."""
    annotation = {
        "id": 3,
        "completed_by": 1,
        "updated_by": 2,
        "was_cancelled": False,
        "created_at": "2026-01-02T03:04:05.000001Z",
        "updated_at": "2026-01-02T03:05:05.000001Z",
        "lead_time": 4.5,
        "prediction": {},
        "result": result,
    }
    return {"id": 11, **to_task("default", document)}, annotation | fields


def region(start: int, end: int, label: str, **fields: Any) -> dict[str, Any]:
    value = {"start": start, "end": end, "text": "not to be trusted", "labels": [label]}
    made = {"id": "aaaa", "from_name": "label", "to_name": "text", "type": "labels", "value": value}
    return made | {"origin": "manual"} | fields


def test_a_task_carries_its_document_and_escapes_what_is_shown() -> None:
    data = to_task("default", DOCUMENT)["data"]
    assert data["text"] == TEXT
    assert (data["document"], data["digest"], data["round"]) == (DOCUMENT.id, DOCUMENT.digest, "default")
    assert data["meta"] == "2022-05-18 · Báo &amp; Đài"
    evil = Document(id="x", text="x", url='javascript:alert("x")', source="<script>")
    assert to_task("default", evil)["data"]["meta"] == "&lt;script&gt;"
    link = Document(id="x", text="x", url='https://e.vn/?a="&b')
    assert 'href="https://e.vn/?a=&quot;&amp;b"' in to_task("default", link)["data"]["meta"]


def test_a_key_names_the_round_and_the_revision() -> None:
    other = Document(id=DOCUMENT.id, text=TEXT + "!")
    keys = {task_key("default", DOCUMENT), task_key("second", DOCUMENT), task_key("default", other)}
    assert len(keys) == 3
    assert task_key("default", DOCUMENT) == task_key("default", DOCUMENT)


@given(st.data())
def test_what_is_proposed_comes_back_character_for_character(data: st.DataObject) -> None:
    text = canon(data.draw(st.text(st.characters(codec="utf-8"), min_size=1, max_size=60)))
    words = [place for place, letter in enumerate(text) if letter.strip()]
    if not words:
        return
    document = Document(id="d", text=text)
    spans = []
    for _ in range(data.draw(st.integers(1, 4))):
        start, end = sorted(data.draw(st.tuples(st.sampled_from(words), st.sampled_from(words))))
        norm = data.draw(st.sampled_from([None, Norm(value="5000000", unit="VND", per=("{person}", "a"))]))
        spans.append(proposal(document, start, end + 1, data.draw(st.sampled_from(SCHEME.names)), norm))
    prediction = to_prediction(11, "m1", spans)
    task, raw = exported(document, prediction["result"], prediction=prediction | {"id": 5})
    assert read_shown(text, raw) == ("m1", tuple(spans))
    found = read_annotation(SETTING, task, raw)
    assert sorted((span.start, span.end, span.label, span.text) for span in found.spans) == sorted(
        (item.span.start, item.span.end, item.span.label, item.span.text) for item in spans
    )
    assert all(text[span.start : span.end] == span.text for span in found.spans)


def test_everything_about_an_annotation_is_kept() -> None:
    money = proposal(DOCUMENT, 27, 39, "MONEY", Norm(value="5000000", unit="VND"))
    prediction = to_prediction(11, "m1", [money])
    edited = prediction["result"][0] | {"origin": "prediction", "meta": {"text": ["xem lại"]}}
    name = region(3, 22, "ORG", id="zz", meta={})
    task, raw = exported(DOCUMENT, [edited, name], prediction=prediction, was_cancelled=True)
    found = read_annotation(SETTING, task, raw)
    assert found.key == ("here", 7, 3, "2026-01-02T03:05:05.000001Z")
    assert (found.document, found.digest, found.scheme) == (DOCUMENT.id, DOCUMENT.digest, SCHEME.version)
    assert (found.author, found.editor) == ("lan@example.org", "minh@example.org")
    assert (found.status, found.lead_time, found.merge_version) == ("skipped", 4.5, "m1")
    assert [(span.region, span.origin, span.label) for span in found.spans] == [
        ("zz", "manual", "ORG"),
        (money.region, "prediction", "MONEY"),
    ]
    assert list(found.shown[0]["sources"]) == [
        {"source": "hand", "version": "1", "rule": "rule", "score": 0.9}
    ]
    assert found.note == f"{money.region}: xem lại"
    assert found.guideline == "1.0"  # what the page showed then
    raw["updated_at"] = "2026-01-03T00:00:01.000000Z"
    assert read_annotation(SETTING, task, raw).guideline == "1.1"


def test_the_value_of_an_untouched_number_is_kept_and_of_any_other_read_again() -> None:
    shown = proposal(DOCUMENT, 27, 39, "MONEY", Norm(value="5000000", unit="VND"))
    prediction = to_prediction(11, "m1", [shown])
    untouched = prediction["result"][0]
    moved = untouched | {"value": {"start": 27, "end": 34, "labels": ["MONEY"]}}
    relabelled = untouched | {"value": {"start": 27, "end": 39, "labels": ["QUANTITY"]}}
    named = untouched | {"value": {"start": 27, "end": 39, "labels": ["ORG"]}}
    for result, norm in (
        (untouched, shown.span.norm),
        (moved, READ_AGAIN),
        (relabelled, READ_AGAIN),
        (region(27, 39, "MONEY"), READ_AGAIN),
        (named, None),
    ):
        task, raw = exported(DOCUMENT, [result], prediction=prediction)
        assert read_annotation(SETTING, task, raw).spans[0].norm == norm


def boxed(region_id: str, *lines: str) -> dict[str, Any]:
    value = {"start": 27, "end": 39, "text": list(lines)}
    return {"id": region_id, "from_name": "value", "to_name": "text", "type": "textarea", "value": value}


def test_a_corrected_value_is_parsed_and_kept_as_typed() -> None:
    shown = proposal(DOCUMENT, 27, 39, "MONEY", Norm(value="5000000", unit="VND"))
    prediction = to_prediction(11, "m1", [shown])
    drawn, prefilled = prediction["result"]
    assert prefilled["value"]["text"] == ["5 triệu đồng"]
    corrected = prefilled | {"value": prefilled["value"] | {"text": ["5 triệu đồng", " 6,5  triệu đồng "]}}
    task, raw = exported(DOCUMENT, [drawn, corrected], prediction=prediction)
    (span,) = read_annotation(SETTING, task, raw).spans
    assert span.typed == "6,5 triệu đồng"
    assert span.norm is not None
    assert (span.norm.value, span.norm.unit) == ("6500000", "VND")
    task, raw = exported(DOCUMENT, [drawn, prefilled], prediction=prediction)
    (untouched,) = read_annotation(SETTING, task, raw).spans
    assert (untouched.typed, untouched.norm) == (None, shown.span.norm)
    task, raw = exported(DOCUMENT, [region(27, 39, "MONEY", id="new"), boxed("new", "7 triệu đồng")])
    (added,) = read_annotation(SETTING, task, raw).spans
    assert added.norm is not None
    assert (added.typed, added.norm.value) == ("7 triệu đồng", "7000000")
    task, raw = exported(DOCUMENT, [region(27, 39, "ORG", id="new"), boxed("new", "7 triệu đồng")])
    assert read_annotation(SETTING, task, raw).spans[0].norm is None  # relabelled as a name


def test_a_value_that_does_not_parse_goes_back_to_the_annotator() -> None:
    task, raw = exported(DOCUMENT, [region(27, 39, "MONEY", id="new"), boxed("new", "năm trệu")])
    with pytest.raises(BadRecord, match=r"năm trệu.*write it as in") as refused:
        read_annotation(SETTING, task, raw)
    assert refused.value.code == "bad-value"


def said(name: str, **value: Any) -> dict[str, Any]:
    return {"id": "x", "from_name": name, "to_name": "text", "type": "choices", "value": value}


def test_notes_and_reasons_are_kept() -> None:
    result = [
        said("note", text=["xem lại", "dòng hai"]),
        said("discuss", choices=["unsure", "award"]),
        region(3, 22, "ORG"),
    ]
    task, raw = exported(DOCUMENT, result)
    found = read_annotation(SETTING, task, raw)
    assert (found.note, found.discuss, found.reject) == ("xem lại\ndòng hai", ("award", "unsure"), None)
    assert found.status == "submitted"
    task, raw = exported(DOCUMENT, [said("reject", choices=["garbled"])], was_cancelled=True)
    found = read_annotation(SETTING, task, raw)
    assert (found.status, found.reject) == ("rejected", "garbled")
    task, raw = exported(DOCUMENT, [said("reject", choices=["boring"])])
    with pytest.raises(BadRecord) as refused:
        read_annotation(SETTING, task, raw)
    assert refused.value.code == "unknown-reason"


def test_white_space_at_the_edges_is_trimmed_and_what_was_drawn_is_kept() -> None:
    task, raw = exported(DOCUMENT, [region(2, 23, "ORG"), region(3, 22, "ORG", id="b")])
    trimmed, exact = read_annotation(SETTING, task, raw).spans
    assert (trimmed.start, trimmed.end, trimmed.text) == (3, 22, "UBND huyện  Sa Thầy")
    assert trimmed.drawn == (2, 23)
    assert exact.drawn is None


@pytest.mark.parametrize(
    ("result", "code"),
    [
        (region(0, 500, "ORG"), "bad-span"),
        (region(5, 5, "ORG"), "bad-span"),
        (region(6, 5, "ORG"), "bad-span"),
        (region(-1, 5, "ORG"), "bad-span"),
        (region(True, 5, "ORG"), "bad-span"),
        (region("0", 5, "ORG"), "bad-span"),
        (region(0, 2.0, "ORG"), "bad-span"),
        (region(TEXT.index("\n"), TEXT.index("\n") + 2, "ORG"), "blank-span"),
        (region(0, 2, "CITY"), "unknown-label"),
        (region(0, 2, "ORG") | {"value": {"start": 0, "end": 2, "labels": ["ORG", "LOC"]}}, "many-labels"),
        (region(0, 2, "ORG") | {"value": {"start": 0, "end": 2}}, "many-labels"),
        (region(0, 2, "ORG", from_name="other"), "unknown-control"),
    ],
)
def test_what_does_not_fit_refuses_the_whole_annotation(result: dict[str, Any], code: str) -> None:
    task, raw = exported(DOCUMENT, [region(3, 22, "ORG", id="good"), result])
    with pytest.raises(BadRecord) as refused:
        read_annotation(SETTING, task, raw)
    assert refused.value.code == code


def test_another_text_than_was_pushed_is_stale() -> None:
    task, raw = exported(DOCUMENT, [])
    task["data"]["text"] += "!"
    with pytest.raises(StaleAnnotation, match="push the document again"):
        read_annotation(SETTING, task, raw)


def test_a_relation_that_somebody_drew_costs_nothing() -> None:
    task, raw = exported(DOCUMENT, [region(3, 22, "ORG"), {"type": "relation", "from_id": "a", "to_id": "b"}])
    assert len(read_annotation(SETTING, task, raw).spans) == 1


def test_a_prediction_that_is_not_ours_was_not_shown_by_us() -> None:
    assert read_shown(TEXT, {"prediction": {"model_version": "other", "result": [{}]}}) == (None, ())
    assert read_shown(TEXT, {"prediction": {}}) == (None, ())
    assert read_shown(TEXT, {}) == (None, ())
