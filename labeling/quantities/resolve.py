"""From a date that leaves something unsaid to the full one, by the document's own date.

The reference is a day.  Relative dates count from it.  A day and month without a year fall in the reference's
year, save around New Year (a December day in a January paper is last year's) and for "hôm nay (21/7)", which
can't lie after the paper it stands in.  Nothing is resolved without a reference.
"""

from __future__ import annotations

import calendar
import datetime as dt
import re

from corpus.dates import edtf, is_day

Shift = tuple[str, int]


def parse_reference(text: str) -> dt.date | None:
    """An EDTF date as a day: the first day of a month or year; None when it holds none."""
    match = re.match(r"(\d{4})(?:-(\d\d))?(?:-(\d\d))?(?![\dX])", text)
    if match is None:
        return None
    try:
        return dt.date(int(match[1]), int(match[2] or 1), int(match[3] or 1))
    except ValueError:
        return None


def parse_moment(text: str) -> dt.datetime | None:
    """An EDTF date with its time of day ("2021-07-21T08:30", an offset is left aside), else None."""
    match = re.match(r"(\d{4}-\d\d-\d\d)[T ](\d\d:\d\d(?::\d\d)?)", text)
    try:
        return dt.datetime.fromisoformat(f"{match[1]}T{match[2]}") if match is not None else None
    except ValueError:
        return None


def moment_away(moment: dt.datetime | None, seconds: int) -> str | None:
    """The moment so many seconds later (earlier when negative), to the minute where it has no seconds."""
    if moment is None:
        return None
    try:
        other = moment + dt.timedelta(seconds=seconds)
    except OverflowError:
        return None
    return other.isoformat(timespec="seconds" if other.second else "minutes")


def month_day(reference: dt.date, month: int, day: int | None, *, past: bool = False) -> str | None:
    """A day (or month) without its year → EDTF near the reference; `past`: not after it."""
    year = reference.year
    if past:
        year -= (month, day or 1) > (reference.month, reference.day)
    elif reference.month <= 2 and month >= 11:
        year -= 1
    elif reference.month >= 11 and month <= 2:
        year += 1
    if day is None:
        return edtf(year, month)
    return edtf(year, month, day) if is_day(year, month, day) else None


def shifted(reference: dt.date, unit: str, count: int) -> str:
    """`count` days, weeks, months, quarters or years from the reference, at the unit's own precision."""
    if unit == "d":
        return (reference + dt.timedelta(days=count)).isoformat()
    if unit == "wk":
        year, week, _ = (reference + dt.timedelta(weeks=count)).isocalendar()
        return f"{year}-W{week:02d}"
    if unit == "mo":
        year, month = add_months(reference.year, reference.month, count)
        return edtf(year, month)
    if unit == "q":
        index = reference.year * 4 + (reference.month - 1) // 3 + count
        return f"{index // 4:04d}-{33 + index % 4}"
    return edtf(reference.year + count)


def add_months(year: int, month: int, count: int) -> tuple[int, int]:
    index = year * 12 + month - 1 + count
    return index // 12, index % 12 + 1


def moved_day(reference: dt.date, unit: str, count: int) -> dt.date:
    """The day that lies `count` units away, the day of the month kept where it exists."""
    if unit in ("d", "wk"):
        return reference + dt.timedelta(days=count * (7 if unit == "wk" else 1))
    months = count * {"mo": 1, "q": 3, "a": 12}[unit]
    year, month = add_months(reference.year, reference.month, months)
    return dt.date(year, month, min(reference.day, calendar.monthrange(year, month)[1]))


def ago(reference: dt.date, unit: str, count: int) -> str:
    """ "3 ngày trước", "2 năm nữa": a point `count` units away, a year or month away at that precision."""
    if unit in ("d", "wk"):
        return moved_day(reference, unit, count).isoformat()
    if unit in ("mo", "q"):
        return moved_day(reference, unit, count).isoformat()[:7]
    return edtf(reference.year + count)


def span(reference: dt.date, unit: str, count: int) -> str:
    """ "3 năm qua" (count -3), "5 ngày tới" (count 5): the interval that ends or begins at the reference."""
    other = moved_day(reference, unit, count)
    low, high = sorted((reference, other))
    return f"{low.isoformat()}/{high.isoformat()}"


def weekday(reference: dt.date, day: int, week: int | None) -> str:
    """A weekday (Monday 1 … Sunday 7) of the week `week` weeks away, or the next one from the reference
    on.
    """
    if week is None:
        return (reference + dt.timedelta(days=(day - reference.isoweekday()) % 7)).isoformat()
    monday = reference - dt.timedelta(days=reference.isoweekday() - 1)
    return (monday + dt.timedelta(weeks=week, days=day - 1)).isoformat()
