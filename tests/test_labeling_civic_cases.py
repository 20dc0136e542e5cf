"""The cases of tests/cases/civic: structure first, then surface forms, then what must not match."""

import importlib.util
from collections.abc import Iterator
from functools import cache
from pathlib import Path
from types import ModuleType

import pytest

from corpus.document import Document
from labeling.preannotators.civic import Civic

HERE = Path(__file__).parent / "cases"
KINDS = {
    "persons": "PER",
    "places": "LOC",
    "bodies": "ORG",
    "offices": "TITLE",
    "events": "EVENT",
    "laws": "LAW",
    "programmes": "PROGRAM",
    "memory": "PER",
}


def _markup() -> ModuleType:
    spec = importlib.util.spec_from_file_location("gold_markup", HERE / "gold" / "markup.py")
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


markup = _markup()


@cache
def source() -> Civic:
    return Civic()


def cases(kind: str) -> Iterator[tuple[str, str]]:
    """(structure, marked text) of a cases file; structure "!!" where nothing of the kind stands."""
    structure = ""
    for line in (HERE / "civic" / f"{kind}.txt").read_text(encoding="utf-8").splitlines():
        if line.startswith("== "):
            structure = line.removeprefix("== ")
        elif line == "!!":
            structure = "!!"
        elif line and not line.startswith("#"):
            yield structure, line.replace("¶", "\n")


def structure_of(spans: list[dict]) -> str:
    """ "ORG(PROGRAM LOC)" for the spans, in order, of one outermost name."""
    first, inside = spans[0], [span for span in spans[1:] if span["end"] <= spans[0]["end"]]
    parts: list[str] = []
    while inside:
        group = [span for span in inside if span["end"] <= inside[0]["end"]]
        parts.append(structure_of(group))
        inside = inside[len(group) :]
    return first["label"] + (f"({' '.join(parts)})" if parts else "")


ALL = [(kind, structure, marked) for kind in KINDS for structure, marked in cases(kind)]


@pytest.mark.parametrize(("kind", "structure", "marked"), ALL, ids=lambda value: value[:40])
def test_case(kind: str, structure: str, marked: str) -> None:
    text, spans = markup.unmark(marked)
    expected = {(span["start"], span["end"], span["label"]) for span in spans}
    if structure == "!!":
        assert KINDS[kind] not in {label for _, _, label in expected} or kind in ("memory", "persons")
    else:
        label = structure.partition("(")[0]
        named = [span for span in spans if span["label"] == label]
        assert structure_of([span for span in spans if span["start"] >= named[0]["start"]]) == structure
    got = {
        (p.span.start, p.span.end, p.span.label) for p in source().propose([Document(id="x", text=text)])[0]
    }
    assert {(text[a:b], label) for a, b, label in got} == {(text[a:b], label) for a, b, label in expected}
    assert got == expected
