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

# name → pattern over the white-space-delimited token around a digit, with its case: it holds no number
_BRACKET_NUMBER = re.compile(r"\d{1,2}\) *[^\W\d_]")
_DECIMAL = re.compile(r"\d+\.\d+(?!\.)(?! +[^\W\d_]+ +[^\W\d_]+ +[^\W\d_])")
_RUN = re.compile(r"[\w./:,-]{1,80}")
_FIGURE = re.compile(r"\d[\d.,]*\d|\d")
_FOLLOWING = re.compile(r" +([^\W\d_]+(?: [^\W\d_]+)?)")
_CONTRAST = re.compile(
    r"(?: [^\W\d_]+){0,2} +duy nhất|(?: [^\W\d_]+){1,2} +(?:và|hoặc|hay) +(?:hai|ba|bốn|\d)"
    r"|(?: hoặc| hay) (?:hai|\d)"
)
_CAPITAL_NEXT = re.compile(r" +([^\W\d_])")
MASKS: dict[str, str] = {
    "web": r"(?:https?://|www\.)\S+|[\w.+-]+@[\w-]+(?:\.[\w-]+)+|(?:[A-Za-z0-9-]+\.)+(?:vn|com|net|org|gov|edu|info|html?|pdf|docx?|jpg|png|mp4)(?:[/?#]\S*)?",
    "document": (
        r"\d+[A-Za-z]?(?:[-/]\d+)*(?: ?[-/] ?[A-ZĐ]{1,}[A-ZĐa-z]*\d*)+(?:[-/.&][A-ZĐa-z0-9]+)*"
        r"(?:/\d+)?"
    ),
    "plate": r"\d{2}[A-ZĐ]{1,2}\d?-?\d{3}\.?\d{0,2}|\d{2}[A-ZĐ]{1,2}\d?",
    "code": r"(?=\S*\d)[A-ZĐ][A-Za-zĐđ]*[-.]?\d[\w]*(?:[-./+]\w+)*|\d+[A-ZĐ]+\d+\w*",
    "score": r"\d{1,2}(?:-\d{1,2}){2,4}",
}  # fmt: skip
_MASK = re.compile("|".join(f"(?P<{name}>{pattern})" for name, pattern in MASKS.items()))
_PHONE = re.compile(
    r"\(?(?:\+?84|0[2-9]\d{0,2})\)?[ .-]{0,2}\d{2,4}[ .-]{0,2}\d{3,4}(?:[ .-]{0,2}\d{2,4})?"
    r"(?![\d\w])|1[89]00[ .-]{0,2}\d{2,4}(?:[ .-]{0,2}\d{2,4})?(?![\w.,]*\d)"
)
_LONG = re.compile(r"\d{9,}(?![\d.,])")
_VERSION = re.compile(r"\d\.0(?![\w.,%]*\d|%| *%)")
_PLATE = re.compile(r"\d{2}-?[A-ZĐ]{1,2}\d?(?: *- *| )\d{3}\.?\d{1,2}(?![\w])")
_LIST = re.compile(
    r"(?:\d{1,2}(?:\.\d{1,2}){0,3}[.)](?!\d) ?(?=\S)|\d{1,2}(?:\.\d{1,2}){1,3} +(?=[^\W\d_])"
    r"|\d{1,2}/ (?=\S)|\d{1,2} ?- (?=[^\W\d_]))"
)
_MORE_NAMES = re.compile(
    r"(?:\d[\w./]{0,20})(?:(?: *, *| +và +| *- *|/| *& *)\d[\d]*[a-z]?(?!\w)(?![.,]\d|%)){0,20}"
)


# a short figure between blanks in the middle of a line: no code, no phone, no list number
_ORDINARY = re.compile(r"[1-9]\d{0,2}(?:\.\d{3})*(?:,\d+)?(?:%|(?= )|(?=[,;)] ))(?! ?\d{3})")


def blocked_until(source: Source, start: int) -> int:
    """Where the code, phone, list number or name part that a digit at `start` belongs to ends; else
    `start`.
    """
    cased, low = source.cased, source.low
    before = low[start - 1] if start else " "
    if before == " " and _ORDINARY.match(low, start) and source.left(start, 8).strip(" -+*•"):
        return start
    if before in "-/.,:+" and start > 1:
        earlier = low[start - 2]
        if earlier.isalnum() and (before in "-/.+" or earlier.isdigit()):
            return _run_end(low, start)
    for pattern in (_PHONE, _LONG, _VERSION, _PLATE):
        match = pattern.match(cased, start)
        if match is None or (
            pattern is _PHONE and sum(map(str.isdigit, match[0])) < 9 - (match[0][0] == "1")
        ):
            continue
        if not _measured(source, match.end()):
            return match.end()
    token_start, token_end = _token(cased, start)
    token = cased[token_start:token_end]
    if len(token) > 2 and not token.isdigit():
        stripped = token.rstrip(".,;:!?)]”\"'…")
        match = _MASK.fullmatch(stripped.lstrip("(“\"'["))
        if match is not None and not _is_unit_token(source, start, match):
            return token_start + len(stripped)
    if before in "( " or start == 0 or before == "\n":
        opening = source.left(start, 8).strip(" -+*•–")
        if opening in ("", "(") and (
            _LIST.match(low, start) and opening == "" and not _decimal_line(source, start)
        ):
            return start + 1 if low[start + 1 : start + 2] != "." else _run_end(low, start)
        if before == "(" and _BRACKET_NUMBER.match(low, start) and low[start + 1] == ")":
            return start + 1
    return start


def _decimal_line(source: Source, start: int) -> bool:
    """A whole text such as "1.5 tỷ" opens with a number, not with a list number."""
    if source.lines:
        return False
    return _DECIMAL.match(source.cased, start) is not None


def _is_unit_token(source: Source, start: int, match: re.Match[str]) -> bool:
    """ "5MW", "10K$", "USD1,23": digits with a unit or currency glued to them are no code."""
    from labeling.quantities.amounts import amount_at
    from labeling.quantities.money import currency_before

    if match.lastgroup not in ("code", "plate"):
        return False
    if currency_before(source, start):
        return True
    amount = amount_at(source, start)
    return amount is not None and amount.end >= start + len(match[0]) - (match[0].find(source.cased[start]))


def _measured(source: Source, end: int) -> bool:
    """Whether a unit of money or measurement follows: "0912345678 đồng" is no phone."""
    from labeling.quantities.amounts import unit_at

    return unit_at(source, end) is not None


def _run_end(low: str, start: int) -> int:
    match = _RUN.match(low, start)
    end = match.end() if match is not None else start + 1
    while end > start + 1 and low[end - 1] in "./:,-":
        end -= 1
    return end


def _token(text: str, at: int, width: int = 60) -> tuple[int, int]:
    """The white-space-delimited token around `at`, at most `width` code points to each side."""
    start = (
        max(text.rfind(" ", max(0, at - width), at), text.rfind("\n", max(0, at - width), at), at - width - 1)
        + 1
    )
    match = _SPACE.search(text, at, at + width)
    return start, match.start() if match is not None else min(len(text), at + width)


_SPACE = re.compile(r"[ \n]")


def name_list_end(source: Source, start: int) -> int:
    """After a number that belongs to a name, the end of the list it opens: "tổ 3, 4 và 5"."""
    match = _MORE_NAMES.match(source.low, start)
    if match is None:
        return start + 1
    if not is_named(source, start, start + 1, None):
        number = _FIGURE.match(source.low, start)
        return number.end() if number is not None else start + 1
    return match.end()


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


_ALSO_NOUNS = frozenset(["bản", "làng", "xóm", "ấp", "điều", "viện", "mốc", "hạng", "mã"])


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
        if phrase in soft and (noun is None or not counts(noun)):
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
    return not is_named(source, start, end, noun)


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
        return word in ("năm", "chín") and noun is not None and counts(noun)
    if word == "một":
        return _against(source, start, end)
    if single and first in ("ba", "bảy", "sáu", "tám", "bốn", "hai", "mười"):
        before = words_before(source, start, 1)
        if before and before[0][1] in _BEFORE_WORD:
            return False
        return noun is not None or bool(before and before[0][1] in ("cả", "là", "có", "thành"))
    return True


_BEFORE_WORD = frozenset(
    [
        "thứ",
        "tháng",
        "ngã",
        "số",
        "chú",
        "anh",
        "chị",
        "ông",
        "bà",
        "cô",
        "bác",
        "bố",
        "dì",
        "cậu",
        "út",
        "lớp",
        "ngày",
        "mùng",
        "mồng",
        "loại",
        "hạng",
    ]
)


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
