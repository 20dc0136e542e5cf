"""TIME: a time of day.  "8 giờ" may also last eight hours: the words around decide (see `duration`)."""

from __future__ import annotations

import re
from decimal import Decimal

from labeling.norm import Norm
from labeling.quantities.duration import says_length
from labeling.quantities.model import Kind, Reading, Rule
from labeling.quantities.resolve import moment_away
from labeling.quantities.source import Source
from labeling.quantities.triggers import NUMBER

_MINUTE_WORD = re.compile(r" *phút(?!\w)")
_GAP = re.compile(r" +")
_MINUTE_UNIT = re.compile(r" +phút(?!\w)")
_ENDS = re.compile(r" *(?:[.,;)]|$|sáng|trưa|chiều|tối|đêm)")
_SECOND_UNIT = re.compile(r" +giây(?!\w)")
_NOT_BARE = re.compile(r" +(?:của|để|cho|bị|trôi)")
_COLON = re.compile(r"(\d{1,2}):(\d{2})(?::(\d{2}))?(?![\d:]|[.,]\d)")
_SHORT = re.compile(
    r"(\d{1,2}) ?(?:h|g) ?(\d{1,2})(?:(?: ?(?:phút|ph|p|m|'))(?: ?(\d{1,2}) ?(?:giây|s)(?!\w))?)?"
    r"(?![\w]|[.,/]\d)"
)
_HOUR = re.compile(r"(\d{1,2}) ?(?:(?:giờ|h|g)(?![^\W\d_])|(?=[ap]\.?m(?!\w)))")
_GIO = re.compile(r" +giờ(?!\w)")
_MINUTES = re.compile(
    r"(?: +|, *)(\d{1,2})(?:(?: *(?:phút|ph|p|'))(?!\w)(?:(?: +|, *)(\d{1,2}) *(?:giây|s)(?!\w))?"
    r"|(?! *(?!(?:sáng|trưa|chiều|tối|đêm|ngày|đến|tới|các|những|hằng|hàng|mỗi|cùng|hôm|tại|ở|vào|từ|thì"
    r"|và|khi|do|để|hoặc|hay|theo|đã|sẽ|có|bắt|kết|khai|lễ|[ap]m)(?!\w))[^\s,.;:!?)-]|\d|[.,/]\d))"
)
_LESS = re.compile(r" +kém +")
_HALF = re.compile(r" +(?:rưỡi|rưởi)(?!\w)")
_PART = re.compile(r" *(rạng sáng|sáng sớm|sáng|trưa|chiều tối|chiều|tối|đêm|khuya|[ap]\.?m\.?)(?!\w)")
_DAY_FOLLOWS = re.compile(
    r" *,? *(?:nay|qua|mai|ngày|hôm|thứ|chủ nhật|\d{1,2} ?[/-] ?\d|mùng|mồng|\(?\d{1,2}/)"
)
_RANGE = re.compile(r" *- *| +(?:đến|tới) +(?:khoảng +|hết +)?")
_HOURS = re.compile(r"(\d{1,2}) *- *(?=\d{1,2} ?(?:giờ|h))|(\d{1,2}) +đến +(?=\d{1,2} ?(?:giờ|h))")
_NOT_CLOCK = re.compile(
    r" *(?:/|đồng hồ|mỗi|làm việc|bay|học(?!\w)|liền|liên tục|một ngày|giảng|công|tập|di chuyển"
    r"|chạy|xe|mưa|tới|nữa|qua(?!\w)|vừa qua|trở lại|kể từ|sau khi|trước khi|lao động|tín chỉ"
    r"|lái|phẫu)"
)
_PAST = re.compile(r" +(?:vừa )?(?:qua|tới|nữa|sau|trước)(?!\w)")
_AT = re.compile(
    r"(?:lúc|hồi|vào|từ|đến|tới|trước|cho|khoảng|kết thúc|bắt đầu|sáng|chiều|tối|đêm|giờ|,|\("
    r"|-|:|và|;|là|trưa)\s*\Z"
)
_MOMENTS = {"nửa đêm": "T00:00", "chính ngọ": "T12:00", "giữa trưa": "T12:00", "đúng ngọ": "T12:00"}
_MOMENT = re.compile("|".join(_MOMENTS))


class _Clock:
    __slots__ = ("bare", "end", "hour", "minute", "second", "words")

    def __init__(
        self, end: int, hour: int, minute: int | None, second: int | None, *, bare: bool, words: bool = False
    ) -> None:
        self.end, self.hour, self.minute, self.second, self.bare, self.words = (
            end,
            hour,
            minute,
            second,
            bare,
            words,
        )


def _clock(source: Source, at: int) -> _Clock | None:
    low = source.low
    match = _COLON.match(low, at) or _SHORT.match(low, at)
    if match is not None:
        hour, minute, second = int(match[1]), int(match[2]), int(match[3]) if match[3] else None
        return _valid(_Clock(match.end(), hour, minute, second, bare=False))
    match = _HOUR.match(low, at)
    words = False
    if match is not None:
        hour, end = int(match[1]), match.end()
    else:
        numeral = source.numeral(at)
        gio = _GIO.match(low, numeral.end) if numeral is not None else None
        if (
            numeral is None
            or gio is None
            or numeral.scale != 1
            or numeral.value != int(numeral.value)
            or numeral.value > 24
        ):
            return None
        hour, end, words = int(numeral.value), gio.end(), True
    return _valid(_with_minutes(source, hour, end, words=words))


def _with_minutes(source: Source, hour: int, end: int, *, words: bool) -> _Clock:
    low = source.low
    half = _HALF.match(low, end)
    if half is not None:
        return _Clock(half.end(), hour, 30, None, bare=False, words=words)
    less = _LESS.match(low, end)
    numeral = source.numeral(less.end()) if less is not None else None
    if numeral is not None and numeral.value < 60 and numeral.value == int(numeral.value):
        tail = _MINUTE_WORD.match(low, numeral.end)
        total = (hour * 60 - int(numeral.value)) % 1440
        return _Clock(
            tail.end() if tail else numeral.end, total // 60, total % 60, None, bare=False, words=words
        )
    match = _MINUTES.match(low, end)
    if match is not None and int(match[1]) < 60:
        return _Clock(
            match.end(), hour, int(match[1]), int(match[2]) if match[2] else None, bare=False, words=words
        )
    return _word_minutes(source, hour, end, words=words)


def _word_minutes(source: Source, hour: int, end: int, *, words: bool) -> _Clock:
    low = source.low
    gap = _GAP.match(low, end)
    numeral = source.numeral(gap.end()) if gap is not None else None
    if (
        numeral is None
        or numeral.style != "words"
        or not 0 < numeral.value < 60
        or numeral.value != int(numeral.value)
    ):
        return _Clock(end, hour, None, None, bare=True, words=words)
    minute = _MINUTE_UNIT.match(low, numeral.end)
    if minute is None and not _ENDS.match(low, numeral.end):
        return _Clock(end, hour, None, None, bare=True, words=words)
    stop = minute.end() if minute is not None else numeral.end
    seconds = _GAP.match(low, stop)
    second = source.numeral(seconds.end()) if seconds is not None and minute is not None else None
    tail = _SECOND_UNIT.match(low, second.end) if second is not None else None
    if second is not None and tail is not None and second.value < 60:
        return _Clock(tail.end(), hour, int(numeral.value), int(second.value), bare=False, words=words)
    return _Clock(stop, hour, int(numeral.value), None, bare=False, words=words)


def _valid(clock: _Clock) -> _Clock | None:
    if clock.hour > 24 or (clock.minute or 0) > 59 or (clock.second or 0) > 59:
        return None
    return None if clock.hour == 24 and clock.minute else clock


def hour_of_day(hour: int, part: str | None) -> int:
    """The hour on the 24-hour clock: "12 giờ sáng" 0, "11 giờ trưa" 11, "1 giờ trưa" 13, "12 giờ đêm" 0."""
    if part is None or hour > 12:
        return hour % 24
    if part in ("sáng", "sáng sớm", "rạng sáng") or part[0] == "a":
        return hour % 12
    if part == "trưa":
        return hour if hour >= 9 else hour + 12
    if part in ("đêm", "khuya"):
        return hour % 12 if hour == 12 or hour <= 5 else hour + 12
    return hour if hour == 12 else hour + 12


def _iso(clock: _Clock, part: str | None) -> str:
    text = f"T{hour_of_day(clock.hour, part):02d}:{clock.minute or 0:02d}"
    return f"{text}:{clock.second:02d}" if clock.second is not None else text


def _part(source: Source, at: int) -> tuple[str | None, int]:
    """The part of day after a clock: inside the span unless a date follows it (then it belongs to the
    date).
    """
    match = _PART.match(source.low, at)
    if match is None:
        return None, at
    if match[1][0] not in "ap" and _DAY_FOLLOWS.match(source.low, match.end()):
        return match[1], at
    return match[1], match.end()


def _read(source: Source, at: int) -> Reading | None:
    """ "8 giờ 30 phút", "14h00", "08:30", "8 giờ sáng", "từ 7h30 đến 11h", "8-10 giờ"."""
    first = _hours(source, at) or _clock(source, at)
    if first is None:
        return None
    part, end = _part(source, first.end)
    joint = _RANGE.match(source.low, end)
    second = _clock(source, joint.end()) if joint is not None else None
    style = "words" if first.words else "arabic"
    if second is not None:
        second_part, second_end = _part(source, second.end)
        low = _iso(first, part or (second_part if first.hour <= second.hour else None))
        norm = Norm(edtf=f"{low}/{_iso(second, second_part)}", numeral=style, rule="time.range")  # type: ignore[arg-type]
        start = at
        before = re.search(r"từ +\Z", source.left(at, 6))
        if before is not None:
            start = at - len(before[0])
        if says_length(source, at) and part is None and second_part is None and first.bare:
            return None
        return Reading(start, second_end, "TIME", norm, 0.97 if first.hour != second.hour else 0.6)
    score = _score(source, at, first, part, end)
    if score is None:
        return None
    norm = Norm(edtf=_iso(first, part), numeral=style, rule="time")  # type: ignore[arg-type]
    return Reading(at, end, "TIME", norm, score)


def _hours(source: Source, at: int) -> _Clock | None:
    """The first hour of "8-10 giờ"."""
    match = _HOURS.match(source.low, at)
    hour = int(match[1] or match[2]) if match is not None else 0
    if (
        match is None
        or hour > 24
        or (
            not _AT.search(source.left(at, 12))
            and not _PART.match(source.low, _end_of_hours(source, match.end()))
        )
    ):
        return None
    return _Clock(match.end(1) if match[1] else match.end(2), hour, None, None, bare=False)


def _end_of_hours(source: Source, at: int) -> int:
    match = _HOUR.match(source.low, at)
    return match.end() if match is not None else at


def _score(source: Source, at: int, clock: _Clock, part: str | None, end: int) -> float | None:
    low = source.low
    if part is None and _PAST.match(low, end):
        return None
    if part is not None or _DAY_FOLLOWS.match(low, end):
        return 0.96
    if says_length(source, at) or _NOT_CLOCK.match(low, end):
        return None
    colon = ":" in low[at : clock.end]
    if colon:
        return 0.9
    before = source.left(at, 12)
    if re.search(r"sau +\Z", before) and clock.hour <= 12:
        return None
    if (
        clock.bare
        and re.search(r"(?:khoảng|chừng|tầm) +\Z", before)
        and not re.search(r"(?:^|lúc|vào|,|\() *(?:khoảng|chừng|tầm) +\Z", before)
    ):
        return None
    if clock.bare and _NOT_BARE.match(low, end):
        return None
    if _AT.search(before) or not before.strip():
        return 0.93
    return 0.85


_AGO_LEAD = re.compile(r"cách +(?:đây|nay) +(?:(?:khoảng|hơn|gần|chừng|đúng) +)?")
_AGO_UNIT = re.compile(r" *(giây|phút|giờ|tiếng)(?: +đồng hồ)?(?: +(rưỡi))?(?!\w)")
_AGO_TAIL = re.compile(r" +(?:(nữa)|(trước đây|trước)(?= *(?:[.,;:)!?]|\Z)))(?!\w)")
_SECONDS = {"giây": 1, "phút": 60, "giờ": 3600, "tiếng": 3600}


def _read_ago(source: Source, at: int) -> Reading | None:
    """ "5 phút trước", "2 giờ nữa", "cách đây 30 phút": a moment counted from the document's own, if it has
    one.
    """
    lead = _AGO_LEAD.match(source.low, at)
    numeral = source.numeral(lead.end() if lead is not None else at)
    unit = _AGO_UNIT.match(source.low, numeral.end) if numeral is not None else None
    if numeral is None or unit is None or numeral.value > 10_000:
        return None
    tail = _AGO_TAIL.match(source.low, unit.end())
    if tail is None and lead is None:
        return None
    seconds = int((numeral.value + (Decimal("0.5") if unit[2] else 0)) * _SECONDS[unit[1]])
    resolved = moment_away(source.moment, seconds if tail is not None and tail[1] else -seconds)
    norm = Norm(
        resolved=resolved,
        resolved_from="document" if resolved else None,
        numeral=numeral.style,
        rule="time.ago",
    )
    return Reading(at, tail.end() if tail is not None else unit.end(), "TIME", norm, 0.97)


def _read_moment(source: Source, at: int) -> Reading | None:
    match = _MOMENT.match(source.low, at)
    if match is None:
        return None
    norm = Norm(edtf=_MOMENTS[match[0]], numeral="words", rule="time.moment")
    return Reading(at, match.end(), "TIME", norm, 0.8)


KIND = Kind(
    "TIME",
    (
        Rule("time.ago", NUMBER, _read_ago, frozenset(_SECONDS) | {"@time"}),
        Rule("time.ago.lead", frozenset(["cách"]), _read_ago, frozenset(["đây", "nay"])),
        Rule("time", NUMBER, _read, frozenset(["giờ", "h", "g", ":", "-", "đến", "am", "pm", "a", "p"])),
        Rule(
            "time.moment",
            frozenset(["nửa", "chính", "giữa", "đúng"]),
            _read_moment,
            frozenset(["đêm", "ngọ", "trưa"]),
        ),
    ),
)
