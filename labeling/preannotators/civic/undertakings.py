"""ORG: committees, companies and cooperatives, schools, the press, armed bodies, hospitals."""

from __future__ import annotations

from labeling.preannotators.civic import runs
from labeling.preannotators.civic.bodies import Tail, tail, vietnam
from labeling.preannotators.civic.grammar import Node, Rule, Scan
from labeling.preannotators.civic.lexicon import phrases, table
from labeling.preannotators.civic.places import level_end, named_at_end
from labeling.preannotators.civic.syllables import phrase

_committees = phrases("bodies", "committees")
_own_name = phrases("bodies", "whole", "seats", "parts")
_committee_stops = phrases("bodies", "committee_stops")
_companies = phrases("bodies", "companies")
_business = phrases("bodies", "business")
_fields = phrases("bodies", "fields")
_schools = phrases("bodies", "schools")
_press = phrases("bodies", "press")
_press_names = phrases("bodies", "press_names")
_armed = phrases("bodies", "armed")
_armed_names = phrases("bodies", "armed_names")
_houses = phrases("bodies", "houses")
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
        "Quỹ",
        "Ủy ban",
        "Hiệp hội",
        "Liên hiệp",
    )
)
_OPEN = frozenset(
    phrase(kind)
    for kind in ("Ban Chỉ đạo", "BCĐ", "Ban Quản lý", "BQL", "Ban QLDA", "BQLDA", "Hội đồng", "Ban Vận động")
)
_SIGNS = frozenset([",", "-", "&", "/"])


def read_committee(scan: Scan, i: int) -> Node | None:
    """A committee or management: its purpose runs on to a level or a unit."""
    found = _committees.at(scan.low, scan.fresh, i)
    if not found or scan.shape[i] not in "CU" or not scan.joined(found[0]):
        return None
    named = _own_name.at(scan.low, scan.fresh, i)
    if named and named[0] > found[0]:
        return None
    k = found[0]
    kind = tuple(scan.low[i:k])
    if kind in _STRICT and scan.shape[k] not in "CU":
        return None
    if scan.shape[k] == "n" and kind in _OPEN and len(scan.low[k]) <= 4:
        return Node(i, k + 1, "body.committee")
    end, kids, closed = _purpose(scan, k)
    if closed:
        return Node(
            i, end, "body.committee", (*scan.inside(k, end - sum(kid.j - kid.i for kid in kids)), *kids)
        )
    if kind in _OPEN and end - k > 1 and scan.joined(end) and scan.shape[end - 1] == "C":
        begin = end - 1
        while begin > k and scan.shape[begin - 1] == "C":
            begin -= 1
        if runs.looks_like_person(scan, begin, end):
            return Node(i, begin, "body.committee_open", scan.inside(k, begin)) if begin - k > 1 else None
        place = () if begin == k else (Node(begin, end, "place.of_body"),)
        return Node(i, end, "body.committee_open", (*scan.inside(k, begin), *place))
    if kind in _OPEN and 0 < end - k <= 9:
        return Node(i, end, "body.committee_open", scan.inside(k, end))
    return None


def _purpose(scan: Scan, k: int) -> tuple[int, tuple[Node, ...], bool]:
    """(end, unit inside, whether a level or unit closes it) of the words from `k` on."""
    t = k
    while t < scan.size and t - k < 22 and scan.joined(t):
        programme = scan.best("PROGRAM", t)
        if programme:
            t = programme.j
            continue
        line = _business.at(scan.low, scan.fresh, t) or _fields.at(scan.low, scan.fresh, t)
        if line and line[0] - t > 1:
            t = line[0]
            continue
        if (
            _committee_stops.at(scan.low, scan.fresh, t)
            or scan.low[t] in ("các", ",")
            and level_end(scan, t + 1)
        ):
            break
        level = level_end(scan, t)
        unit = scan.best("LOC", t)
        if unit and unit.rule in ("place.unit", "place.known", "place.remembered") and unit.j > level:
            return unit.j, (unit,), True
        if level:
            return level, (), True
        if scan.shape[t] == "p" and not (
            scan.low[t] in _SIGNS and scan.joined(t + 1) and (scan.shape[t + 1] == "l" or scan.low[t] == "-")
        ):
            break
        if t - k > 2 and scan.shape[t - 2] == scan.shape[t - 1] == "C" and scan.shape[t] == "l":
            break
        if scan.shape[t] == "U" and t > k and scan.low[t] in ("ubnd", "hđnd", "mttq"):
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
        scan, found[0], bank=scan.low[i] == "ngân", crops=4 * (scan.low[i] in ("htx", "hợp", "tổ"))
    )
    if not end or not proper_kind and not scan.low[i] == "công":
        return None
    return Node(i, end, "body.company", kids)


def _business_name(scan: Scan, k: int, *, bank: bool = False, crops: int = 0) -> Tail:
    """The end of "sản xuất, kinh doanh Tuyền Hiền" from `k` on (0 where no proper name is reached)."""
    start, proper_end, kids = k, 0, ()
    while k < scan.size and k - start < 24 and (k == start or scan.joined(k)):
        line = _business.at(scan.low, scan.fresh, k) or _fields.at(scan.low, scan.fresh, k)
        if scan.shape[k] == "C":
            unit = scan.best("LOC", k)
            end = runs.run_end(scan, k, 5)
            if unit and unit.rule == "place.unit":
                return unit.j, (*kids, unit)
            if line and line[0] >= end:
                k = line[0]
                proper_end = k if bank else proper_end
                continue
            end = _before_person(scan, k, end)
            if end == k:
                break
            kids = (*kids, *named_at_end(scan, k, end))
            k = proper_end = end
        elif scan.shape[k] == "U" and scan.low[k] not in ("ubnd", "hđnd", "htx"):
            k += 1
            proper_end = k
        elif scan.shape[k] == "n" and proper_end == k and runs.ends_as_number(scan, k):
            k += 1
            proper_end = k
        elif (
            scan.shape[k] == "n"
            and (k > start or proper_end == 0)
            and len(scan.low[k]) <= 4
            and not proper_end
        ):
            if scan.joined(k + 1) and scan.low[k + 1] not in _SIGNS and scan.low[k - 1] != "số" and k > start:
                break
            k += 1
            proper_end = k
        elif scan.low[k] == "số" and scan.joined(k + 1) and scan.shape[k + 1] == "n":
            k += 2
            proper_end = k
        elif line:
            k = line[0]
        elif (
            scan.low[k] in _SIGNS
            and scan.joined(k + 1)
            and (
                _business.at(scan.low, scan.fresh, k + 1)
                or scan.low[k] in "&-"
                and scan.shape[k + 1] in "CU"
                and scan.tokens.start[k] == scan.tokens.end[k - 1]
            )
        ):
            k += 1
        else:
            unit = scan.best("LOC", k) if scan.shape[k] == "l" else None
            if unit and unit.rule == "place.unit":
                return unit.j, (*kids, unit)
            if (
                not crops
                or proper_end
                or scan.shape[k] != "l"
                or _committee_stops.at(scan.low, scan.fresh, k)
            ):
                break
            crops -= 1  # what a cooperative grows may be anything
            k += 1
    return proper_end, kids


def _before_person(scan: Scan, i: int, j: int) -> int:
    """A company's name ends where a person's begins: "Giám đốc Công ty Hòa Phát Lại Thế Hùng"."""
    for k in range(i + 2, j - 1):
        if scan.low[k] in runs.CERTAIN and 2 <= j - k <= 4:
            return k
    return j


def read_school(scan: Scan, i: int) -> Node | None:
    """A school: its grade, then a name, a number or a unit."""
    found = _schools.at(scan.low, scan.fresh, i)
    if not found or not scan.joined(found[0]):
        return None
    k = found[0]
    unit = scan.best("LOC", k)
    if unit and unit.rule == "place.unit":
        return Node(i, unit.j, "body.school", (unit,))
    if scan.low[k] == "số" and scan.joined(k + 1) and scan.shape[k + 1] == "n":
        end, kids = tail(scan, k + 2)
        return Node(i, end, "body.school", kids)
    if scan.shape[k] == "U" and scan.shape[i] == "C" and scan.low[k] not in ("ubnd", "hđnd"):
        return Node(i, k + 1, "body.school")
    if scan.shape[k] != "C":
        end, kids = tail(scan, k, bare=False)
        return Node(i, end, "body.school", kids) if end > k and scan.shape[i] == "C" else None
    line = _fields.at(scan.low, scan.fresh, k) or _business.at(scan.low, scan.fresh, k)
    end = max(runs.place_end(scan, k, number=True), line[0] if line else 0)
    if line and end == line[0]:
        end, kids = tail(scan, end)
        return Node(i, end, "body.school", kids)
    kids = named_at_end(scan, k, end)
    further = scan.best("LOC", end) if scan.joined(end) else None
    if further and further.rule == "place.unit":
        return Node(i, further.j, "body.school", (*kids, further))
    return Node(i, end, "body.school", kids) if end > k else None


def read_press(scan: Scan, i: int) -> Node | None:
    """A newspaper or station and its name: "Báo Nhân Dân", "Báo [Lào Cai]"."""
    found = _press.at(scan.low, scan.fresh, i)
    if not found or not scan.joined(found[0]):
        return None
    k = found[0]
    name = _press_names.at(scan.low, scan.fresh, k)
    if name and scan.shape[k] in "CU":
        return Node(i, name[0], "body.press", scan.inside(k, name[0], ("LOC",)))
    if scan.shape[i] not in "CU" or scan.shape[k] not in "CU":
        return None
    end = runs.place_end(scan, k)
    place = named_at_end(scan, k, end)
    if place:
        return Node(i, end, "body.press", place)
    return Node(i, end, "body.press") if end - k >= 2 and scan.low[i] in ("báo", "tạp") else None


def read_armed(scan: Scan, i: int) -> Node | None:
    """An armed body with its number or name: "Trung đoàn 174", "Bộ Tư lệnh Thủ đô"."""
    found = _armed.at(scan.low, scan.fresh, i)
    if not found or not scan.joined(found[0]):
        return None
    k = found[0]
    named = _armed_names.at(scan.low, scan.fresh, k) if scan.shape[k] == "C" else None
    if named:
        k = named[0]
    if (
        k < scan.size
        and scan.joined(k)
        and (
            scan.shape[k] == "n"
            and len(scan.low[k]) <= 4
            or scan.shape[k] == "U"
            and runs.is_roman(scan.low[k])
        )
    ):
        if scan.joined(k + 1) and scan.low[k + 1] in ("người", "đồng", "chiến", "cán", "năm"):
            return None
        after = (
            _armed_names.at(scan.low, scan.fresh, k + 1)
            if scan.joined(k + 1) and scan.shape[k + 1] == "C"
            else None
        )
        return Node(i, after[0] if after else k + 1, "body.armed")
    if named:
        end, kids = tail(scan, k) if scan.joined(k) and scan.shape[k] == "C" else vietnam(scan, k)
        return Node(i, end, "body.armed", kids)
    return None


def read_house(scan: Scan, i: int) -> Node | None:
    """A hospital or clinic with its field, place or name."""
    found = _houses.at(scan.low, scan.fresh, i)
    if not found or not scan.joined(found[0]):
        return None
    k = found[0]
    field = _fields.at(scan.low, scan.fresh, k)
    k = field[0] if field and scan.shape[k] == "C" else k
    if scan.low[k : k + 2] == ["khu", "vực"]:
        k += 2
    end, kids = tail(scan, k, bare=scan.shape[i] == "C")
    if (
        end == k
        and scan.joined(k)
        and scan.shape[k] == "n"
        and len(scan.low[k]) <= 3
        and scan.shape[i] in "CU"
    ):
        end = k + 1
    return Node(i, end, "body.house", kids) if end > found[0] else None


RULES = (
    Rule("body.committee", "ORG", 0.82, read_committee, _committees.firsts),
    Rule("body.committee_open", "ORG", 0.6),
    Rule("body.company", "ORG", 0.85, read_company, _companies.firsts),
    Rule("body.school", "ORG", 0.92, read_school, _schools.firsts),
    Rule("body.press", "ORG", 0.88, read_press, _press.firsts),
    Rule("body.armed", "ORG", 0.9, read_armed, _armed.firsts),
    Rule("body.house", "ORG", 0.85, read_house, _houses.firsts),
)
