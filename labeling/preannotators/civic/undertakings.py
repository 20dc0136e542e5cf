"""ORG: committees and managements, companies and cooperatives."""

from __future__ import annotations

from labeling.preannotators.civic import runs
from labeling.preannotators.civic.grammar import Node, Rule, Scan
from labeling.preannotators.civic.lexicon import phrases
from labeling.preannotators.civic.places import level_end, named_at_end
from labeling.preannotators.civic.syllables import phrase
from labeling.preannotators.civic.tails import Tail, tail

_committees = phrases("bodies", "committees")
_sites = phrases("places", "sites")
_own_name = phrases("bodies", "whole", "seats", "parts")
_committee_stops = phrases("bodies", "committee_stops")
_companies = phrases("bodies", "companies")
_business = phrases("bodies", "business")
_fields = phrases("bodies", "fields")
# kinds that go on in lower case although they say no purpose of their own
_STRICT = frozenset(
    phrase(kind)
    for kind in (
        "BCH",
        "Ban",
        "Phòng",
        "Trung tâm",
        "Viện",
        "Đội",
        "Hội",
        "Chi cục",
        "Cục",
        "Tổ",
        "Trạm",
        "Ủy ban",
        "Hiệp hội",
        "Liên hiệp",
    )
)
_OPEN = frozenset(
    phrase(kind)
    for kind in ("Ban Chỉ đạo", "BCĐ", "Ban Quản lý", "BQL", "Ban QLDA", "BQLDA", "Hội đồng", "Ban Vận động")
)
# places that close a committee's name: what it is in charge of, or where
_CLOSES = frozenset(["place.unit", "place.known", "place.remembered", "place.nature", "place.site"])
_SIGNS = frozenset([",", "-", "&", "/"])
# bodies that hold a team or a committee and close its name ("Tổ Cảnh sát trật tự [Công an xã]")
_HOLDERS = phrases("bodies", "holders")


def read_committee(scan: Scan, i: int) -> Node | None:
    """A committee or management: its purpose runs on to a level or a unit."""
    found = _committees.at(scan.low, scan.fresh, i)
    if not found or not scan.joined(found[0]) or not (scan.shape[i] in "CU" or runs.headed(scan, i)):
        return None
    named = _own_name.at(scan.low, scan.fresh, i) or _sites.at(scan.low, scan.fresh, i)
    if named and named[0] > found[0]:
        return None
    k = found[0]
    kind = tuple(scan.low[i:k])
    if kind in _STRICT and scan.shape[k] not in "CU":
        return None
    if scan.shape[k] == "n" and kind in _OPEN and len(scan.low[k]) <= 4:
        end, kids = tail(scan, k + 1, bare=False)
        return Node(i, end, "body.committee", kids)
    end, kids, closed = _purpose(scan, k, commas=kind not in _STRICT)
    if closed:
        return Node(
            i, end, "body.committee", (*scan.inside(k, end - sum(kid.j - kid.i for kid in kids)), *kids)
        )
    end = _before_comma(scan, k, end)
    if kind in _OPEN and end - k > 1 and scan.joined(end) and scan.shape[end - 1] == "C":
        begin = end - 1
        while begin > k and scan.shape[begin - 1] == "C":
            begin -= 1
        if runs.looks_like_person(scan, begin, end):
            return Node(i, begin, "body.committee_open", scan.inside(k, begin)) if begin - k > 1 else None
        place = () if begin == k else (Node(begin, end, "place.of_body"),)
        return Node(i, end, "body.committee_open", (*scan.inside(k, begin), *place))
    national = scan.low[k : k + 2] == ["trung", "ương"]  # its purpose may be long: it stands by itself
    if kind in _OPEN and 0 < end - k <= (21 if national else 14):
        return Node(i, end, "body.committee_open", scan.inside(k, end))
    return None


def _held(scan: Scan, t: int) -> bool:
    return _HOLDERS.at(scan.low, scan.fresh, t) is not None


def _before_comma(scan: Scan, k: int, end: int) -> int:
    """An open purpose ends at its comma, unless "và" shows that a list goes on or it is "phòng, chống"."""
    for t in range(k + 1, end):
        if scan.low[t] == "," and scan.low[t - 1] != "phòng" and "và" not in scan.low[t:end]:
            return t
    return end


def _purpose(scan: Scan, k: int, *, commas: bool) -> tuple[int, tuple[Node, ...], bool]:
    """(end, unit inside, whether a level or unit closes it) of the words from `k` on."""
    t = k
    while t < scan.size and t - k < 22 and scan.joined(t):
        programme = scan.best("PROGRAM", t)
        if programme and programme.rule != "programme.project":
            t = programme.j
            continue
        line = _business.at(scan.low, scan.fresh, t) or _fields.at(scan.low, scan.fresh, t)
        if line and line[0] - t > 1:
            t = line[0]
            continue
        if _committee_stops.at(scan.low, scan.fresh, t) or (
            scan.low[t] in ("các", ",") and level_end(scan, t + 1)
        ):
            break
        holder = scan.best("ORG", t) if t > k and scan.shape[t] in "CU" and _held(scan, t) else None
        if holder:
            return holder.j, (holder,), True
        level = level_end(scan, t)
        unit = scan.best("LOC", t)
        if unit and unit.rule in _CLOSES and unit.j > level:
            return unit.j, (unit,), True
        if level:
            return level, (), True
        if scan.shape[t] == "p" and not (
            (commas or scan.low[t] != ",")
            and scan.low[t] in _SIGNS
            and scan.joined(t + 1)
            and (scan.shape[t + 1] == "l" or scan.low[t] == "-" or scan.best("PROGRAM", t + 1))
        ):
            break
        if t - k > 2 and scan.shape[t - 2] == scan.shape[t - 1] == "C" and scan.shape[t] == "l":
            break
        if scan.shape[t] == "U" and scan.low[t] in ("ubnd", "hđnd", "mttq"):
            break
        t += 1
    while t > k and scan.low[t - 1] in ("và", ",", "-", "các"):
        t -= 1
    return t, (), False


def read_company(scan: Scan, i: int) -> Node | None:
    """A company, bank or cooperative: lines of business, then a proper name, a number or a unit."""
    found = _companies.at(scan.low, scan.fresh, i)
    if not found or not scan.joined(found[0]):
        return None
    proper_kind = scan.shape[i] in "CU"
    end, kids = _business_name(
        scan,
        found[0],
        bank=scan.low[i] == "ngân",
        crops=4 if scan.low[i] in ("htx", "hợp", "tổ") else 2 * (found[0] - i > 2),
    )
    if not end or (not proper_kind and scan.low[i] != "công"):
        return None
    return Node(i, end, "body.company", kids)


def _business_name(scan: Scan, k: int, *, bank: bool = False, crops: int = 0) -> Tail:
    """The end of "sản xuất, kinh doanh Tuyền Hiền" from `k` on (0 where no proper name is reached).

    bank    lines of business written with capitals are name enough
    crops   how many unknown words may stand before the name: what a cooperative grows may be anything
    """
    start, proper_end = k, 0
    kids: tuple[Node, ...] = ()
    while k < scan.size and k - start < 24 and (k == start or scan.joined(k)):
        unit = scan.best("LOC", k) if scan.shape[k] in "Cl" else None
        if unit and unit.rule == "place.unit":
            return unit.j, (*kids, unit)
        line = _business.at(scan.low, scan.fresh, k) or _fields.at(scan.low, scan.fresh, k)
        if scan.shape[k] == "C":
            end = runs.run_end(scan, k, 5)
            if line and line[0] >= end:
                k = line[0]
                proper_end = k if bank else proper_end
                continue
            end = _before_person(scan, k, end)
            if end == k:
                break
            kids = (*kids, *named_at_end(scan, k, end))
            k = proper_end = end
            continue
        proper = _sign_or_number(scan, k, start, proper_end)
        if proper:
            k = proper_end = proper
        elif line:
            k = line[0]
        elif _joins_lines(scan, k):
            k += 1
        elif crops and not proper_end and _may_grow(scan, k):
            crops -= 1
            k += 1
        else:
            break
    return proper_end, kids


def _sign_or_number(scan: Scan, k: int, start: int, proper_end: int) -> int:
    """The end of an abbreviation or number that names an undertaking ("Licogi 18", "số 7"), or 0."""
    if scan.shape[k] == "U" and scan.low[k] not in ("ubnd", "hđnd", "htx"):
        return k + 1
    if scan.low[k] == "số" and scan.joined(k + 1) and scan.shape[k + 1] == "n":
        return k + 2
    if scan.shape[k] != "n":
        return 0
    if proper_end:
        return k + 1 if proper_end == k and runs.ends_as_number(scan, k) else 0
    goes_on = scan.joined(k + 1) and scan.low[k + 1] not in _SIGNS and k > start
    return 0 if goes_on or len(scan.low[k]) > 4 else k + 1


def _joins_lines(scan: Scan, k: int) -> bool:
    """Whether a sign joins two lines of business, or two parts of a name without spaces."""
    if scan.low[k] not in _SIGNS or not scan.joined(k + 1):
        return False
    glued = (
        scan.low[k] in "&-" and scan.shape[k + 1] in "CU" and scan.tokens.start[k] == scan.tokens.end[k - 1]
    )
    return glued or _business.at(scan.low, scan.fresh, k + 1) is not None


def _may_grow(scan: Scan, k: int) -> bool:
    return scan.shape[k] == "l" and not _committee_stops.at(scan.low, scan.fresh, k)


def _before_person(scan: Scan, i: int, j: int) -> int:
    """A company's name ends where a person's begins: "Giám đốc Công ty Hòa Phát Lại Thế Hùng"."""
    for k in range(i + 2, j - 1):
        if scan.low[k] in runs.CERTAIN and 2 <= j - k <= 4:
            return k
    return j


RULES = (
    Rule("body.committee", "ORG", 0.82, read_committee, _committees.firsts),
    Rule("body.committee_open", "ORG", 0.6),
    Rule("body.company", "ORG", 0.85, read_company, _companies.firsts),
)
