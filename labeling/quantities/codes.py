"""Runs of figures that are codes, positions or scores: account numbers, versions, IP addresses, coordinates.

A figure groups its digits by threes.  A run of groups that does not ("5.95.3", "4224.6099.8927") is a code
unless it is a date; one that does but is as long as an account number is a code unless something
says that it counts ("786.643.537.026 đồng").
"""

from __future__ import annotations

import re

from corpus.dates import is_day
from labeling.quantities.cues import cue_before, words_before
from labeling.quantities.source import Source

_DOTTED = re.compile(r"\d++(?:\.\d++){2,}+(?!,\d)")
_GROUPED = re.compile(r"[1-9]\d{0,2}(?:\.\d{3})+")
_DAY = re.compile(r"(\d{1,2})\.(\d{1,2})\.(\d{4}|\d{2})|(\d{4})\.(\d{1,2})\.(\d{1,2})")
_SPACED = re.compile(r"\d{2,4}+(?: \d{3,6}+){2,}+(?![.,/-]\d|\w)")
_THREES = re.compile(r"[1-9]\d{0,2}(?: \d{3})+")
_YEARS = re.compile(r"(?:1[89]|20)\d\d(?: (?:1[89]|20)\d\d)+")
_POSITION = re.compile(
    r"\d{1,3} ?° ?\d{1,2}(?:[.,]\d+)? ?'(?: ?\d{1,2}(?:[.,]\d+)? ?(?:\"|'')?)?"
    r" ?(?:[NSEWBĐTnsewbđt](?!\w))?"
    r"|\d{1,3}[.,]\d+ ?° ?[NSEWBĐT](?!\w)"
    r"|-?\d{1,3}\.\d{4,} *[,;] *-?\d{1,3}\.\d{4,}"
)
# an account number has at least this many groups of three digits
_ACCOUNT_GROUPS = 4
_AMOUNT_BEFORE = frozenset(["tiền", "cộng", "tổng", "đạt", "bằng", "thu", "chi", "dư", "số dư", "giá"])


# "vàng 9999", "vàng 24K": how fine gold is
_FINENESS = re.compile(r"(?:9999|999[.,]9|99[.,]99|(?:10|14|18|22|24)[kK])(?!\w|[.,]\d)")
_GOLD = re.compile(r"vàng(?!\w)[^.;]{0,18}\Z")


# "thắng 2 - 0", "tỷ số chung cuộc là 1-0"
_SCORE = re.compile(
    r"\d{1,2} ?- ?\d{1,2}(?!\d|[.,/-]\d|%| *(?:%|độ|tuổi|năm|tháng"
    r"|ngày|giờ|tỷ|tỉ|triệu|nghìn|ngàn|tấn"
    r"|kg|ha|km|điểm)(?!\w))"
)
_PLAYED = re.compile(
    r"(?:tỷ số|tỉ số|thắng|thua|dẫn|hòa|hoà|gỡ|thắng ngược|bại)(?!\w)[^.;\d]{0,32}"
    r"(?:\d{1,2} ?- ?\d{1,2} và )?\Z"
)


# "trực 24/7", "24/24 giờ": round the clock, not the 24th of July
_ROUND_THE_CLOCK = re.compile(r"24/(?:7|24)(?![\d/]|[.,-]\d)")


def told_end(source: Source, start: int) -> int:
    """The end of a score, a fineness of gold or "24/7" by what the words before say; else `start`."""
    round_the_clock = _ROUND_THE_CLOCK.match(source.low, start)
    if round_the_clock is not None and not _dated(source, start, round_the_clock.end()):
        return round_the_clock.end()
    for pattern, lead in ((_FINENESS, _GOLD), (_SCORE, _PLAYED)):
        match = pattern.match(source.low, start)
        if match is not None and lead.search(source.left(start, 60)):
            return match.end()
    return start


_DATED = re.compile(r"(?:ngày|sáng|trưa|chiều|tối|đêm|hôm|đến|từ|tới|nay \(|nay|qua),? *\Z")


def _dated(source: Source, start: int, end: int) -> bool:
    """Whether the words before say that a day follows, or the noun after that things are counted."""
    from labeling.quantities import guards
    from labeling.quantities.cardinal import noun_after

    if _DATED.search(source.left(start, 12)) is not None:
        return True
    noun = noun_after(source, end)
    return noun is not None and noun != "giờ" and guards.counts(noun)


def code_end(source: Source, start: int) -> int:
    """Where the code that a digit at `start` opens ends; `start` when it opens none."""
    position = _POSITION.match(source.cased, start)
    if position is not None:
        return position.end()
    dotted = _DOTTED.match(source.low, start)
    if dotted is not None:
        run = dotted[0]
        if _GROUPED.fullmatch(run):
            long = run.count(".") + 1 >= _ACCOUNT_GROUPS
            return dotted.end() if long and not _counts(source, start, dotted.end(), run) else start
        return start if _is_day(run) else dotted.end()
    spaced = _SPACED.match(source.low, start)
    if spaced is None or _YEARS.fullmatch(spaced[0]) or _THREES.fullmatch(spaced[0]):
        return start
    return start if _measured(source, start, spaced.end()) else spaced.end()


def _is_day(run: str) -> bool:
    match = _DAY.fullmatch(run)
    if match is None:
        return False
    if match[4]:
        return is_day(int(match[4]), int(match[5]), int(match[6]))
    return is_day(None, int(match[2]), int(match[1]))


def _counts(source: Source, start: int, end: int, run: str) -> bool:
    """Whether a figure as long as an account number is an amount all the same."""
    if source.is_whole(start, end):
        return any(int(group) > 255 for group in run.split(".")) or run.endswith(".000")
    if run.endswith(".000") or cue_before(source, start) is not None or _measured(source, start, end):
        return True
    before = words_before(source, start, 1)
    return (bool(before) and before[0][1] in _AMOUNT_BEFORE) or _money_before(source, start)


def _money_before(source: Source, start: int) -> bool:
    from labeling.quantities.money import currency_before

    return bool(currency_before(source, start))


def _measured(source: Source, start: int, end: int) -> bool:
    """Whether a unit (its own or that of the range it opens) or a counted noun follows the figure."""
    from labeling.quantities import guards
    from labeling.quantities.amounts import amount_at, unit_at
    from labeling.quantities.cardinal import noun_after

    amount = amount_at(source, start)
    if unit_at(source, end) is not None or (amount is not None and amount.unit is not None):
        return True
    noun = noun_after(source, end)
    return noun is not None and guards.counts(noun)
