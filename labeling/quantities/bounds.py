"""What a reading takes from its neighbours: bounding words, a shared unit, the date beside a time."""

from __future__ import annotations

import re
from decimal import Decimal

import msgspec

from labeling.norm import Norm
from labeling.quantities.cues import cue_after, cue_before, sets, word_ends_at
from labeling.quantities.model import Reading
from labeling.quantities.numerals import plain
from labeling.quantities.source import Source

_BOUNDED = frozenset(["PERCENT", "MONEY", "QUANTITY", "CARDINAL", "RATIO", "DURATION", "TIME"])
_TIME_EDGES = ("trước", "sau")
_LINK = re.compile(r" *,? *(?:(?:vào|của|trong) +)?\(?\Z|[ ,]+\Z")
_COORDINATION = re.compile(r" *, *(?:và +)?| +(?:và|hoặc|hay) +")


def bound(source: Source, reading: Reading, done: int) -> Reading:
    """Takes in the bounding words before and after a reading; nothing before `done` is touched."""
    if reading.label not in _BOUNDED:
        return reading
    cue = cue_before(source, reading.start)
    after = cue_after(source, reading.end) if reading.label != "TIME" else None
    if cue is not None and cue.start >= done and not _compares(source, reading, cue.word):
        reading = _with_cue(reading, cue.start, cue.mod, cue.word)
        outer = cue_before(source, reading.start)
        if outer is not None and outer.start >= done and outer.word not in sets("comparing"):
            reading = reading._replace(start=outer.start)
    elif reading.label == "TIME":
        reading = _time_edge(source, reading, done)
    if after is not None:
        end, mod, word = after
        start = word_ends_at(source, reading.start, "từ")
        reading = _with_cue(
            reading, start if start is not None and start >= done else reading.start, mod, word
        )
        reading = reading._replace(end=end)
    return reading


def _compares(source: Source, reading: Reading, word: str) -> bool:
    """ "cao hơn 5% so với năm trước" says by how much; it does not bound the value."""
    if reading.label == "RATIO" and word in sets("comparing"):
        return True
    return word in sets("comparing") and "so với" in source.low[reading.end : reading.end + 60].split(".")[0]


def _time_edge(source: Source, reading: Reading, done: int) -> Reading:
    for word in _TIME_EDGES:
        start = word_ends_at(source, reading.start, word)
        if start is not None and start >= done:
            return reading._replace(start=start, norm=msgspec.structs.replace(reading.norm, cue=word))
    return reading


def _with_cue(reading: Reading, start: int, mod: object, word: str) -> Reading:
    norm = reading.norm
    fields: dict[str, object] = {"mod": mod, "cue": word}
    if norm.value is not None and norm.low is None and norm.high is None:
        if mod in ("more", "at_least"):
            fields |= {"low": norm.value, "low_open": mod == "more"}
        elif mod == "at_most" or (mod == "less" and word not in sets("near")):
            fields |= {"high": norm.value, "high_open": mod == "less"}
    return reading._replace(start=start, norm=msgspec.structs.replace(norm, **fields))


def neighbours(source: Source, readings: list[Reading]) -> list[Reading]:
    """The passes that need two readings at once."""
    _share_units(source, readings)
    _share_ranks(source, readings)
    _join_times(source, readings)
    _inherit_periods(readings)
    return readings


_MONTHS = re.compile(r"[\dX]{4}-(\d\d)/[\dX]{4}-(\d\d)")


def _inherit_periods(readings: list[Reading]) -> None:
    """ "cùng kỳ năm 2020" after "6 tháng đầu năm 2021" means that half of 2020: known from the context."""
    months: tuple[str, str] | None = None
    for index, reading in enumerate(readings):
        norm = reading.norm
        match = _MONTHS.fullmatch(norm.edtf or "") if reading.label == "DATE" else None
        if match is not None:
            months = match[1], match[2]
        elif norm.rule == "date.same_period" and months is not None:
            year = norm.edtf or norm.resolved
            if year is not None and len(year) == 4 and year.isdigit():
                value = f"{year}-{months[0]}/{year}-{months[1]}"
                norm = msgspec.structs.replace(norm, resolved=value, resolved_from="context")
                readings[index] = reading._replace(norm=norm)


def _share_units(source: Source, readings: list[Reading]) -> None:
    """ "3, 4 và 5 triệu đồng": bare counts before a measured value take its unit and scale."""
    for index in range(len(readings) - 2, -1, -1):
        here, following = readings[index], readings[index + 1]
        if (
            here.label != "CARDINAL"
            or here.norm.noun is not None
            or here.norm.value is None
            or here.norm.scale is not None
        ):
            continue
        if (
            following.label not in ("MONEY", "PERCENT", "QUANTITY", "DURATION")
            or following.norm.value is None
        ):
            continue
        joint = _COORDINATION.fullmatch(source.low, here.end, following.start)
        if joint is None or (here.norm.numeral == "words" and following.norm.numeral != "words"):
            continue
        scale = Decimal(following.norm.scale or "1")
        norm = msgspec.structs.replace(
            here.norm, value=plain(Decimal(here.norm.value) * scale), scale=following.norm.scale,
            unit=following.norm.unit,
            per=following.norm.per, rule=(
                f"{following.label.lower()}.shared"
            ), edtf=_shared_duration(here, following),
        )  # fmt: skip
        readings[index] = here._replace(label=following.label, norm=norm, score=0.8)


def _share_ranks(source: Source, readings: list[Reading]) -> None:
    """ "mức độ 3, 4", "lần 1 và 2": a bare whole number after a rank, one higher, is a rank too."""
    for index in range(1, len(readings)):
        before, here = readings[index - 1], readings[index]
        if before.label != "ORDINAL" or here.label != "CARDINAL" or here.norm.noun is not None:
            continue
        if before.norm.value is None or here.norm.value is None:
            continue
        if _COORDINATION.fullmatch(source.low, before.end, here.start) is None:
            continue
        if Decimal(here.norm.value) == Decimal(before.norm.value) + 1:
            norm = msgspec.structs.replace(here.norm, rule="ordinal.shared")
            readings[index] = here._replace(label="ORDINAL", norm=norm, score=0.8)


def _shared_duration(here: Reading, following: Reading) -> str | None:
    if following.label != "DURATION" or following.norm.unit is None or here.norm.value is None:
        return None
    from labeling.quantities.duration import iso_duration

    return iso_duration([(Decimal(here.norm.value), following.norm.unit)])


def _join_times(source: Source, readings: list[Reading]) -> None:
    """A TIME with a DATE right beside it carries the date in front: `2017-04-20T19:30`."""
    for index, reading in enumerate(readings):
        if reading.label != "TIME" or reading.norm.edtf is None or "/" in reading.norm.edtf:
            continue
        beside = None
        following = readings[index + 1] if index + 1 < len(readings) else None
        if following is not None and following.label == "DATE":
            gap = source.low[reading.end : min(following.start, reading.end + 12)]
            beside = following if _LINK.match(gap) else None
        if (
            beside is None
            and index
            and readings[index - 1].label == "DATE"
            and re.fullmatch(
                r"[ ,]*(?:lúc|vào lúc|hồi|từ|\||-)? *",
                source.low[readings[index - 1].end : reading.start][:16],
            )
        ):
            beside = readings[index - 1]
        if beside is not None:
            readings[index] = reading._replace(norm=_dated(source, reading.norm, beside))


def _dated(source: Source, norm: Norm, date: Reading) -> Norm:
    from labeling.quantities.clock import hour_of_day

    clock = norm.edtf or ""
    part = re.match(
        r"(?:đầu giờ )?(sáng sớm|rạng sáng|sáng|trưa|chiều tối|chiều|tối|đêm|khuya)(?!\w)",
        source.low[date.start : date.end],
    )
    if part is not None:
        clock = f"T{hour_of_day(int(clock[1:3]), part[1]):02d}{clock[3:]}"
    day = date.norm.edtf
    resolved = date.norm.resolved
    fields: dict[str, object] = {"edtf": clock}
    if day is not None and "/" not in day and len(day) == 10:
        fields["edtf"] = day + clock
    if resolved is not None and len(resolved) == 10:
        fields |= {"resolved": resolved + clock, "resolved_from": date.norm.resolved_from}
    return msgspec.structs.replace(norm, **fields)
