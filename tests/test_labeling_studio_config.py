"""The page: every label with a colour and a key that no Vietnamese input method disturbs."""

from __future__ import annotations

from html.parser import HTMLParser
from xml.etree import ElementTree

import msgspec

from labeling.scheme import load_scheme
from labeling.studio.config import KEYMAP, TELEX, VNI, build_config
from labeling.studio.guideline import build_instruction

SCHEME = load_scheme()


def test_every_label_stands_once_with_colour_hotkey_and_hint() -> None:
    tree = ElementTree.fromstring(build_config(SCHEME))
    labels = tree.findall(".//Labels//Label")
    assert [item.get("value") for item in labels] == list(SCHEME.names)
    for item, label in zip(labels, SCHEME.labels, strict=True):
        assert item.get("background") == label.color
        assert item.get("hotkey") == label.hotkey
        assert label.definition_vi in str(item.get("hint"))
    assert len(tree.findall(".//Labels")) == 1  # two controls would let a region carry two labels
    text = tree.find(".//Text")
    assert text is not None
    assert (text.get("value"), text.get("granularity")) == ("$text", "word")


def test_no_label_key_is_touched_by_telex_vni_or_label_studio_itself() -> None:
    own = {"u"}  # region:unselect, where a server keeps Label Studio's own keymap
    for item in (*SCHEME.labels, *SCHEME.reasons):
        letter = item.hotkey.removeprefix("shift+")
        assert len(letter) == 1
        assert letter not in TELEX | VNI | own, item.name
    assert KEYMAP["region:delete"][0] != "backspace"  # input methods send it themselves


def test_every_reason_is_one_key() -> None:
    tree = ElementTree.fromstring(build_config(SCHEME))
    for kind in ("discuss", "reject"):
        choices = tree.findall(f".//Choices[@name='{kind}']/Choice")
        wanted = [(item.name, item.hotkey) for item in SCHEME.reasons if item.kind == kind]
        assert [(item.get("alias"), item.get("hotkey")) for item in choices] == wanted
        assert wanted


def test_the_value_box_belongs_to_numbers_alone() -> None:
    tree = ElementTree.fromstring(build_config(SCHEME))
    (box,) = [view for view in tree.iter("View") if view.get("visibleWhen")]
    assert box.get("visibleWhen") == "region-selected"
    assert set(str(box.get("whenLabelValue")).split(",")) == SCHEME.layer("numbers")
    assert box.find("TextArea[@name='value']") is not None


def test_scheme_texts_are_escaped() -> None:
    label = msgspec.structs.replace(
        SCHEME.labels[0],
        vi='Tên "<người>"',
        definition_vi='<script>alert("&")</script>',
        examples=("<b>[A]</b>",),
        near=("a < b",),
    )
    scheme = msgspec.structs.replace(SCHEME, labels=(label, *SCHEME.labels[1:]))
    found = ElementTree.fromstring(build_config(scheme)).find(".//Labels//Label")
    assert found is not None
    assert found.get("hint") == 'Tên "<người>": <script>alert("&")</script>'
    page = build_instruction(scheme)
    assert "<script" not in page
    assert "&lt;b&gt;[A]&lt;/b&gt;" in page


def test_the_guideline_explains_every_label_and_key() -> None:
    class Words(HTMLParser):
        text = ""

        def handle_data(self, data: str) -> None:
            self.text += data

    words = Words()
    words.feed(build_instruction(SCHEME))
    for label in SCHEME.labels:
        assert label.name in words.text
        assert label.definition_vi in words.text
    assert SCHEME.guideline in words.text
    for item in SCHEME.reasons:
        assert item.vi in words.text
    assert "Delete" in words.text
