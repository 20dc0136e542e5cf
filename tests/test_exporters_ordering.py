"""Rows in the order of their ids, through any number of runs on disk."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from exporters import ordering
from exporters.ordering import in_order

rows = st.lists(
    st.tuples(st.text("ab/đ😀\x00\n", max_size=3), st.sampled_from("xy"), st.text(max_size=5)), max_size=40
)


@given(rows, st.integers(1, 30))
def test_rows_come_sorted_and_equal_ones_as_given(tmp_path_factory, given_rows, run):
    folder = tmp_path_factory.mktemp("runs")
    before = ordering.RUN
    ordering.RUN = run
    try:
        found = list(in_order(iter(given_rows), folder / "sort"))
    finally:
        ordering.RUN = before
    assert found == sorted(given_rows, key=lambda row: row[:2])  # sorted() keeps the order of equal keys
    assert not list(folder.rglob("run-*"))


def test_rows_that_fit_need_no_disk(tmp_path):
    assert list(in_order([("b", "x", "1"), ("a", "x", "2")], tmp_path / "sort")) == [
        ("a", "x", "2"),
        ("b", "x", "1"),
    ]
    assert not (tmp_path / "sort").exists()


def test_a_full_disk_is_no_half_answer(tmp_path, monkeypatch):
    monkeypatch.setattr(ordering, "RUN", 1)
    (tmp_path / "sort").write_text("a file where the folder should be")
    with pytest.raises(OSError, match="sort"):
        list(in_order([("b", "x", "1"), ("a", "x", "2")], tmp_path / "sort"))
