"""Written dates of page metadata → EDTF."""

from __future__ import annotations

import datetime as dt

import pytest
from hypothesis import given
from hypothesis import strategies as st

from corpus.dates import edtf, first_day, full_year, is_day, written_dates


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("Thứ tư,  18/05/2022", ["2022-05-18"]),
        ("Thứ Hai, ngày 06/01/2020 | 08:30", ["2020-01-06"]),
        ("Cập nhật: 18-05-2022 14:05", ["2022-05-18"]),
        ("18.5.2022", ["2022-05-18"]),
        ("2022-05-18T08:30:00+07:00", ["2022-05-18"]),
        ('content="2022/05/18 10:11"', ["2022-05-18"]),
        ("Ngày 18 tháng 5 năm 2022", ["2022-05-18"]),
        ("18 Tháng Năm, 2022", ["2022-05-18"]),
        ("18 tháng mười hai năm 2021", ["2021-12-18"]),
        ("Đăng ngày 3/2/22", ["2022-02-03"]),
        ("date 2023-06", ["2023-06"]),
        ("tháng 6/2023", ["2023-06"]),
        ("số ra tháng 6 năm 2023", ["2023-06"]),
        ("06/2023", ["2023-06"]),
        ("từ 01/7/2021 đến 05/7/2021", ["2021-07-01", "2021-07-05"]),
        ("18/05/2022", ["2022-05-18"]),
    ],
)
def test_page_forms(text: str, expected: list[str]) -> None:
    assert [date.edtf for date in written_dates(text)] == expected


@pytest.mark.parametrize(
    "text",
    [
        "31/02/2022",
        "18/13/2022",
        "00/05/2022",
        "8/8 xã",
        "21/10",
        "0912.05.2022.345",
        "năm 2022",
        "1.234.567",
        "12/2020/NQ-HĐND",
        "",
    ],
)
def test_what_is_no_complete_date(text: str) -> None:
    assert [date for date in written_dates(text) if len(date.edtf) == 10] == []


def test_first_day_passes_over_months() -> None:
    found = first_day("tháng 6/2023 … ngày 07/6/2023")
    assert found is not None
    assert found.edtf == "2023-06-07"
    assert first_day("tháng 6/2023") is None


def test_small_functions() -> None:
    assert [full_year(digits) for digits in ("22", "29", "30", "99", "1986")] == [
        2022,
        2029,
        1930,
        1999,
        1986,
    ]
    assert is_day(None, 2, 29)
    assert not is_day(2021, 2, 29)
    assert edtf(None, 10, 21) == "XXXX-10-21"
    assert edtf(2021, None, 5) == "2021-XX-05"
    assert edtf(2021) == "2021"


@given(st.dates(min_value=dt.date(1800, 1, 1), max_value=dt.date(2099, 12, 31)), st.text(max_size=20))
def test_every_day_is_found_where_it_stands(date: object, before: str) -> None:
    year, month, day = str(date).split("-")
    text = f"{before}\n{int(day)}/{int(month)}/{year}\n"
    last = list(written_dates(text))[-1]
    assert last.edtf == str(date)
    assert text[last.start : last.end] == f"{int(day)}/{int(month)}/{year}"
