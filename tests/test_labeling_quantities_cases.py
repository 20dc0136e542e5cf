"""The cases files are the specification of the recogniser: value first, then forms, then what must not match."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

import pytest

from labeling.quantities import Quantity, core, find, format_norm

CASES = Path(__file__).parent / "cases" / "quantities"
KINDS = ("percent", "money", "quantity", "cardinal", "ordinal", "ratio", "date", "time", "duration")
_HEAD = re.compile(r"= ([A-Z]+) (.+?)(?: @(\S+))?(?: -> (\S+))?")


class Case(NamedTuple):
    file: str
    line: int
    label: str | None  # None: a negative
    value: str
    reference: str | None
    resolved: str | None
    text: str
    start: int
    end: int
    alone: bool


def read_cases(path: Path) -> Iterator[Case]:
    head: tuple[str | None, str, str | None, str | None] | None = None
    for number, raw in enumerate(path.read_text(encoding="utf-8").split("\n"), 1):
        line = raw.strip("\r\n")
        if not line or line.startswith("# "):
            continue
        if line.startswith("! "):
            head = (None, line[2:], None, None)
        elif line.startswith("= "):
            match = _HEAD.fullmatch(line)
            assert match, f"{path.name}:{number}: {line}"
            head = (match[1], match[2], match[3], match[4])
        else:
            assert head is not None, f"{path.name}:{number} has no value above it"
            match = re.search(r"\[([^\[\]]+)\]", line)
            text = line if match is None else line.replace("[", "", 1).replace("]", "", 1)
            start, end = (0, len(text)) if match is None else (match.start(), match.end() - 2)
            yield Case(path.name, number, *head, text, start, end, match is None)


ALL = [case for path in sorted(CASES.glob("*.txt")) if path.stem != "news" for case in read_cases(path)]
POSITIVE = [case for case in ALL if case.label is not None]
NEGATIVE = [case for case in ALL if case.label is None]


def problem(case: Case) -> str | None:
    """Why a case fails, or None."""
    found = find(case.text, case.reference)
    near = (
        found if case.alone else [q for q in found if q.extent.start < case.end and case.start < q.extent.end]
    )
    if case.label is None:
        return None if not near else f"reads {[shown(q, case.text) for q in near]}"
    if len(near) != 1:
        return f"reads {[shown(q, case.text) for q in found]}"
    quantity = near[0]
    if (quantity.extent.start, quantity.extent.end, quantity.label) != (case.start, case.end, case.label):
        return f"reads {shown(quantity, case.text)}"
    norm = core(quantity.norm)
    line = format_norm(norm)
    if "{" not in case.value and norm.noun is not None and norm.unit is None:
        line = line.replace(f" {{{norm.noun}}}", "")
    line = line.removesuffix(" {}")
    expected = case.value
    if norm.numerator is None and re.fullmatch(r"[a-z]+:\?", expected):
        line = f"{norm.mod}:?" if line == "?" else line
    if line != expected:
        return f"value {line}"
    if case.resolved is not None and quantity.norm.resolved != case.resolved:
        return f"resolved {quantity.norm.resolved}"
    return None


def shown(quantity: Quantity, text: str) -> str:
    return f"{quantity.label} [{quantity.extent.slice(text)}] {format_norm(quantity.norm)} ({quantity.rule})"


@pytest.mark.parametrize("kind", [*KINDS, "not"])
def test_every_form_of_a_kind_has_its_span_and_value(kind: str) -> None:
    cases = [case for case in ALL if case.file == f"{kind}.txt"]
    assert cases
    failed = [
        f"{c.file}:{c.line} {c.text!r} = {c.label} {c.value}: {why}" for c in cases if (why := problem(c))
    ]
    assert not failed, "\n".join(failed)


def test_there_are_enough_cases() -> None:
    assert len(ALL) >= 1500
    assert len(NEGATIVE) >= 400
    assert len({(case.text, case.start, case.reference) for case in ALL}) >= 1500


def test_the_runner_notices_a_wrong_value_span_and_label() -> None:
    right = next(read_cases(CASES / "percent.txt"))
    assert problem(right) is None
    for wrong in (
        right._replace(value="6 %"),
        right._replace(end=right.end - 1),
        right._replace(label="MONEY"),
        right._replace(label=None),
    ):
        assert problem(wrong) is not None
