"""What is not a number: codes, phones, plates, addresses, list numbers, names, and false friends.

Two steps: `MASK` takes whole stretches of text out before any rule sees them; `may_count` and `is_named`
judge a bare number by the words around it.
"""

from __future__ import annotations

import re
from functools import cache

from labeling.quantities.amounts import Amount
from labeling.quantities.cues import cue_before, words_before
from labeling.quantities.lexicon import table
from labeling.quantities.source import Source

_FOLLOWING = re.compile(r" +([^\W\d_]+(?: [^\W\d_]+)?)")
_CONTRAST = re.compile(
    r"(?: [^\W\d_]+){0,2} +duy nhất|(?: [^\W\d_]+){1,2} +(?:và|hoặc|hay) +(?:hai|ba|bốn|\d)"
    r"|(?: hoặc| hay) (?:hai|\d)"
)
_CAPITAL_NEXT = re.compile(r" +([^\W\d_])")


@cache
def _named() -> tuple[frozenset[str], frozenset[str], frozenset[str]]:
    names = frozenset(word for words in table("guards")["names"].values() for word in words)
    return (
        names,
        frozenset(table("guards")["soft"]["words"]),
        frozenset(table("guards")["counting"]["before_so"]),
    )


@cache
def _compounds() -> dict[str, frozenset[str]]:
    return {word: frozenset(after) for word, after in table("guards")["compounds"].items()}


# after these "năm" is the year: "mỗi năm gia đình thu"
_YEAR_BEFORE = frozenset(
    [
        "mỗi",
        "hằng",
        "hàng",
        "từng",
        "cả",
        "nhiều",
        "những",
        "các",
        "mấy",
        "cuối",
        "đầu",
        "giữa",
        "sang",
        "trong",
        "một",
        "suốt",
    ]
)
_ALSO_NOUNS = frozenset(
    ["mục", "bản", "làng", "xóm", "ấp", "điều", "viện", "mốc", "hạng", "mã", "trung ương"]
)


def is_named(source: Source, start: int, end: int, noun: str | None, *, capitals: bool = True) -> bool:
    """Whether a bare number at [start, end) is part of a name, address or code by the words before it."""
    names, soft, counting = _named()
    phrase, words = "", words_before(source, start, 3)
    for index, (_, word) in enumerate(words):
        phrase = f"{word} {phrase}" if phrase else word
        if phrase == "số" and index + 1 < len(words) and words[index + 1][1] in counting:
            return False
        if phrase in names:
            return phrase not in _ALSO_NOUNS or noun is None or not counts(noun)
        if phrase in soft and "," not in source.low[start:end] and (noun is None or not counts(noun)):
            return True
        if (
            capitals
            and index == 0
            and "," not in source.low[start:end]
            and (noun is None or not counts(noun))
            and len(word) > 1
            and source.cased[start - 1] == " "
            and _all_caps(source, words, noun)
        ):
            return True
    return False


def _all_caps(source: Source, words: list[tuple[int, str]], noun: str | None) -> bool:
    """ "IR 504": after an abbreviation in running text a bare number belongs to it."""
    start, word = words[0]
    written = source.cased[start : start + len(word)]
    if not word.isalpha() or not written[0].isupper():
        return False
    if not written.isupper():
        if len(words) < 2 and not written.isascii():
            return False
        return noun is None or sum(map(str.isupper, written)) > 1
    if len(words) < 2:
        return True
    before = source.cased[words[1][0] : words[1][0] + len(words[1][1])]
    return not (before.isupper() and before.isalpha() and len(before) > 1)


# "(25 Lý Thường Kiệt)": a house number opens an address in brackets
_ADDRESS = re.compile(r"\d{1,4}[A-Z]? (?:[^\W\d_a-zà-ỹ][^\W\d_]+ ){1,4}?[^\W\d_a-zà-ỹđ][^\W\d_]+ *[,);-]")


def _is_address(source: Source, start: int) -> bool:
    """Whether a bracket opens with a number and a name of two or more capitalised words."""
    if start == 0 or source.cased[start - 1] != "(":
        return False
    match = _ADDRESS.match(source.cased, start)
    return match is not None and all(word[0].isupper() for word in match[0].rstrip(",);- ").split()[1:])


def may_count(source: Source, amount: Amount, noun: str | None) -> bool:
    """Whether a bare number may be a CARDINAL here."""
    start, end = amount.start, amount.end
    if source.is_whole(start, end):
        return True
    if amount.low.style == "words":
        return _word_counts(source, amount, noun)
    if end < source.size and (source.low[end].isalpha() or source.low[end] == "_"):
        return False
    if source.low[end : end + 1] in ("-", "/") and source.low[end + 1 : end + 2].isdigit():
        return False
    if (noun is None and _looks_like_year(source, amount)) or (
        noun is not None and not counts(noun) and _looks_like_year(source, amount)
    ):
        return False
    if amount.high is not None and amount.joined == "-" and noun is None and not _bounded(source, start):
        return False
    return not _is_address(source, start) and not is_named(source, start, end, noun)


def _looks_like_year(source: Source, amount: Amount) -> bool:
    return amount.high is None and _FOUR.fullmatch(source.low, amount.start, amount.end) is not None


_FOUR = re.compile(r"(?:1[89]|20)\d\d")


def _bounded(source: Source, start: int) -> bool:
    before = words_before(source, start, 1)
    return cue_before(source, start) is not None or bool(before and before[0][1] in ("từ", "giữa"))


def _word_counts(source: Source, amount: Amount, noun: str | None) -> bool:
    low, start, end = source.low, amount.start, amount.end
    written, word = source.cased[start:end], low[start:end]
    if written[0].isupper() and _in_name(source, start, end):
        return False
    following = _FOLLOWING.match(low, end)
    first = word.split()[0]
    single = " " not in word
    if single and following is not None and not (noun is not None and " " in noun):
        stop = _compounds().get(word, frozenset())
        if following[1] in stop or following[1].split()[0] in stop:
            return False
    if single and word in (
        "năm",
        "chín",
        "không",
        "chục",
        "vạn",
        "trăm",
        "nghìn",
        "ngàn",
        "triệu",
        "tỷ",
        "tỉ",
    ):
        before = words_before(source, start, 1)
        if word == "năm" and before and before[0][1] in _YEAR_BEFORE:
            return False
        return word in ("năm", "chín") and noun is not None and counts(noun)
    if word == "một":
        return _against(source, start, end)
    if single and first in ("ba", "bảy", "sáu", "tám", "bốn", "hai", "mười"):
        before = words_before(source, start, 1)
        if before and before[0][1] in _BEFORE_WORD:
            return False
        return noun is not None or bool(before and before[0][1] in ("cả", "là", "có", "thành"))
    return True


_BEFORE_WORD = frozenset([
    "thứ", "tháng", "ngã", "số", "chú", "anh", "chị", "ông", "bà", "cô", "bác", "bố", "dì", "cậu", "út",
    "lớp", "ngày", "mùng", "mồng", "loại", "hạng"
])  # fmt: skip


@cache
def _countable() -> frozenset[str]:
    nouns = table("nouns")
    return frozenset(nouns["whole"]) | frozenset(noun.split()[0] for noun in nouns["compound"])


def counts(noun: str) -> bool:
    """Whether a noun is one that civic news counts."""
    return noun.lower().split()[0] in _countable()


def _against(source: Source, start: int, end: int) -> bool:
    """ "một" counts only against another number or with chỉ / mỗi / duy nhất."""
    before = words_before(source, start, 1)
    if before and before[0][1] in ("chỉ", "mỗi"):
        return True
    after = _CONTRAST.match(source.low, end)
    return after is not None


def _in_name(source: Source, start: int, end: int) -> bool:
    """A capitalised number word in the middle of a sentence, or before another capital, is a name."""
    following = _CAPITAL_NEXT.match(source.cased, end)
    preceding = source.cased[max(0, start - 8) : start].rstrip(" ")
    opens = not preceding or preceding[-1] in '.!?:\n"“-•;(…'
    word = source.cased[start:end]
    if word.isupper() and len(word) > 1:
        return False
    if not opens:
        return True
    return following is not None and following[1].isupper()
