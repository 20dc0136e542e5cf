"""What annotators do all day, in a real browser: every action, and that input methods harm nothing."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from corpus.store import Workspace
from labeling.scheme import load_scheme
from labeling.span import Annotation
from labeling.studio.client import Studio
from tests.desk import Desk
from tests.workbench import TEXTS, Site, merged

SCHEME = load_scheme()
PLAIN, HARD = TEXTS["plain"], TEXTS["hard"]


@pytest.fixture
def site(tmp_path: Path, studio: Studio) -> Site:
    site = Site(Workspace(tmp_path / "work", create=True), studio)
    site.push(merged())
    return site


@pytest.fixture
def desk(site: Site, page: Any) -> Desk:
    return Desk(page, site.studio.address, site.project)


def pulled(site: Site) -> Annotation:
    """The one annotation that was made."""
    site.pull()
    return site.events()[-1]


def spans(said: Annotation) -> list[tuple[str, str]]:
    return [(span.text, span.label) for span in said.spans]


def at(text: str, part: str) -> tuple[int, int]:
    return text.index(part), text.index(part) + len(part)


def test_accept_all_is_one_action(site: Site, desk: Desk) -> None:
    desk.open(site.task("hard"))
    desk.submit()
    said = pulled(site)
    assert spans(said) == [("Ya Tăng", "LOC"), ("63,4 triệu đồng/người/năm", "MONEY")]
    assert {span.origin for span in said.spans} == {"prediction"}
    assert said.lead_time is not None
    assert [span.region for span in said.spans] == [item["region"] for item in said.shown]


def test_add_nested_undo_and_a_three_layer_office(site: Site, desk: Desk) -> None:
    desk.open(site.task("plain"))
    before = desk.regions()
    desk.label(SCHEME["TITLE"].hotkey)
    desk.drag(*at(PLAIN, "công tác UBND huyện Sa Thầy"))
    assert len(desk.regions()) == len(before) + 1
    desk.key("Control+z")
    assert desk.regions() == before
    desk.label(SCHEME["TITLE"].hotkey)
    desk.drag(*at(PLAIN, "công tác UBND huyện Sa Thầy"))
    desk.submit()
    assert spans(pulled(site)) == [
        ("công tác UBND huyện Sa Thầy", "TITLE"),
        ("UBND huyện Sa Thầy", "ORG"),
        ("huyện Sa Thầy", "LOC"),
        ("Ya Tăng", "LOC"),
    ]


def test_an_edge_is_moved_of_a_nested_span_and_at_the_texts_end(site: Site, desk: Desk) -> None:
    desk.open(site.task("plain"))
    desk.select(*at(PLAIN, "huyện Sa Thầy"))
    desk.move_edge("left", PLAIN.index("Sa Thầy"))
    desk.key("Escape")
    desk.select(*at(PLAIN, "Ya Tăng"))
    desk.move_edge("left", PLAIN.index("xã Ya"))
    desk.key("Escape")
    desk.submit()
    said = pulled(site)
    assert spans(said) == [("UBND huyện Sa Thầy", "ORG"), ("Sa Thầy", "LOC"), ("xã Ya Tăng", "LOC")]
    assert {span.region for span in said.spans} == {item["region"] for item in said.shown}


def test_half_a_word_is_completed_and_the_text_end_is_reached(site: Site, desk: Desk) -> None:
    desk.open(site.task("empty"))
    text = TEXTS["empty"]
    desk.label(SCHEME["LOC"].hotkey)
    desk.drag(len(text) - 4, len(text) - 1)
    desk.label(SCHEME["ORG"].hotkey)
    desk.drag(1, 7)
    desk.submit()
    assert spans(pulled(site)) == [("Không có", "ORG"), ("đây", "LOC")]


def test_what_is_marked_in_hard_text_comes_back_character_for_character(site: Site, desk: Desk) -> None:
    desk.open(site.task("hard"))
    for part in ("👩‍🌾 Hội  nghị", "<b>UBND</b> &amp; xã\u00a0Ya Tăng\n\n\nchi", "\\n hết"):
        desk.label(SCHEME["EVENT"].hotkey)
        desk.drag(*at(HARD, part))
    desk.submit()
    drawn = [span for span in pulled(site).spans if span.origin == "manual"]
    assert all(HARD[span.start : span.end] == span.text for span in drawn)
    found = [span.text for span in drawn]
    assert "Hội  nghị" in found[0]
    assert found[1] == "<b>UBND</b> &amp; xã\u00a0Ya Tăng\n\n\nchi"
    assert found[2].endswith("n hết")


def test_a_value_is_corrected_in_ordinary_vietnamese(site: Site, desk: Desk) -> None:
    desk.open(site.task("hard"))
    desk.select(*at(HARD, "63,4 triệu đồng/người/năm"))
    assert desk.value() == "63,4 triệu đồng/người/năm"
    desk.correct("64,3 triệu đồng/người/năm")
    desk.key("Escape")
    desk.select(*at(HARD, "Ya Tăng"))
    assert desk.value() is None  # the box belongs to numbers alone
    desk.submit()
    said = pulled(site)
    assert spans(said) == [("Ya Tăng", "LOC"), ("63,4 triệu đồng/người/năm", "MONEY")]
    money = said.spans[1]
    assert money.typed == "64,3 triệu đồng/người/năm"
    assert money.norm is not None
    assert (money.norm.value, money.norm.unit, money.norm.per) == ("64300000", "VND", ("{person}", "a"))


def test_a_value_that_nobody_can_read_is_set_aside_by_name(site: Site, desk: Desk) -> None:
    desk.open(site.task("hard"))
    desk.select(*at(HARD, "63,4 triệu đồng/người/năm"))
    desk.correct("nhiều lắm")
    desk.submit()
    done = site.pull()
    assert [item["code"] for item in done.refused] == ["bad-value"]
    assert "nhiều lắm" in done.refused[0]["message"]
    assert done.refused[0]["author"] == "admin@vicivic.local"
    assert done.refused[0]["link"].endswith(f"/projects/{site.project}/data?task={site.task('hard')}")


def test_note_discuss_and_reject(site: Site, desk: Desk) -> None:
    reasons = {item.name: item.hotkey for item in SCHEME.reasons}
    desk.open(site.task("plain"))
    desk.label(reasons["award"])
    desk.label(reasons["unsure"])
    desk.note("hỏi lại chị Lan")
    desk.submit()
    said = pulled(site)
    assert (said.status, said.discuss, said.note) == ("submitted", ("award", "unsure"), "hỏi lại chị Lan")
    desk.open(site.task("crowd"))
    desk.label(reasons["garbled"])
    desk.submit()
    said = pulled(site)
    assert (said.document, said.status, said.reject) == ("crowd", "rejected", "garbled")


def test_skip_keeps_what_was_done(site: Site, desk: Desk) -> None:
    desk.start()
    desk.select(*at(PLAIN, "Ya Tăng"))
    desk.key("Delete")
    desk.skip()
    said = pulled(site)
    assert (said.document, said.status) == ("plain", "skipped")
    assert spans(said) == [("UBND huyện Sa Thầy", "ORG"), ("huyện Sa Thầy", "LOC")]


@pytest.mark.parametrize(
    "method",
    [
        [*(letter for letter in "adefjorswxz"), *"AWED"],  # Telex
        list("0123456789"),  # VNI
    ],
)
def test_input_methods_delete_nothing_and_change_no_label(site: Site, desk: Desk, method: list[str]) -> None:
    """An input method lets the key through, takes it back with Backspaces, and types the composed letter."""
    desk.open(site.task("plain"))
    before = desk.regions()
    assert before
    desk.select(*at(PLAIN, "Ya Tăng"))
    for letter in method:
        desk.page.keyboard.press(letter)
        desk.page.keyboard.press("Backspace")
        desk.page.keyboard.press("Backspace")
        desk.page.keyboard.insert_text("ạ")
    for letter in method:  # one that composes in place: key code 229 and composition events
        desk.compose(letter, "ạ")
    for switch in ("Control+Space", "Control+Shift", "Alt+z"):
        desk.page.keyboard.press(switch)
    desk.page.wait_for_timeout(300)
    assert desk.regions() == before
    desk.submit()
    said = pulled(site)
    assert {span.origin for span in said.spans} == {"prediction"}
    assert said.status == "submitted"


def test_every_label_key_relabels_and_none_is_taken_by_the_editor(site: Site, desk: Desk) -> None:
    desk.open(site.task("crowd"))
    edges = at(TEXTS["crowd"], "Năm 2021")
    desk.select(*edges)
    for label in (*SCHEME.labels, SCHEME["DATE"]):
        desk.label(label.hotkey)
        assert [item["label"] for item in desk.regions()] == [label.name]
