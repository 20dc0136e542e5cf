"""PER: names after a form of address or an office, before one, by their surname, in lists and credits."""

from __future__ import annotations

from labeling.preannotators.civic import runs
from labeling.preannotators.civic.grammar import Node, Rule, Scan
from labeling.preannotators.civic.lexicon import phrase_set, phrases, words

_credits = phrase_set("persons", "credits")
_places = phrases("places", "units", "sites")
_ADDRESS = frozenset(["ông", "bà", "anh", "chị", "cô", "thầy", "em", "cụ"])
_NOT_GIVEN = words("persons", "not_given")


def _end(scan: Scan, i: int, most: int = 5) -> int:
    """The end of a person's name that begins at `i`: a run, not begun by an office, body or place."""
    if scan.shape[i] != "C" or (scan.low[i] in _ADDRESS and scan.joined(i + 1) and scan.shape[i + 1] == "C"):
        return i
    if scan.low[i] in runs.STOPS and scan.joined(i + 1) and scan.shape[i + 1] == "C":
        return i
    if runs.begins_office_or_body(scan, i, inside_run=False):
        return i
    end = runs.run_end(scan, i, most)
    while end > i and scan.low[end - 1] in ("ở", "tại"):
        end -= 1
    return end


def read_after_cue(scan: Scan, i: int) -> Node | None:
    """ "đồng chí [Trần Thị Lan]", "ông [Phụng]"."""
    cue = runs.cue_before(scan, i)
    if not cue:
        return None
    end = _end(scan, i)
    size = end - i
    if size == 0:
        return None
    if cue == "weak":
        return (
            Node(i, end, "person.after_cue")
            if runs.looks_like_person(scan, i, end)
            and not runs.breaks_word(scan, i, end)
            and (size > 2 or scan.low[i] in runs.CERTAIN)
            else None
        )
    if size == 1 and (cue != "direct" or scan.low[i] in _NOT_GIVEN or _runs_on(scan, end)):
        return None
    if cue == "strong" and scan.low[i] not in runs.SURNAMES and (runs.known_place(scan, i) or size < 2):
        return None
    return Node(i, end, "person.after_cue")


def _runs_on(scan: Scan, j: int) -> bool:
    """Whether what looks like a given name is the first word of a longer one that is no person."""
    return scan.joined(j) and scan.shape[j] == "U"


def read_before_office(scan: Scan, i: int) -> Node | None:
    """ "[Nguyễn Văn Thi], Phó Chủ tịch UBND tỉnh"."""
    end = _end(scan, i)
    if end - i < 2 or runs.known_place(scan, i) == end or tuple(scan.low[i:end]) in scan.memory.places:
        return None
    k = end
    if (k < scan.size and scan.low[k] == "(" and not scan.fresh[k]) or (
        k < scan.size and scan.low[k] in (",", "-", ":", ";") and not scan.fresh[k]
    ):
        k += 1
    else:
        return None
    if not scan.joined(k) or (scan.low[k] == "nguyên" and not scan.joined(k + 1)):
        return None
    k += scan.low[k] in ("nguyên", "là")
    if k >= scan.size or not (scan.best("TITLE", k)):
        return None
    sure = scan.low[i] in runs.SURNAMES or (
        scan.fresh[i] is False and scan.low[i - 1] in (":", ";", ",", "và")
    )
    return Node(i, end, "person.before_office") if sure and _opens(scan, i) else None


def _opens(scan: Scan, i: int) -> bool:
    """Whether no capitalised syllable stands right before the name."""
    return (
        i == 0
        or scan.fresh[i]
        or scan.shape[i - 1] != "C"
        or scan.low[i - 1] in ("theo", "cùng", "có", "do", "gặp", "tại", "với", "và")
    )


def read_after_office(scan: Scan, i: int) -> Node | None:
    """ "Bí thư Tỉnh ủy [Nguyễn Quốc Đoàn]"."""
    last = scan.last
    if last is None or scan.label(last) != "TITLE" or (scan.fresh[i] and last.j != i):
        return None
    gap = scan.low[last.j : i]
    if gap and gap not in ([":"], ["-"], ["đ", "/", "c"], ["đồng", "chí"], ["là"], ["ông"], ["bà"]):
        return None
    end = _end(scan, i)
    if (scan.fresh[i] and not runs.looks_like_person(scan, i, end)) or runs.breaks_word(scan, i, end):
        return None
    if end - i >= 2 and (scan.low[i] in runs.SURNAMES or runs.known_place(scan, i) != end):
        return Node(i, end, "person.after_office")
    return None


def read_highland(scan: Scan, i: int) -> Node | None:
    """A name of the southern highlands with its own mark: "K'Tim", "H'Nga Êban"."""
    low = scan.low[i]
    if len(low) < 4 or low[0] not in "kh" or low[1] not in "'’ʼ" or low.replace("’", "'") in _PEOPLES:
        return None
    if i and not scan.fresh[i] and (scan.shape[i - 1] == "C" or scan.low[i - 1] in _NOT_BEFORE):
        return None
    return Node(i, _end(scan, i), "person.highland") if _end(scan, i) > i else None


_PEOPLES = frozenset(["k'ho", "h'mông", "h'rê", "h're", "h'mong", "k'bang"])


def read_by_surname(scan: Scan, i: int) -> Node | None:
    """Three syllables or more that begin with a surname, two with one that no place begins with."""
    if scan.low[i] not in runs.SURNAMES or not _opens(scan, i):
        return None
    end = _end(scan, i)
    size = end - i
    name = tuple(scan.low[i:end])
    if (
        runs.known_place(scan, i)
        or name in scan.memory.places
        or (size > 4 and scan.low[i] not in runs.CERTAIN)
    ):
        return None
    if i > 0 and not scan.fresh[i] and (scan.low[i - 1] in _NOT_BEFORE or scan.shape[i - 1] == "n"):
        return None
    if runs.breaks_word(scan, i, end):
        return None
    if scan.low[i] in runs.CERTAIN:
        return Node(i, end, "person.by_surname") if size >= 2 else None
    if size >= 3 and scan.low[i + 1] in runs.MIDDLE:
        return Node(i, end, "person.by_surname")
    return Node(i, end, "person.by_rare_surname") if size >= 3 else None


_NOT_BEFORE = words("persons", "not_before")


def read_listed(scan: Scan, i: int) -> Node | None:
    """A further person after a comma, semicolon or "và": "các đồng chí A, [B] và [C]"."""
    if scan.last is None or scan.label(scan.last) != "PER" or not scan.follows_last(i):
        return None
    end = _end(scan, i)
    gap = scan.low[scan.last.j : i]
    name = tuple(scan.low[i:end])
    if (
        (end - i < 2 and gap != ["-"])
        or "(" in gap
        or ")" in gap
        or name in scan.memory.places
        or runs.known_place(scan, i)
    ):
        return None
    if runs.breaks_word(scan, i, end):
        return None
    if gap == ["-"] and end == i and scan.last.rule == "person.byline":
        end = _capitals_end(scan, i)
    if gap == ["-"]:
        return (
            Node(i, end, "person.listed")
            if 2 <= end - i <= 4 and (end == scan.size or scan.fresh[end] or scan.low[end] == "(")
            else None
        )
    return Node(i, end, "person.listed") if scan.low[i] in runs.SURNAMES or end - i in (3, 4) else None


def read_credit(scan: Scan, i: int) -> Node | None:
    """The name after "Tin, ảnh:" and the like."""
    if i < 2 or scan.fresh[i] or scan.low[i - 1] != ":":
        return None
    for size in (1, 2, 3):
        if i - 1 - size >= 0 and tuple(scan.low[i - 1 - size : i - 1]) in _credits:
            end = _end(scan, i, 4)
            while end - i < 4 and scan.shape[end : end + 1] == ["U"] and (end == i or scan.joined(end)):
                end += 1
            opens = (
                scan.fresh[i - 1 - size]
                or (size == 1 and scan.shape[i - 2] == "U")
                or scan.low[i - 2 - size] in (".", "-", "(", ")", "/", "|", ",")
            )
            closes = (
                end == scan.size
                or scan.fresh[end]
                or scan.low[end] in ("-", ",", ")", ".", "(", ";", "|", "/")
            )
            if opens and closes and end - i >= 2:
                return Node(i, end, "person.credit")
    return None


def _capitals_end(scan: Scan, i: int) -> int:
    """The end of a name in capitals on a last line that is all capitals; `i` where it is not."""
    if not all(scan.shape[k] in "UCp" for k in range(i, scan.size)):
        return i
    if not any(scan.shape[k] == "l" for k in range(max(0, i - 12), i)):
        return i  # a heading among headings
    end = i
    while end < scan.size and scan.shape[end] != "p":
        end += 1
    return end


def read_byline(scan: Scan, i: int) -> Node | None:
    """A short line of its own, near the text's end, that begins with two to four capitalised syllables."""
    if not scan.fresh[i]:
        return None
    line = scan.line_end(i)
    if line - i > 14 or scan.size - line > 40 or i == 0 or _places.at(scan.low, scan.fresh, i):
        return None
    end = _end(scan, i, 4)
    if end == i and line == scan.size:
        end = _capitals_end(scan, i)
    closes = (
        end == line
        or scan.low[end] in ("-", "(", "/", "&", "và")
        or (scan.low[end] == "," and line - end < 5)
    )
    if not 2 <= end - i <= 4 or not closes or runs.begins_office_or_body(scan, i, inside_run=False):
        return None
    name = tuple(scan.low[i:end])
    if name in scan.memory.places or runs.known_place(scan, i):
        return None
    last_line = line == scan.size
    return Node(i, end, "person.byline") if last_line or scan.low[i] in runs.SURNAMES else None


def read_remembered(scan: Scan, i: int) -> Node | None:
    """A name, or the last two syllables of one, that the document has introduced before."""
    end = _end(scan, i)
    for j in range(end, i + 1, -1):
        if tuple(scan.low[i:j]) in scan.memory.persons:
            return Node(i, j, "person.remembered") if runs.stands_alone(scan, i, j) else None
    return None


def read_given_name(scan: Scan, i: int) -> Node | None:
    """The given name alone of a person named in full elsewhere: "nhóm của [Ba] và [Hải]"."""
    if (
        scan.low[i] not in scan.memory.given
        or scan.shape[i] != "C"
        or scan.fresh[i]
        or scan.low[i] in _NOT_GIVEN
    ):
        return None
    before, after = scan.shape[i - 1], scan.shape[i + 1] if scan.joined(i + 1) else "p"
    if before != "l" or after not in "lp" or scan.low[i - 1] in _NOT_BEFORE:
        return None
    return Node(i, i + 1, "person.given_name")


RULES = (
    Rule("person.after_cue", "PER", 0.96, read_after_cue),
    Rule("person.before_office", "PER", 0.97, read_before_office),
    Rule("person.after_office", "PER", 0.94, read_after_office, contextual=True),
    Rule("person.listed", "PER", 0.88, read_listed, contextual=True),
    Rule("person.credit", "PER", 0.93, read_credit),
    Rule("person.byline", "PER", 0.85, read_byline),
    Rule("person.remembered", "PER", 0.93, read_remembered),
    Rule("person.highland", "PER", 0.85, read_highland),
    Rule("person.by_surname", "PER", 0.92, read_by_surname),
    Rule("person.by_rare_surname", "PER", 0.75),
    Rule("person.given_name", "PER", 0.7, read_given_name),
    Rule("person.after_title", "PER", 0.9),
)
