"""DURATION: a length of time, ages included."""

from __future__ import annotations

import re
from decimal import Decimal
from functools import cache

import msgspec

from labeling.norm import Norm
from labeling.quantities.amounts import Amount, amount_at, norm_of, range_start, unit_at
from labeling.quantities.cues import cue_before, word_ends_at, words_before
from labeling.quantities.lexicon import table
from labeling.quantities.model import Kind, Reading, Rule
from labeling.quantities.numerals import plain
from labeling.quantities.source import Source
from labeling.quantities.triggers import NUMBER

_PART_GAP = re.compile(r"(?: +và)? +|,? +(?=\d)|(?=\d)")
_SPLIT_AFTER = re.compile(r" +(?:đầu|cuối|sau|trước)(?!\w)")
_YEAR_AFTER = re.compile(r" *\d{4}(?!\d)(?! *-)")
_DATE_AFTER = re.compile(
    r" *\d{1,2} ?[/-] ?\d| *\d{1,2} +tháng(?! *\w*(?:ngày|tuổi))| *\d{1,2}(?! *(?:ngày|tuần|giờ"
    r"|phút|giây|tháng|tiếng)(?!\w)|\d|[.,]\d)(?= *(?:[.,;)(]|$|năm|/|tại|ở))| *\d{4}(?!\d)"
)
_NOT_AFTER = re.compile(r" +(?:công(?!\w)(?! nghiệp| tác| an)|dương|âm|ánh sáng)")
_ORDER = {"Y": 0, "M": 1, "W": 2, "D": 3, "TH": 4, "TM": 5, "TS": 6}
_FACTORS = {"ms": Decimal("0.001"), "us": Decimal("0.000001"), "ns": Decimal("0.000000001")}
# before a number of hours these words say how long, not when
_LENGTH_CUES = frozenset([
    "trong", "sau", "hơn", "gần", "suốt", "khoảng", "dài", "mất", "việc", "học", "ngủ", "thêm", "đủ",
    "tổng", "tròn", "qua", "ngoài", "chừng", "từng", "mỗi", "hết", "quá", "được", "cách", "dưới", "trên"
])  # fmt: skip


@cache
def iso_designators() -> dict[str, str]:
    """UCUM time code → ISO 8601 designator ("TH" = hour after T)."""
    return {row["code"]: row["iso"] for row in table("durations")["unit"]}


def iso_duration(parts: list[tuple[Decimal, str]]) -> str:
    """ISO 8601 duration of (value, UCUM code) parts: [(3, "a")] → "P3Y"."""
    date, time = "", ""
    for value, code in parts:
        designator = iso_designators()[code]
        count = plain(value * _FACTORS.get(code, Decimal(1)))
        if designator.startswith("T"):
            time += count + designator[1]
        else:
            date += count + designator
    return "P" + date + ("T" + time if time else "")


def _read(source: Source, position: int) -> Reading | None:
    """ "gần 3 năm", "2 giờ 30 phút", "từ 3 đến 5 ngày", "45 tuổi"."""
    amount = amount_at(source, position)
    if amount is None or amount.unit is None or amount.unit.kind not in ("time", "age"):
        return None
    unit, age = amount.unit, amount.unit.kind == "age"
    if not age and not _is_length(source, amount):
        return None
    norm = norm_of(source, amount, "duration.age" if age else "duration")
    if amount.high is not None:
        low = iso_duration([(amount.low.value, unit.code)])
        norm = msgspec.structs.replace(norm, edtf=low + "/" + iso_duration([(amount.high.value, unit.code)]))
        return Reading(range_start(source, amount), amount.end, "DURATION", norm, 0.95)
    parts, end = _compound(source, amount)
    spread = _spread(source, position, parts, end)
    if spread is not None:
        return spread
    norm = msgspec.structs.replace(norm, edtf=iso_duration(parts))
    if len(parts) > 1:
        norm = msgspec.structs.replace(norm, value=None, num=None, unit=None, rule="duration.compound")
    return Reading(position, end, "DURATION", norm, 0.95 if unit.code != "h" else 0.8)


_SPREAD = re.compile(r" +(?:đến|tới) +(?:dưới +|gần +|hơn +)?")


def _spread(source: Source, position: int, parts: list[tuple[Decimal, str]], end: int) -> Reading | None:
    """ "từ 6 tháng đến 2 năm": a range between two units; `edtf` alone says it."""
    start = word_ends_at(source, position, "từ")
    joint = _SPREAD.match(source.low, end) if start is not None else None
    other = amount_at(source, joint.end()) if joint is not None else None
    if (
        start is None or other is None or other.unit is None or other.high is not None
        or other.unit.kind != "time"
        or other.unit.code == parts[-1][1]
        or not _is_length(source, other)
    ):  # fmt: skip
        return None
    ends, stop = _compound(source, other)
    norm = Norm(
        edtf=f"{iso_duration(parts)}/{iso_duration(ends)}", numeral=other.low.style, rule="duration.spread"
    )
    return Reading(start, stop, "DURATION", norm, 0.95)


def _is_length(source: Source, amount: Amount) -> bool:
    unit, low = amount.unit, source.low
    if unit is None or _article(source, amount):
        return False
    if unit.name in ("s", "min", "h", "ms") and amount.low.style != "arabic":
        return False
    if unit.code == "a" and _YEAR_AFTER.match(low, amount.unit_end):
        return False
    if unit.code in ("mo", "d", "wk") and _DATE_AFTER.match(low, amount.unit_end):
        return False
    return _NOT_AFTER.match(low, amount.unit_end) is None


_ONE_BEFORE = frozenset([
    "trong", "sau", "hơn", "gần", "khoảng", "mỗi", "hạn", "được", "tròn", "thêm", "suốt", "hết", "đúng",
    "đủ", "ngoài", "qua", "chừng", "tới", "đến", "từ", "dưới", "trên", "tù", "mất", "kéo", "dài",
    "quá", "nhất", "thiểu", "đa"
])  # fmt: skip


def _article(source: Source, amount: Amount) -> bool:
    """ "một ngày nào đó": "một" before a unit of time is an article unless a word of length leads it."""
    if source.low[amount.low.start : amount.low.end] != "một" or amount.high is not None:
        return False
    before = words_before(source, amount.start, 1)
    if before:
        return before[0][1] not in _ONE_BEFORE
    return amount.end < source.bare[1]


def _compound(source: Source, amount: Amount) -> tuple[list[tuple[Decimal, str]], int]:
    unit = amount.unit
    assert unit is not None
    parts, end = [(amount.low.value, unit.code)], amount.end
    while not amount.per:
        gap = _PART_GAP.match(source.low, end)
        numeral = source.numeral(gap.end()) if gap is not None else None
        found = unit_at(source, numeral.end) if numeral is not None else None
        if numeral is None or found is None or found[0].kind not in ("time", "age"):
            break
        if _ORDER[iso_designators()[found[0].code]] <= _ORDER[iso_designators()[parts[-1][1]]]:
            break
        if _DATE_AFTER.match(source.low, found[1]) and found[0].code in ("mo", "a", "d"):
            break
        parts.append((numeral.value, found[0].code))
        end = found[1]
    return parts, end


def says_length(source: Source, position: int) -> bool:
    """Whether the words before an "8 giờ" say how long it lasts."""
    before = words_before(source, position, 1)
    if cue_before(source, position) is not None and before and before[0][1] not in ("khoảng", "tầm", "chừng"):
        return True
    return bool(before) and before[0][1] in _LENGTH_CUES - {"sau", "khoảng", "trước", "từng"}


def _read_half(source: Source, position: int) -> Reading | None:
    """ "nửa năm", "nửa tháng", "nửa giờ", "nửa tiếng đồng hồ"."""
    found = unit_at(source, position + 3, glued=False)
    if found is None or found[0].kind != "time":
        return None
    unit, end = found
    if _SPLIT_AFTER.match(source.low, end) or (unit.code in ("s", "d") and unit.name == "s"):
        return None
    halves = {
        "a": (Decimal(6), "mo"),
        "h": (Decimal(30), "min"),
        "d": (Decimal(12), "h"),
        "min": (Decimal(30), "s"),
    }
    parts = [halves.get(unit.code, (Decimal("0.5"), unit.code))]
    norm = Norm(
        value=plain(parts[0][0]), num=plain(parts[0][0]), unit=parts[0][1],
        edtf=iso_duration(parts), numeral="words",
        rule="duration.half",
    )  # fmt: skip
    return Reading(position, end, "DURATION", norm, 0.85)


_DECADE = re.compile(r" *(thập kỷ|thập kỉ|thế kỷ|thế kỉ|thập niên)(?!\w)(?! *(?:\d|[xvi]+(?!\w)))")


def _read_decades(source: Source, position: int) -> Reading | None:
    """ "hai thập kỷ", "nửa thế kỷ": tens or hundreds of years."""
    low = source.low
    if low.startswith("nửa", position):
        value, end = Decimal("0.5"), position + 3
        style = "words"
    else:
        numeral = source.numeral(position)
        if numeral is None:
            return None
        value, end, style = numeral.value, numeral.end, numeral.style
    match = _DECADE.match(low, end)
    if match is None or match.end(1) - match.start() == len(match[1]):
        return None
    years = value * (100 if match[1].startswith("thế") else 10)
    norm = Norm(
        value=plain(years), num=plain(value), scale="100" if match[1].startswith("thế") else "10", unit="a",
        edtf=f"P{plain(years)}Y", numeral=style, rule="duration.decades",  # type: ignore[arg-type]
    )  # fmt: skip
    return Reading(position, match.end(), "DURATION", norm, 0.9)


KIND = Kind(
    "DURATION",
    (
        Rule("duration.decades", NUMBER, _read_decades, frozenset(["thập", "thế"])),
        Rule("duration.half_century", frozenset(["nửa"]), _read_decades, frozenset(["thập", "thế"])),
        Rule("duration", NUMBER, _read, frozenset(["@time", "@age"])),
        Rule("duration.half", frozenset(["nửa"]), _read_half),
    ),
)
