"""Paragraphs, sentences and syllable tokens as extents of canonical text.

- A paragraph is one line that is not blank.
- A sentence never crosses a line break.  It ends at `.`, `!`, `?`, `…` and their runs (`...`, `…/.`),
  with the closing quotes and brackets that follow, unless a named rule below says that it goes on.
  A sentence longer than `LONGEST` code points is cut after the last `;`, else after the last `,`, else
  at the last white space before that length (else at that length).
- A syllable token is a run of letters with their marks, a number with its inner separators (`5.000`,
  `17,2`, `21/10`, `29-6`, `2020–2025`, `14:30` are one token), a run of dots, or one other character.
  Hyphens and slashes between letters are tokens of their own (`kinh tế-xã hội`, `QĐ-UBND`), and so is
  a unit glued to its number (`17,2|ha`, `14|h|00`).

All extents are half-open code-point ranges, in order, without white space at their edges; every
character that is not white space is covered by exactly one extent of each kind.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from corpus.document import Extent

LONGEST = 400

_number = r"\d+(?:[.,/:\-–]\d+)*"
_letters = r"(?:[^\W\d_][\u0300-\u036f]*)+"
_token = re.compile(rf"{_letters}|{_number}|\.{{2,}}|\S")
_line = re.compile(r"\S(?:[^\n]*\S)?")

_closing = '"”’»)\\]'
_opening = re.compile(r"[\"“‘«(\[\-–—•*+\s]*")
_stop = re.compile(rf"(?:[.!?…]+(?:/\.+)?|(?<=\w)/\.)[{_closing}]*")
_word_ahead = re.compile(r"[^\W\d_]+")
_word_before = re.compile(r"[^\W_]+$")


def _words(line: str) -> frozenset[str]:
    return frozenset(line.split())


# Abbreviations after which a full stop does not end a sentence (compared in lower case): degrees and
# titles; administrative units; references.  Units may still end one, see `_goes_on`.
DEGREES = _words(
    "gs pgs ts ths tsk tskh cn ks kts bs ds ths bscki bsckii cki ckii ncs nsnd nsưt ngnd ngưt gv ls lm ht "
    "đđ hs mr mrs ms dr prof st đc đ/c"
)
UNITS = _words("tp tx tt p q h t x đ kp kcn kđt qt ql tl đt")
REFERENCES = _words("tr nxb vd vs no tel fax co ltd inc jr sr")

# Words that often open a sentence and are no proper name: after a unit's abbreviation they tell
# "lãnh đạo TP. Tại buổi làm việc" (ends) from "TP. Tân An" (goes on) when a lower-case word follows.
OPENERS = _words(
    "tại theo trong sau ngày cùng đồng đây các những với đến từ để trước ngoài bên phát tuy do nhằm ông bà "
    "hiện năm trên khi nếu nhờ vì qua đối về dự tham được được đặc thay chương đoàn công việc kết tiếp "
    "mặc dù nhân mỗi mọi một hai ba có không chỉ song còn cũng như vậy đó này chiều sáng tối hôm"
)

_numbered_heading = re.compile(
    r"(?:điều|khoản|mục|chương|phần|bài|bước|câu|hình|bảng)\s+(?:\d+|[IVXLC]+)$", re.I
)
_letter_mark = re.compile(r"[a-zđ][.)]\s+[^\W\d_]")  # "a. Về kinh tế"
_list_mark = re.compile(r"(?:\d{1,3}(?:\.\d{1,3})*|[IVXLC]{1,6}|[A-Za-zĐđ])$")


def paragraphs(text: str) -> list[Extent]:
    """The lines of `text` that are not blank, without the white space at their edges."""
    return [Extent(found.start(), found.end()) for found in _line.finditer(text)]


def sentences(text: str) -> list[Extent]:
    """The sentences of `text` in order; line breaks end them, long ones are cut (see the module)."""
    return [
        piece
        for line in _line.finditer(text)
        for start, end in _split_line(text, line.start(), line.end())
        for piece in _cut(text, start, end)
    ]


def syllables(text: str, start: int = 0, end: int | None = None) -> list[Extent]:
    """The syllable and punctuation tokens of `text[start:end]`, in offsets of `text`."""
    stop = len(text) if end is None else end
    return [Extent(*found.span()) for found in _token.finditer(text, start, stop)]


def _split_line(text: str, start: int, end: int) -> Iterator[tuple[int, int]]:
    """(start, end) of each sentence of one line, before long ones are cut."""
    for found in _stop.finditer(text, start, end):
        after = found.end()
        if found.start() <= start or after >= end:
            continue
        following = _opening.match(text, after, end)
        head = following.end() if following else after
        if head >= end or not _ends(text, start, found, head):
            continue
        yield start, after
        start = after
        while start < end and text[start].isspace():
            start += 1
    if start < end:
        yield start, end


def _ends(text: str, start: int, found: re.Match[str], head: int) -> bool:
    """Whether the mark `found` ends the sentence begun at `start`; `head` begins what follows."""
    following = text[head]
    glued = head == found.end()
    if following.islower():
        return bool(_letter_mark.match(text, head)) and not glued
    if glued:
        return _glued_end(text, start, found, head)
    if not text[found.end()].isspace():
        # an opening mark or a dash directly after the stop: part of the same word or number
        return text[found.end()] in "“‘«" and following.isupper()
    if _inside_brackets(text, start, found.end()):
        return False
    return not (found.group() == "." and _goes_on(text, start, found.start(), head))


def _glued_end(text: str, start: int, found: re.Match[str], head: int) -> bool:
    """A stop with no space after it ("… của huyện.Theo đó") ends a sentence between ordinary words."""
    if not text[head].isupper() or not text[head + 1 : head + 2].islower():
        return False
    before = _last_word(text, start, found.start())
    if found.group() != ".":
        return bool(before) and before[-1].islower()
    if before.isdigit():
        return not _list_mark.fullmatch(text[start : found.start()])
    return len(before) > 1 and before.islower() and before not in DEGREES | UNITS | REFERENCES


def _goes_on(text: str, start: int, stop: int, head: int) -> bool:
    """Whether a single full stop at `stop` belongs to an abbreviation, an initial or a list mark."""
    sentence = text[start:stop]
    if _list_mark.fullmatch(_opening.sub("", sentence, count=1)) or _numbered_heading.search(sentence[-20:]):
        return len(sentence) < 20
    before = _last_word(text, start, stop)
    lower = before.lower()
    if sentence.lower().endswith("đ/c"):
        return True
    if lower in DEGREES or lower in REFERENCES:
        return lower != before or lower in ("tr", "vd", "vs", "đ")
    if lower in UNITS and before != lower:
        if text[head].isdigit():
            return True
        return not (_opens_sentence(text, head) or (len(before) == 1 and _after_name(text, start, stop - 1)))
    if lower == "tp":
        return True
    if len(before) != 1 or not before.isupper():
        return False
    return not _after_name(text, start, stop - 1) or _is_foreign(text, head)


def _opens_sentence(text: str, head: int) -> bool:
    words = text[head : head + 40].split(None, 2)
    return len(words) > 1 and words[0].rstrip(",").lower() in OPENERS and words[1][:1].islower()


def _is_foreign(text: str, head: int) -> bool:
    """Whether the word at `head` is no possible Vietnamese syllable: "John F. Kennedy" goes on."""
    from corpus.vietnamese import valid_syllables

    found = _word_ahead.match(text, head)
    return found is not None and found.group().lower() not in valid_syllables()


def _after_name(text: str, start: int, position: int) -> bool:
    """Whether the word before `position` is capitalised, as in "ông Nguyễn Văn A."."""
    words = text[max(start, position - 40) : position].split()
    return bool(words) and words[-1][:1].isupper() and position > start and text[position - 1].isspace()


def _last_word(text: str, start: int, stop: int) -> str:
    found = _word_before.search(text[max(start, stop - 24) : stop])
    return found.group() if found else ""


def _inside_brackets(text: str, start: int, position: int) -> bool:
    """Whether a round bracket opened in this sentence closes within the next 200 characters."""
    if text.rfind("(", start, position) <= text.rfind(")", start, position):
        return False
    close = text.find(")", position, position + 200)
    return close >= 0 and "\n" not in text[position:close]


def _cut(text: str, start: int, end: int) -> Iterator[Extent]:
    """The sentence [start, end) as pieces of at most LONGEST characters."""
    while end - start > LONGEST:
        limit = start + LONGEST
        at = max(text.rfind("; ", start, limit), text.rfind(";\u00a0", start, limit))
        if at < start + LONGEST // 4:
            at = text.rfind(", ", start + LONGEST // 4, limit)
        if at >= 0:
            at += 1
        else:
            at = next((i for i in range(limit, start + LONGEST // 4, -1) if text[i].isspace()), limit)
        yield Extent(start, start + len(text[start:at].rstrip()))
        start = at
        while text[start].isspace():
            start += 1
    yield Extent(start, end)
