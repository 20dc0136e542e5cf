"""Codes, phones, plates, web addresses, versions and list numbers: stretches of text that hold no number."""

from __future__ import annotations

import re

from labeling.quantities.codes import code_end, told_end
from labeling.quantities.guards import is_named
from labeling.quantities.source import Source

# name → pattern over the white-space-delimited token around a digit, with its case: it holds no number
_BRACKET_NUMBER = re.compile(r"\d{1,2}\) *[^\W\d_]")


_DECIMAL = re.compile(r"\d+\.\d+(?!\.)(?! +[^\W\d_]+ +[^\W\d_]+ +[^\W\d_])")


_RUN = re.compile(r"[\w./:,-]{1,80}")


_FIGURE = re.compile(r"\d[\d.,]*\d|\d")


MASKS: dict[str, str] = {
    "web": r"(?:https?://|www\.)\S+|[\w.+-]+@[\w-]+(?:\.[\w-]+)+|(?:[A-Za-z0-9-]+\.)+(?:vn|com|net|org|gov|edu|info|html?|pdf|docx?|jpg|png|mp4)(?:[/?#]\S*)?",
    "document": (
        r"\d+[A-Za-z]?(?:[-/]\d+)*(?: ?[-/] ?[A-ZĐ]{1,}[A-ZĐa-z]*\d*)+(?:[-/.&][A-ZĐa-z0-9]+)*"
        r"(?:/\d+)?"
    ),
    "plate": r"(?!\d{2}[AP]M$)\d{2}[A-ZĐ]{1,2}\d?-?\d{3}\.?\d{0,2}|\d{2}[A-ZĐ]{1,2}\d?",
    "code": r"(?=\S*\d)[A-ZĐ][A-Za-zĐđ]*[-.]?\d[\w]*(?:[-./+]\w+)*|\d+[A-ZĐ]+\d+\w*",
    "address": r"(?:[0-9A-Fa-f]{1,4}:){3,}[0-9A-Fa-f]{1,4}|(?:[0-9A-Fa-f]{1,4}:)+(?::[0-9A-Fa-f]{1,4})+",
    "score": r"\d{1,2}(?:-\d{1,2}){2,4}",
}  # fmt: skip


_MASK = re.compile("|".join(f"(?P<{name}>{pattern})" for name, pattern in MASKS.items()))


_PHONE = re.compile(
    r"\(?(?:\+?84|0[2-9]\d{0,2})\)?(?:[ .-]{0,2}\d{2,4}){2,4}(?![\d\w]|,\d)"
    r"|1[89]00[ .-]{0,2}\d{2,4}(?:[ .-]{0,2}\d{2,4})?(?![\w.,]*\d)"
)


_LONG = re.compile(r"\d{9,}(?!\d|[.,]\d)")


_VERSION = re.compile(r"\d\.0(?![\w.,%]*\d|%| *%)")


_PLATE = re.compile(r"\d{2}[ -]{0,2}[A-ZĐ]{1,2}\d?(?: *- *| )\d{3}\.?\d{1,2}(?![\w])")


_LIST = re.compile(
    r"(?:\d{1,2}(?:\.\d{1,2}){0,3}[.)](?!\d) ?(?=\S)|\d{1,2}(?:\.\d{1,2}){1,3} +(?=[^\W\d_])"
    r"|\d{1,2}/ (?=\S)|\d{1,2} ?- (?=[^\W\d_]))"
)


_MORE_NAMES = re.compile(
    r"(?:\d[\w./]{0,20})(?:(?: *, *| +và +| *- *|/| *& *)\d[\d]*[a-z]?(?!\w)(?![.,]\d|%)){0,20}"
)


# a short figure between blanks in the middle of a line: no code, no phone, no list number
_ORDINARY = re.compile(
    r"[1-9]\d{0,2}(?:\.\d{3}){0,2}(?:,\d+)?(?:%|(?= )|(?=[,;)] ))"
    r"(?! ?\d{3}| *[a-zđ]{1,2}\d|[,;] *-?\d{1,3}\.\d{4}| ?- ?\d)"
)


def blocked_until(source: Source, start: int) -> int:
    """Where the code, phone, list number or name part that a digit at `start` belongs to ends; else
    `start`.
    """
    low = source.low
    before = low[start - 1] if start else " "
    if before == " " and _ORDINARY.match(low, start) and source.left(start, 8).strip(" -+*•"):
        return start
    if before in "-/.,:+" and start > 1:
        earlier = low[start - 2]
        if earlier.isalnum() and (before in "-/.+" or earlier.isdigit()):
            return _run_end(low, start)
    end = code_end(source, start)
    if end > start:
        return _run_end(low, end) if low[end : end + 1] in (":", "/", "-") else end
    end = told_end(source, start)
    if end > start:
        return end
    end = _printed_end(source, start)
    return end if end > start else _listed_end(source, start, before)


_READ_OUT = re.compile(r"(?:(?:không|một|mốt|hai|ba|bốn|tư|năm|lăm|sáu|bảy|bẩy|tám|chín)(?: +|\b)){7,}")


def read_out_end(source: Source, start: int) -> int:
    """The end of seven or more digits said one by one: a phone or code read out; else `start`."""
    match = _READ_OUT.match(source.low, start)
    return match.end() if match is not None else start


def _printed_end(source: Source, start: int) -> int:
    """The end of a phone, plate, document number or other printed code; `start` when there is none."""
    cased = source.cased
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
    return start


def _listed_end(source: Source, start: int, before: str) -> int:
    """The end of a list number: "1. ", "2) ", "a/"."""
    low = source.low
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
