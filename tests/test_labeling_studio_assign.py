"""Rounds are shared out evenly, reproducibly, and only grow."""

from __future__ import annotations

from collections import Counter

import pytest
from hypothesis import given
from hypothesis import strategies as st

from corpus.errors import UsageError
from labeling.studio.assign import Shares, assign


@st.composite
def shares(draw: st.DrawFn) -> Shares:
    names = tuple(f"{name}@e.vn" for name in "abcde"[: draw(st.integers(1, 5))])
    return Shares(
        annotators=names,
        overlap=draw(st.integers(1, len(names))),
        blind=draw(st.sampled_from([0.0, 0.05, 0.1, 0.3, 0.5, 1.0])),
        seed=draw(st.integers(0, 9)),
    )


def documents(count: int) -> list[tuple[str, str]]:
    return [(f"doc-{number}", f"digest-{number}") for number in range(count)]


@given(shares(), st.integers(0, 80))
def test_every_document_goes_to_as_many_annotators_as_asked_and_loads_differ_by_one(
    wanted: Shares, count: int
) -> None:
    plan = assign(documents(count), wanted)
    by_document: dict[str, set[str]] = {}
    for item in plan:
        by_document.setdefault(item.document, set()).add(item.annotator)
    assert len(plan) == count * wanted.overlap
    assert {len(names) for names in by_document.values()} <= {wanted.overlap}
    loads = Counter(item.annotator for item in plan)
    assert max(loads.values(), default=0) - min((loads[name] for name in wanted.annotators), default=0) <= 1


@given(shares(), st.integers(0, 200))
def test_the_blind_share_of_each_annotator_is_kept(wanted: Shares, count: int) -> None:
    plan = assign(documents(count), wanted)
    for name in wanted.annotators:
        mine = [item.blind for item in plan if item.annotator == name]
        assert abs(sum(mine) - len(mine) * wanted.blind) <= 1 + wanted.blind + 1e-9


@given(shares(), st.integers(0, 60), st.integers(0, 60))
def test_topping_up_keeps_what_was_planned_and_equals_planning_at_once(
    wanted: Shares, first: int, more: int
) -> None:
    begun = assign(documents(first), wanted)
    rest = assign(documents(first + more), wanted, begun)
    assert begun + rest == assign(documents(first + more), wanted)
    assert assign(documents(first), wanted, begun) == []


def test_another_seed_shares_out_otherwise() -> None:
    names = ("a@e.vn", "b@e.vn", "c@e.vn")
    plans = {tuple(assign(documents(30), Shares(annotators=names, seed=seed))) for seed in range(5)}
    assert len(plans) == 5


@pytest.mark.parametrize(
    ("fields", "word"),
    [
        ({"annotators": ()}, "annotators"),
        ({"annotators": ("a", "a")}, "once"),
        ({"annotators": ("a", "b"), "overlap": 3}, "overlap"),
        ({"annotators": ("a",), "overlap": 0}, "overlap"),
        ({"annotators": ("a",), "blind": 1.5}, "blind"),
    ],
)
def test_wrong_shares_are_named(fields: dict[str, object], word: str) -> None:
    with pytest.raises(UsageError, match=word):
        Shares(**fields)  # type: ignore[arg-type]
