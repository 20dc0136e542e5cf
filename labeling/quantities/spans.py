"""Two or more dates as one: ranges, lists that share a month, a night between two days, "từ nay đến"."""

from __future__ import annotations

import datetime as dt
import re

from corpus.dates import edtf, is_day
from labeling.norm import Mod, Norm
from labeling.quantities.cues import word_ends_at
from labeling.quantities.heads import EDGE, one, second_writing
from labeling.quantities.model import Reading
from labeling.quantities.points import Point, cued_day
from labeling.quantities.source import Source

_YEAR_END = re.compile(r"(?:hết|cuối) +(?:năm|tháng|nhiệm kỳ|quý)(?!\w)")


_LAST_UNIT = re.compile(r"(?:tháng +)?(\d{1,2}|[ivx]+)(?!\w)(?!\.\d)")


_RANGE = re.compile(r" *- *| +(?:cho +)?(?:đến|tới) +(hết +)?(?:ngày +)?| +(?:-|->) +")


_NOW = re.compile(r" +(?:cho +)?(?:đến|tới) +(?:hiện +)?nay(?!\w)")


_FROM_NOW = re.compile(r"từ +nay +(?:cho +)?(?:đến|tới) +")


_NIGHT = re.compile(
    r"(?:đêm|tối) +(?:ngày +)?(\d{1,2})(?:/(\d{1,2}))? *,? *(?:đến +)?rạng +(?:sáng +)?(?:ngày +)?"
)


_EDGES: dict[str, Mod] = {"đầu": "start", "giữa": "mid", "cuối": "end"}


def date_norm(point: Point, source: Source, **fields: object) -> Norm:
    written = source.low[point.start : point.end]
    edge = EDGE.match(written)
    mod: Mod | None = None
    cue = None
    if edge is not None and point.rule != "date.half":
        cue, mod = edge[1], _EDGES.get(edge[1])
    resolved = point.resolved
    values: dict[str, object] = {
        "edtf": point.edtf, "resolved": resolved,
        "resolved_from": "document" if resolved else None, "mod": mod,
        "cue": cue, "calendar": "lunar" if point.lunar else None, "lunar": point.lunar,
        "numeral": "arabic" if any(letter.isdigit() for letter in written) else "words", "rule": point.rule,
    }  # fmt: skip
    return Norm(**(values | fields))  # type: ignore[arg-type]


def from_start(source: Source, at: int) -> int:
    """The start of a "từ" (or "kể từ") before a two-sided range."""
    found = word_ends_at(source, at, "từ")
    if found is None:
        return at
    return found


def ranged(source: Source, first: Point) -> Reading | None:
    """ "từ ngày 1/7 đến hết ngày 5/7", "03/02/1930 - 03/02/2020", "từ năm 2020 đến nay", "từ 15 - 20/7"."""
    low = source.low
    now = _NOW.match(low, first.end)
    if now is not None and word_ends_at(source, first.start, "từ") is not None:
        start = from_start(source, first.start)
        resolved = None
        if (
            source.reference is not None
            and (first.edtf or first.resolved)
            and "/" not in (first.resolved or first.edtf or "")
        ):
            resolved = f"{first.resolved or first.edtf}/{source.reference.isoformat()}"
        value = f"{first.edtf}/.." if first.edtf and "/" not in first.edtf else None
        norm = date_norm(
            first,
            source,
            edtf=value,
            resolved=resolved,
            resolved_from="document" if resolved else None,
            rule="date.until_now",
        )
        return Reading(start, now.end(), "DATE", norm, 0.93)
    joint = _RANGE.match(low, first.end)
    if joint is None:
        return None
    second = one(source, joint.end())
    if second is None or (first.lunar is not None and second.lunar is None):
        return None
    if second.lunar is not None:
        return _lunar_range(source, first, second)
    dashed = "-" in joint[0]
    if not _may_range(first, second, dashed=dashed):
        return None
    return _joined(source, first, second, cue="hết" if joint[1] else None)


def _lunar_range(source: Source, first: Point, second: Point) -> Reading | None:
    """ "từ mùng 9 đến mùng 11 tháng 3 âm lịch": both days are lunar."""
    if (
        first.grain != "day"
        or first.day is None
        or (first.month not in (None, second.month) and first.lunar is None)
    ):
        return None
    low = first.lunar or edtf(second.year, second.month, first.day)
    norm = date_norm(
        second,
        source,
        edtf=None,
        lunar=f"{low}/{second.lunar}",
        resolved=None,
        resolved_from=None,
        rule="date.lunar.range",
    )
    whole = second_writing(source, second)
    return Reading(from_start(source, first.start), whole.end, "DATE", norm, 0.9)


def _may_range(first: Point, second: Point, *, dashed: bool) -> bool:
    grains = {first.grain, second.grain}
    if "relative" in grains or "weekday" in grains:
        return first.grain == second.grain and (not dashed or first.grain == "weekday")
    if grains <= {"day", "month", "quarter", "year"} and (first.grain == second.grain or not dashed):
        return not (first.year and second.year and first.year > second.year)
    return first.grain == second.grain == "half"


def _joined(source: Source, first: Point, second: Point, cue: str | None) -> Reading | None:
    year = first.year if first.year is not None else second.year
    month = first.month if first.month is not None else second.month
    if first.grain == "day" and second.grain == "day" and first.month is None and second.month is None:
        month = None
    if first.grain in ("relative", "weekday"):
        norm = date_norm(first, source, edtf=None, rule="date.range.relative")
        if first.resolved and second.resolved and "/" not in first.resolved + second.resolved:
            last = second.resolved
            if first.grain == "weekday" and last < first.resolved and source.reference is not None:
                last = (dt.date.fromisoformat(last) + dt.timedelta(weeks=1)).isoformat()
            norm = date_norm(first, source, resolved=f"{first.resolved}/{last}", rule="date.range.relative")
        return Reading(
            from_start(source, first.start), second.end, "DATE", norm, min(first.score, second.score)
        )
    if first.grain in ("year", "quarter", "half", "term", "century", "decade"):
        low = (
            first.edtf
            if first.grain != "quarter" or first.year
            else f"{edtf(year)}-{32 + (first.month or 1)}"
        )
    elif first.grain == "month":
        low = edtf(year, month)
    else:
        if (
            year is not None
            and first.year is None
            and second.year == year
            and second.month
            and month
            and month > second.month
        ):
            year -= 1
        if first.day is not None and month is not None and not is_day(year, month, first.day):
            return None
        low = edtf(year, month, first.day)
    value = f"{low}/{second.edtf}" if low and second.edtf and "/" not in low + second.edtf else None
    resolved = _resolved_range(source, low, second)
    norm = date_norm(
        first, source, edtf=value, resolved=resolved, resolved_from="document" if resolved else None, cue=cue,
        rule="date.range", mod=None,
    )  # fmt: skip
    return Reading(from_start(source, first.start), second.end, "DATE", norm, 0.95)


def _resolved_range(source: Source, low: str | None, second: Point) -> str | None:
    if source.reference is None or low is None or not low.startswith("XXXX") or second.resolved is None:
        return None
    year = second.resolved[:4]
    start = year + low[4:]
    return f"{start}/{second.resolved}" if "X" not in start else None


_SINCE = re.compile(
    r"từ +(?:đầu|giữa|cuối) +(năm|tháng|nhiệm kỳ|quý|năm học) +(?:cho +)?(?:đến|tới) +(?:hiện +)?nay(?!\w)"
)


def _since(source: Source, at: int) -> Reading | None:
    """ "từ đầu năm đến nay": two-sided, so a date; it begins with the reference's own year or month."""
    match = _SINCE.match(source.low, at)
    if match is None:
        return None
    resolved = None
    if source.reference is not None and match[1] in ("năm", "tháng") and " đầu " in match[0]:
        first = source.reference.replace(day=1)
        first = first.replace(month=1) if match[1] == "năm" else first
        resolved = f"{first.isoformat()}/{source.reference.isoformat()}"
    norm = Norm(
        resolved=resolved, resolved_from="document" if resolved else None, numeral="words", rule="date.since"
    )
    return Reading(at, match.end(), "DATE", norm, 0.9)


def from_now(source: Source, at: int) -> Reading | None:
    """ "từ nay đến hết nhiệm kỳ 2020-2025", "từ nay đến cuối năm": one date, open at its start."""
    match = _FROM_NOW.match(source.low, at)
    if match is None:
        return _since(source, at)
    second = one(source, match.end())
    if second is None:
        year = _YEAR_END.match(source.low, match.end())
        if year is None:
            return None
        second = Point(match.end(), year.end(), None, "relative", score=0.85)
    until = second.edtf.split("/")[-1] if second.edtf else None
    resolved = None
    if source.reference is not None and (until or second.resolved):
        last = (second.resolved or until or "").split("/")[-1]
        resolved = f"{source.reference.isoformat()}/{last}" if "X" not in last else None
    norm = date_norm(
        second._replace(start=at), source, edtf=(
            f"/{until}"
        ) if until else None, resolved=resolved, cue=None, mod=None,
        resolved_from="document" if resolved else None, rule="date.from_now",
    )  # fmt: skip
    return Reading(at, second.end, "DATE", norm, 0.95)


def night(source: Source, at: int) -> Reading | None:
    """ "đêm 3 rạng sáng 4/8": two neighbouring days as one date."""
    match = _NIGHT.match(source.low, at)
    second = one(source, match.end()) if match is not None else None
    if match is None or second is None or second.grain != "day" or second.day is None:
        return None
    month = int(match[2]) if match[2] else second.month
    if second.month is not None and month == second.month and int(match[1]) > second.day:
        month = (second.month - 2) % 12 + 1
    value = f"{edtf(second.year, month, int(match[1]))}/{second.edtf}"
    resolved = _resolved_range(source, edtf(second.year, month, int(match[1])), second)
    norm = date_norm(
        second._replace(start=at), source, edtf=value, rule="date.night", resolved=resolved,
        resolved_from="document" if resolved else None,
    )  # fmt: skip
    return Reading(at, second.end, "DATE", norm, 0.95)


_LIST_HEAD = re.compile(
    r"(?:(?:đầu giờ +)?(?:sáng|chiều|tối|đêm|trưa) +)?(?:trong +)?(?:(?:các|hai|2|3|ba) +)?"
    r"(?:(ngày|tháng|quý|sáng|chiều|tối|đêm) +)?((?:(?:mùng|mồng) +)?(?:\d{1,2}|[ivx]{1,3}"
    r"(?!\w))(?:(?: *, *| +và +(?:ngày +)?| *- *| *& *| +đến +(?:ngày +)?)(?:(?:mùng|mồng)"
    r" +)?(?:\d{1,2}|[ivx]{1,3}(?!\w))){0,8})(?: *, *| +và +(?:ngày +)?| *- *| *& *| +đến +"
    r"(?:hết +)?(?:ngày +)?)(?=\d|[ivx]|mùng|mồng|tháng)"
)


def listed(source: Source, at: int) -> Reading | None:
    """ "ngày 21, 22/7", "các ngày 5, 6 và 7/8/2021", "15 - 20/7", "tháng 3, 4/2021", "quý I, II/2021"."""
    match = _LIST_HEAD.match(source.low, at)
    if match is None:
        return None
    numbers = re.findall(r"\d{1,2}|[ivx]+(?!\w)", match[2])
    unit = match[1]
    dashes = "-" in match[0] or " đến " in match[0]
    if unit in ("tháng", "quý"):
        return _listed_units(source, at, match, unit, numbers)
    second = one(source, match.end())
    if (
        second is None
        or second.grain != "day"
        or second.month is None
        or second.day is None
        or not all(n.isdigit() for n in numbers)
    ):
        return None
    days = [int(number) for number in numbers]
    if second.lunar is not None:
        return _lunar_list(source, at, second, days)
    if unit is None and not (
        cued_day(source, at)
        or second.score > 0.9
        or (dashes and second.rule in ("date.dm", "date.dmy"))
        or word_ends_at(source, at, "từ") is not None
    ):
        return None
    month, year = second.month, second.year
    if days != sorted(days) or (days[-1] >= second.day and not (dashes and len(days) == 1)):
        return None
    if days[-1] >= second.day:
        month = (month - 2) % 12 + 1
        year = year - 1 if year is not None and month == 12 else year
    if not is_day(year, month, days[0]):
        return None
    low = edtf(year, month, days[0])
    resolved = _resolved_range(source, low, second)
    norm = date_norm(
        second._replace(start=at), source, edtf=f"{low}/{second.edtf}",
        rule="date.range" if dashes else "date.list",
        resolved=resolved, resolved_from="document" if resolved else None, mod=None, cue=None,
    )  # fmt: skip
    start = from_start(source, at) if dashes else at
    return Reading(start, second.end, "DATE", norm, 0.95)


def _lunar_list(source: Source, at: int, second: Point, days: list[int]) -> Reading | None:
    """ "từ 13 đến 15 tháng Giêng", "mùng 6 và mùng 7 tháng Giêng": lunar days that share a month."""
    if second.day is None or second.month is None or days != sorted(days) or days[-1] >= second.day:
        return None
    value = f"{edtf(second.year, second.month, days[0])}/{second.lunar}"
    norm = date_norm(
        second, source, edtf=None, lunar=value, resolved=None, resolved_from=None, rule="date.lunar.range"
    )
    return Reading(from_start(source, at), second.end, "DATE", norm, 0.95)


def _listed_units(
    source: Source, at: int, match: re.Match[str], unit: str, numbers: list[str]
) -> Reading | None:
    from labeling.quantities.numerals import roman
    from labeling.quantities.years import year_after

    value = _LAST_UNIT.match(source.low, match.end())
    if value is None:
        return None
    figures = []
    for number in (*numbers, value[1]):
        figure = int(number) if number.isdigit() else (roman(number, 0) or (0, 0))[0]
        figures.append(figure)
    year, end, shift = year_after(source, value.end())
    limit = 12 if unit == "tháng" else 4
    if not all(1 <= figure <= limit for figure in figures) or figures != sorted(figures):
        return None
    if unit == "tháng":
        low, high = edtf(year, figures[0]), edtf(year, figures[-1])
    else:
        low, high = f"{edtf(year)}-{32 + figures[0]}", f"{edtf(year)}-{32 + figures[-1]}"
    resolved = None
    if year is None and source.reference is not None:
        base = f"{source.reference.year + (shift or 0):04d}"
        resolved = f"{base}{low[4:]}/{base}{high[4:]}"
    norm = Norm(
        edtf=f"{low}/{high}", resolved=resolved, resolved_from="document" if resolved else None,
        numeral="arabic", rule="date.list",
    )  # fmt: skip
    start = from_start(source, at) if "-" in match[0] or " đến " in match[0] else at
    return Reading(start, end, "DATE", norm, 0.9)
