"""LAW: documents with a number, acts of parliament, and documents named after an occasion or a purpose."""

from __future__ import annotations

import re

from labeling.preannotators.civic.grammar import Node, Rule, Scan
from labeling.preannotators.civic.lexicon import phrases, words
from labeling.preannotators.civic.occasions import ordinal_end
from labeling.preannotators.civic.syllables import QUOTES

_types = phrases("laws", "numbered")
_titled = phrases("laws", "titled")
_acts = phrases("laws", "acts")
_STOPS = words("laws", "title_stops")
_BLANK = "[ \u00a0]"
# "45/2022/NĐ-CP", "18-NQ/TW", "2145-QĐ/HU", "12 - NQ/TW", "06"
_sign = re.compile(
    rf"{_BLANK}*(?P<so>số{_BLANK}*:?{_BLANK}*|s[oố]\.{_BLANK}*)?"
    rf"(?P<number>\d+(?:[A-ZĐ]{{2,3}}(?=/)|[A-Za-zĐđ])?(?:/\d{{4}})?(?:(?:[-–/]|{_BLANK}[-–]{_BLANK}?|{_BLANK}(?=[A-ZĐ]{{2,}}/[A-ZĐ]))[A-ZĐ][A-ZĐa-zđ\d&]*(?:[-–/.&][A-ZĐ\d][A-ZĐa-zđ\d&]*)*(?:{_BLANK}[-–]{_BLANK}[A-ZĐ]{{2,}}(?![a-zà-ỹ]))?)?)(?![\w%])",
    re.IGNORECASE,
)
_PLAIN = frozenset(
    [
        ("nghị", "quyết"),
        ("đề", "án"),
        ("chỉ", "thị"),
        ("kế", "hoạch"),
        ("quyết", "định"),
        ("nghị", "định"),
        ("thông", "tư"),
    ]
)
_MEASURES = words("laws", "measures")


def read_numbered(scan: Scan, i: int) -> Node | None:
    """A document's type and number: "Quyết định số 263/QĐ-TTg", "Đề án 06"."""
    found = _types.at(scan.low, scan.fresh, i)
    if not found or not scan.joined(found[0]):
        return None
    k = found[0]
    text = scan.tokens.text
    sign = _sign.match(text, scan.tokens.end[k - 1], scan.tokens.end[k - 1] + 80)
    if not sign:
        return None
    number = sign["number"]
    end = _token_at(scan, k, sign.end("number"))
    if not end:
        return None
    if number.isdigit():
        plain = tuple(scan.low[i:k]) in _PLAIN and (scan.shape[i] in "CU" or bool(sign["so"]))
        counted = scan.joined(end) and scan.low[end] in _MEASURES
        glued = (
            scan.joined(end)
            and scan.low[end] in (".", ",", "/", "-")
            and scan.joined(end + 1)
            and scan.tokens.start[end + 1] == scan.tokens.end[end]
            and scan.shape[end + 1] == "n"
        )
        if not plain or counted or glued or len(number) > 4:
            return None
    return Node(i, end, "law.numbered")


def _token_at(scan: Scan, k: int, offset: int) -> int:
    """The token index right after the token that ends at `offset`, or 0 where none ends there."""
    for t in range(k, min(k + 20, scan.size)):
        if scan.tokens.end[t] == offset:
            return t + 1
        if scan.tokens.end[t] > offset:
            break
    return 0


def read_act(scan: Scan, i: int) -> Node | None:
    """An act: "Luật Đất đai 2024", "Bộ luật Hình sự"."""
    k = i + 1 if scan.low[i] == "luật" else i + 2 if scan.low[i : i + 2] == ["bộ", "luật"] else 0
    if not k or not scan.joined(k):
        return None
    found = _acts.at(scan.low, scan.fresh, k)
    if not found or (scan.shape[k] not in "CU" and scan.shape[i] not in "CU"):
        return None
    end = found[0]
    kids = scan.inside(k, end, ("ORG", "LOC"))
    if scan.joined(end) and re.fullmatch(r"(?:19|20)\d\d", scan.low[end]):
        end += 1
    return Node(i, end, "law.act", kids)


def read_after_occasion(scan: Scan, i: int) -> Node | None:
    """ "Nghị quyết [Đại hội [Đảng bộ huyện] lần thứ XXII]"."""
    found = _types.at(scan.low, scan.fresh, i)
    if not found or scan.shape[i] not in "CU" or not scan.joined(found[0]):
        return None
    k = found[0]
    if scan.low[k : k + 2] == ["trung", "ương"] and scan.joined(k + 2) and scan.shape[k + 2] == "n":
        return Node(i, ordinal_end(scan, k + 3), "law.plenum")
    occasion = scan.best("EVENT", k)
    if occasion and occasion.rule.startswith("event.congress"):
        return Node(i, occasion.j, "law.after_occasion", (occasion,))
    if scan.low[k : k + 3] == ["đảng", "bộ", "huyện"]:
        return None
    return None


def read_titled(scan: Scan, i: int) -> Node | None:
    """A plan, scheme, statute or charter that is named by its purpose: "Đề án phát triển du lịch Phú Quý"."""
    found = _titled.at(scan.low, scan.fresh, i) or _types.at(scan.low, scan.fresh, i)
    if not found or scan.shape[i] != "C" or not scan.joined(found[0]):
        return None
    k = found[0]
    if scan.low[k] in QUOTES:
        end = scan.quote_end(k)
        return Node(i, end, "law.quoted", scan.inside(k + 1, end - 1)) if end else None
    if not _titled.at(scan.low, scan.fresh, i):
        return None
    opens = scan.fresh[i] or scan.low[i - 1] in (".", ":", "“", '"', ";")
    if (opens and scan.low[i] != "điều") or scan.shape[k] == "p" or scan.low[k] in _STOPS:
        return None
    t = k
    while t < scan.size and t - k < 24 and scan.joined(t) and not _ends_title(scan, t):
        programme = scan.best("PROGRAM", t)
        t = programme.j if programme else t + 1
    if (t - k < 3 and scan.low[i] not in ("điều", "quy")) or t == k:
        return None
    if scan.low[i] == "điều" and scan.joined(t) and re.fullmatch(r"(?:19|20)\d\d", scan.low[t]):
        return Node(i, t + 1, "law.titled", scan.inside(k, t))
    return Node(i, t, "law.titled", scan.inside(k, t))


def _ends_title(scan: Scan, t: int) -> bool:
    if scan.low[t : t + 2] in (["trong", "nước"], ["hành", "chính"], ["có", "công"], ["có", "uy"]):
        return False
    return scan.shape[t] in "pn" or scan.low[t] in _STOPS


RULES = (
    Rule("law.numbered", "LAW", 0.96, read_numbered, _types.firsts),
    Rule("law.act", "LAW", 0.93, read_act, frozenset(["luật", "bộ"])),
    Rule("law.after_occasion", "LAW", 0.92, read_after_occasion, _types.firsts),
    Rule("law.plenum", "LAW", 0.8),
    Rule("law.titled", "LAW", 0.55, read_titled, _titled.firsts | _types.firsts),
    Rule("law.quoted", "LAW", 0.75),
)
