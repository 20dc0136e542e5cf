"""PER: names that the press withholds and gives by initials: "bà [Đ.T.Đ]", "anh [Lê V.T.]"."""

from __future__ import annotations

from labeling.preannotators.civic import runs
from labeling.preannotators.civic.grammar import Node, Rule, Scan

# syllables written out before the initials ("Nguyễn Thị H.")
_WRITTEN = 3
_MOST = 5
# a surname too, but before initials it is how the person is called
_ADDRESS = frozenset(["ông", "bà"])


def _initials_end(scan: Scan, i: int) -> tuple[int, int]:
    """(end, number of letters) of the dotted letters on; the last dot where it ends no sentence."""
    start, end = scan.tokens.start, scan.tokens.end
    k, letters = i, 0
    while k < scan.size and letters < _MOST and _is_letter(scan, k):
        letters += 1
        k += 1
        if k + 1 < scan.size and scan.low[k] == "." and start[k] == end[k - 1]:
            if start[k + 1] == end[k] and _is_letter(scan, k + 1):
                k += 1
                continue
            if not scan.fresh[k + 1] and (scan.shape[k + 1] in "ln" or scan.low[k + 1] in "(,);"):
                return k + 1, letters
        break
    return k, letters


def _is_letter(scan: Scan, k: int) -> bool:
    return scan.shape[k] == "C" and scan.tokens.end[k] - scan.tokens.start[k] == 1


def read_initials(scan: Scan, i: int) -> Node | None:
    """A name by initials after a form of address, an office or another person, or with its age or home."""
    k = i
    while k < scan.size and k - i < _WRITTEN and scan.shape[k] == "C" and not _is_letter(scan, k):
        k += 1
        if k < scan.size and scan.fresh[k]:
            return None
    if k > i and (scan.low[i] not in runs.SURNAMES or scan.low[i] in _ADDRESS):
        return None
    if k >= scan.size or (k > i and scan.fresh[k]):
        return None
    end, letters = _initials_end(scan, k)
    if not letters or (letters == 1 and scan.low[end - 1] != "."):
        return None
    cue = runs.cue_before(scan, i)
    if letters == 1 and k == i:
        return Node(i, end, "person.initials") if cue == "direct" else None
    last = scan.last
    beside = last is not None and scan.label(last) in ("PER", "TITLE") and scan.follows_last(i)
    return Node(i, end, "person.initials") if cue or beside or _described(scan, end) else None


def _described(scan: Scan, k: int) -> bool:
    """Whether a birth year, an age or a home follows: "N.V.H (SN 1990)", "L.T.M, ngụ xã …"."""
    if not scan.joined(k) or scan.low[k] not in ("(", ",") or not scan.joined(k + 1):
        return False
    follows = scan.low[k + 1]
    aged = scan.shape[k + 1] == "n" and scan.joined(k + 2) and scan.low[k + 2] == "tuổi"
    return aged or follows in ("sn", "sinh", "ngụ", "trú", "quê")


RULES = (Rule("person.initials", "PER", 0.9, read_initials, contextual=True),)
