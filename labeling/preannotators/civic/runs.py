"""Runs of capitalised syllables: where a proper name ends, and where one name stops and the next begins."""

from __future__ import annotations

import re

from labeling.preannotators.civic.grammar import Scan
from labeling.preannotators.civic.lexicon import Phrases, phrase_set, phrases, table, words

SURNAMES = words("persons", "kinh", "minority")
CERTAIN = words("persons", "certain")
MIDDLE = words("persons", "middle")
STOPS = words("persons", "stops")
_SOFT_STOPS = words("persons", "soft_stops")
_offices = phrases("offices", "offices", "single", "ranks")
_bodies = phrases("bodies", "seats", "parts", "whole", "departments", "committees", "companies", "schools")
_occasions = phrases("events", "named_after", "named")
_compounds = Phrases(
    [
        *(entry for entry in table("bodies")["fields"] if " " in entry),
        *table("persons")["compounds"],
    ]
)
_known = phrases("places", "provinces", "cities", "regions", "countries", "abbreviated")
_roman = re.compile(r"[ivxlc]+")
_CUES = phrase_set("persons", "cues")
_WEAK = phrase_set("persons", "weak")
_LONGEST_CUE = max(map(len, _CUES))
# given names follow these alone ("ông Phụng")
_DIRECT = words("persons", "direct")
_LEADS = words("persons", "leads")


def is_roman(low: str) -> bool:
    """Whether a folded token can be read as a Roman numeral."""
    return bool(_roman.fullmatch(low))


def run_end(scan: Scan, i: int, most: int = 6) -> int:
    """The end of the capitalised syllables from `i` on; an office or body that begins there ends them."""
    j = i
    while j < scan.size and j - i < most and scan.shape[j] == "C" and (j == i or scan.joined(j)):
        if j > i and (scan.low[j] in STOPS or (scan.low[j] in _SOFT_STOPS and _opens_another(scan, i, j))):
            break
        if begins_office_or_body(scan, j, inside_run=j > i):
            break
        j += 1
    return j


def _opens_another(scan: Scan, i: int, j: int) -> bool:
    if not scan.joined(j + 1):
        return False
    if scan.low[j] in ("ông", "bà"):
        return scan.shape[j + 1] == "C" and j - i > 1
    return scan.low[j + 1] in (":", ",")


def begins_office_or_body(scan: Scan, j: int, *, inside_run: bool) -> bool:
    """Whether a word of two syllables or more that begins an office or a body stands at `j`."""
    found = _offices.at(scan.low, scan.fresh, j)
    if found and found[0] - j > 1:
        return True
    found = _bodies.at(scan.low, scan.fresh, j) or _occasions.at(scan.low, scan.fresh, j)
    if not found or found[0] - j < 2:
        return False
    # "Lê Công An": a body's name would go on in lower case
    return not inside_run or any(scan.shape[k] != "C" for k in range(j, found[0]))


def cue_before(scan: Scan, i: int) -> str:
    """`strong`, `direct`, `weak` or "": how surely the words before `i` announce a person's name."""
    if i == 0 or scan.fresh[i]:
        return ""
    end = i - 1 if scan.low[i - 1] in (":", '"', "“") else i
    for size in range(min(_LONGEST_CUE, end), 0, -1):
        cue = tuple(scan.low[end - size : end])
        if cue in _CUES:
            if end < i and cue in _WEAK:
                return ""
            if cue in _WEAK:
                return "weak"
            return "direct" if end == i and (cue[-1] in _DIRECT or cue[-1] == "chí") else "strong"
    return ""


def breaks_word(scan: Scan, i: int, j: int) -> bool:
    """Whether the run [i, j) is a word of public life, or ends in the middle of one ("Đoàn Công|tác")."""
    whole = _compounds.at(scan.low, scan.fresh, i)
    if whole and whole[0] == j:
        return True  # "các bộ: Công an, Công Thương"
    for k in range(max(i, j - 3), j):
        word = _compounds.at(scan.low, scan.fresh, k)
        if word and word[0] > j and j < scan.size and scan.shape[j] == "l":
            return True
    return False


def known_place(scan: Scan, i: int) -> int:
    """The end of a province, country, region or large city that begins at `i`, or 0."""
    found = _known.at(scan.low, scan.fresh, i)
    return found[0] if found and scan.shape[i] in "CU" else 0


def split_person(scan: Scan, i: int, j: int) -> int:
    """Where a person's name begins in the run [i, j) after a place's class noun; `j` when there is none."""
    known = known_place(scan, i)
    if i < known < j and j - known >= 2:
        return known
    if j - i < 4:
        return _three(scan, i, j)
    for size in (2, 3, 1, 4):
        k = i + size
        if k < j and scan.low[k] in (CERTAIN if size == 1 else SURNAMES) and 2 <= j - k <= 5:
            return k
    return j


def _three(scan: Scan, i: int, j: int) -> int:
    if j - i == 3 and scan.low[i + 1] in CERTAIN and scan.low[i + 2] in MIDDLE:
        return i + 1
    return j


def looks_like_person(scan: Scan, i: int, j: int) -> bool:
    """Whether the run [i, j) has a person's form: a surname, then one to four syllables."""
    return 2 <= j - i <= 6 and scan.low[i] in SURNAMES and not scan.low[j - 1].isdigit()


def headed(scan: Scan, i: int) -> bool:
    """Whether the office took the capital: "Phó Trưởng [ban Quản lý …]"."""
    return (
        scan.low[i] == "ban"
        and i > 0
        and not scan.fresh[i]
        and scan.low[i - 1] in ("trưởng", "phó")
        and scan.joined(i + 1)
        and scan.shape[i + 1] == "C"
    )


def marked_person(scan: Scan, i: int, j: int) -> bool:
    """Whether the run [i, j) has a middle name that marks a person after any surname ("Ao Văn Thinh")."""
    return j - i in (3, 4) and scan.low[i + 1] in ("văn", "thị")


def place_end(scan: Scan, i: int, *, number: bool = False, dashes: bool = False) -> int:
    """The end of the place's name that begins with the capitalised token `i`."""
    known = known_place(scan, i)
    j = max(run_end(scan, i), known)
    if known != j:
        j = split_person(scan, i, j)
    while dashes and j + 1 < scan.size and scan.low[j] == "-" and scan.joined(j) and scan.joined(j + 1):
        further = run_end(scan, j + 1)
        if further == j + 1:
            break
        j = further
    if number and j > i and scan.joined(j) and ends_as_number(scan, j):
        j += 1
    return j


_COUNTED = words("persons", "counted")


def ends_as_number(scan: Scan, j: int) -> bool:
    """Whether the number at `j` closes a name ("Mook Đen 2") and counts nothing."""
    if not (scan.low[j].isdigit() and len(scan.low[j]) <= 2) and scan.low[j].upper() not in (
        "II",
        "III",
        "IV",
        "VI",
        "VII",
    ):
        return False
    if j + 1 >= scan.size or scan.fresh[j + 1]:
        return True
    if (
        scan.low[j + 1] in (",", ".", "-", "/")
        and j + 2 < scan.size
        and scan.shape[j + 2] == "n"
        and scan.tokens.start[j + 2] == scan.tokens.end[j + 1]
    ):
        return False
    return scan.low[j + 1] not in _COUNTED or scan.low[j + 1] in (",", ".", "-")


def stands_alone(scan: Scan, i: int, j: int) -> bool:
    """Whether no other capitalised syllable touches [i, j): it is no piece of a longer name."""
    before = i > 0 and not scan.fresh[i] and scan.shape[i - 1] == "C" and not _explained(scan, i - 1)
    after = scan.joined(j) and scan.shape[j] == "C" if j < scan.size else False
    return not before and not (
        after and run_end(scan, j) > j and not looks_like_person(scan, j, run_end(scan, j))
    )


def _explained(scan: Scan, i: int) -> bool:
    """Whether the capital at `i` comes from a sentence or quotation that begins there, not from a name."""
    opens = i == 0 or scan.fresh[i] or scan.shape[i - 1] == "p"
    return scan.low[i] in _LEADS or (opens and scan.low[i] not in SURNAMES)
