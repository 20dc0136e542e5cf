"""ORG: institutions with their level or place, parts of a body, departments, bodies of one name."""

from __future__ import annotations

from labeling.preannotators.civic import runs
from labeling.preannotators.civic.grammar import Node, Rule, Scan
from labeling.preannotators.civic.lexicon import phrases, table, words
from labeling.preannotators.civic.places import DISTRICTS, level_end, named_at_end
from labeling.preannotators.civic.syllables import phrase


def _set(key: str) -> frozenset[tuple[str, ...]]:
    return frozenset(phrase(entry) for entry in table("bodies")[key])


_seats = phrases("bodies", "seats")
_parts = phrases("bodies", "parts")
_whole = phrases("bodies", "whole")
_departments = phrases("bodies", "departments")
_fields = phrases("bodies", "fields")
_NEED_TAIL = _set("need_tail")
_OF_ANOTHER = _set("of_another")
_NATIONAL = _set("national")
_PART_ALONE = _set("part_alone")
_BARE_CAPITAL = _set("bare_capital")
_CAPITAL_OK = _set("capital_ok")
_NOT_AFTER_PARTY = words("bodies", "not_after_party")
_PLURAL = words("bodies", "plural")
# kinds of which there are many: in the plural they are nothing ("đảng bộ các cấp")
_COUNTABLE = frozenset(
    [
        "đảng bộ",
        "chi bộ",
        "chi đoàn",
        "cđcs",
        "công đoàn",
        "công đoàn cơ sở",
        "đoàn cơ sở",
        "trạm y tế",
        "quỹ tín dụng nhân dân",
    ]
)
_VIETNAM = ["việt", "nam"]
_ENDS_NATIONAL = frozenset(
    [
        "quân đội nhân dân",
        "đảng cộng sản",
        "tổng liên đoàn lao động",
        "trung ương mttq",
        "ủy ban trung ương mttq",
        "trung ương hội lhpn",
        "trung ương hội nông dân",
        "trung ương hội ccb",
        "trung ương hội cựu chiến binh",
        "trung ương hội chữ thập đỏ",
        "học viện nông nghiệp",
        "trung ương hội",
    ]
)
# undertakings: only a place known as one is theirs
_CORPORATE = frozenset(
    ["vnpt", "viettel", "agribank", "vietcombank", "vietinbank", "bidv", "lpbank", "mobifone", "đoàn", "trận"]
)
Tail = tuple[int, tuple[Node, ...]]


def vietnam(scan: Scan, k: int) -> Tail:
    """ "Việt Nam" inside a body's name, as a place."""
    if scan.joined(k) and scan.low[k : k + 2] == _VIETNAM and scan.shape[k] in "CU" and scan.joined(k + 1):
        return k + 2, (Node(k, k + 2, "place.known"),)
    return k, ()


def tail(scan: Scan, k: int, *, bare: bool = True) -> Tail:
    """A level, a unit or (with `bare`) a bare place after a body's own words: (end, places inside)."""
    if not scan.joined(k):
        return k, ()
    if scan.low[k] == "(" and k + 3 < scan.size and scan.shape[k + 1] == "U" and scan.low[k + 2] == ")":
        end, kids = tail(scan, k + 3, bare=False)  # an abbreviation in the middle of a name belongs to it
        return (end, kids) if end > k + 3 else (k, ())
    if scan.low[k : k + 2] == ["khu", "vực"] and k + 2 < scan.size and scan.shape[k + 2] == "n":
        return _area(scan, k + 3)
    unit = scan.best("LOC", k)
    if unit and unit.rule == "place.unit" and _names_person(scan, unit):
        return level_end(scan, k) or k, ()
    if unit and unit.rule in (
        "place.unit",
        "place.numbered_unit",
        "place.site",
        "place.known",
        "place.remembered",
        "place.nature",
    ):
        if unit.rule not in ("place.site", "place.nature") or scan.low[k] in (
            "cửa",
            "khu",
            "kcn",
            "đảo",
            "vườn",
            "quần",
            "cảng",
            "sân",
        ):
            return unit.j, (unit,)
    level = level_end(scan, k)
    if level:
        return level, ()
    if bare and scan.shape[k] == "C":
        end = runs.place_end(scan, k)
        if scan.low[k - 1] in _CORPORATE and not (
            runs.known_place(scan, k) == end or tuple(scan.low[k:end]) in scan.memory.places
        ):
            return k, ()
        if end - k == 1 and scan.joined(end) and scan.shape[end] == "l" and not runs.known_place(scan, k):
            return k, ()
        if (
            end > k
            and not runs.begins_office_or_body(scan, k, inside_run=False)
            and not _person_here(scan, k, end)
        ):
            return end, (Node(k, end, "place.of_body"),)
    return k, ()


def _names_person(scan: Scan, unit: Node) -> bool:
    """Whether the "name" after a unit's class noun is the holder of the office: "UBND xã Lê Văn An"."""
    k = next((k for k in range(unit.i, unit.j) if scan.shape[k] == "C" and k > unit.i), unit.j)
    name = tuple(scan.low[k : unit.j])
    if name in scan.memory.places or name in DISTRICTS or unit.j - k < 3 or scan.low[k] not in runs.SURNAMES:
        return False
    return scan.low[k] in runs.CERTAIN or scan.low[k + 1] in runs.MIDDLE or name in scan.memory.persons


def _area(scan: Scan, k: int) -> Tail:
    """ "khu vực 5 - Lào Cai": a regional court's or procuracy's own number and province."""
    if k + 1 < scan.size and scan.low[k] == "-" and scan.joined(k + 1) and runs.known_place(scan, k + 1):
        end = runs.known_place(scan, k + 1)
        return end, (Node(k + 1, end, "place.known"),)
    return k, ()


def _person_here(scan: Scan, i: int, j: int) -> bool:
    if runs.known_place(scan, i) == j:
        return False
    return runs.looks_like_person(scan, i, j) and (j - i > 2 or scan.low[i] in runs.CERTAIN)


def read_seat(scan: Scan, i: int) -> Node | None:
    """An institution, alone or with its level or place: "HĐND", "UBND huyện Lấp Vò", "chi bộ thôn"."""
    found = _seats.at(scan.low, scan.fresh, i)
    if not found:
        return None
    k = found[0]
    name = tuple(scan.low[i:k])
    proper = any(scan.shape[t] in "CU" for t in range(i, k))
    plural = scan.joined(k) and scan.low[k] in _PLURAL
    if plural:
        fit = proper and " ".join(name) not in _COUNTABLE and not name[0] == "chi"
        return Node(i, k, "body.seat") if fit else None
    if not proper and i > 0 and scan.low[i - 1] in _PLURAL and not scan.fresh[i]:
        return None
    end, kids = vietnam(scan, k) if name in _NATIONAL or name in _NEED_TAIL else (k, ())
    if name in _OF_ANOTHER and scan.joined(end):
        body = scan.best("ORG", end)
        if body and not (body.i == body.j - 1 and scan.low[end] == "đảng"):
            return Node(i, body.j, "body.seat_of_body", (*kids, body))
    end, more = tail(scan, end, bare=proper)
    kids = (*kids, *more)
    if end == k and (
        not proper
        and name[-1] not in ("ủy", "đoàn")
        or name in _NEED_TAIL
        or name[-1] in _CORPORATE - {"đoàn", "trận"}
        and _goes_on(scan, k)
    ):
        return None
    rule = "body.seat" if proper else "body.lower_case"
    return Node(i, end, rule, (*_inner(scan, i, k), *kids))


def _goes_on(scan: Scan, k: int) -> bool:
    """Whether a capitalised word makes a product of a company's name ("VNPT Money")."""
    return scan.joined(k) and scan.shape[k] == "C"


def _inner(scan: Scan, i: int, k: int) -> tuple[Node, ...]:
    """Names inside a seat's own words: "Đoàn TNCS [Hồ Chí Minh]", "Đoàn đại biểu [Quốc hội]", "Văn phòng [HĐND] và [UBND]"."""
    low = scan.low
    if low[k - 3 : k] == ["hồ", "chí", "minh"]:
        return (Node(k - 3, k, "person.in_body"),)
    if low[i:k] == ["đoàn", "đại", "biểu", "quốc", "hội"]:
        return (Node(k - 2, k, "body.whole"),)
    if low[i : i + 2] == ["ban", "công"] and low[k - 2 : k] == ["mặt", "trận"]:
        return (Node(k - 2, k, "body.seat"),)
    return ()


def read_part(scan: Scan, i: int) -> Node | None:
    """A part of a body and the body: "Ban Thường vụ [Huyện ủy]", "Văn phòng [HĐND] và [UBND huyện]"."""
    found = _parts.at(scan.low, scan.fresh, i)
    if not found:
        return None
    k = found[0]
    name = tuple(scan.low[i:k])
    proper = scan.shape[i] in "CU"
    if scan.joined(k) and scan.low[k : k + 2] == ["lâm", "thời"]:
        k += 2
    inner = (Node(k - 1, k, "body.whole"),) if name[-2:] == ("dựng", "đảng") else ()
    if scan.joined(k):
        start = k + (scan.low[k] == "(" and name[0] in ("cơ", "phòng", "đội"))
        if scan.low[k] == "đảng" and scan.low[k + 1 : k + 2] == ["bộ"] or start == k:
            after = (
                k + 3
                if scan.low[k] == "("
                and scan.shape[k + 1 : k + 2] == ["U"]
                and scan.low[k + 2 : k + 3] == [")"]
                else k
            )
            body = scan.best("ORG", after) if scan.joined(after) else None
            if body and _fits(scan, name, body):
                kids = [body]
                both = _both(scan, name, body)
                if both:
                    kids.append(both)
                return Node(i, kids[-1].j, "body.part", (*inner, *kids))
        if proper and name[0] not in ("thường", "ủy", "ub", "cơ", "chi") and len(name) > 1:
            end, kids_of_tail = tail(scan, k, bare=False)
            if end > k:
                return Node(i, end, "body.part_of_level", (*inner, *kids_of_tail))
    return Node(i, k, "body.part_alone", inner) if proper and name in _PART_ALONE else None


def _fits(scan: Scan, name: tuple[str, ...], body: Node) -> bool:
    first = scan.low[body.i]
    if name in (("ủy", "ban"), ("ub",)):
        return first.startswith("mttq") or scan.low[body.i : body.i + 2] == ["mặt", "trận"]
    if name == ("thường", "trực") or name == ("thường", "vụ"):
        return scan.shape[body.i] in "CU"
    if name == ("cơ", "quan"):
        return first in ("ủy", "ubkt", "cảnh", "csđt")
    if name == ("văn", "phòng") and first == "đăng":
        return False
    return True


def _both(scan: Scan, name: tuple[str, ...], body: Node) -> Node | None:
    """The second body of an office that serves two: "Văn phòng HĐND và UBND huyện"."""
    k = body.j
    if (
        name != ("văn", "phòng")
        or scan.low[body.i] not in ("hđnd", "đoàn")
        or not scan.joined(k)
        or not scan.joined(k + 1)
    ):
        return None
    if scan.low[k] not in ("và", "-", "&") or scan.low[k + 1] not in ("ubnd", "hđnd"):
        return None
    return scan.best("ORG", k + 1)


def read_whole(scan: Scan, i: int) -> Node | None:
    """A body of one name: "Bộ Chính trị", "Đảng", "Trung ương Đảng"."""
    found = _whole.at(scan.low, scan.fresh, i)
    if not found or scan.shape[i] not in "CU":
        return None
    k = found[0]
    name = tuple(scan.low[i:k])
    if name == ("đảng",) and scan.joined(k) and scan.low[k] in _NOT_AFTER_PARTY:
        return None
    if name in _BARE_CAPITAL and i > 0 and not scan.fresh[i] and scan.low[i - 1] in ("văn", "kho", "kiểm"):
        return None
    kids: tuple[Node, ...] = ()
    if " ".join(name) in _ENDS_NATIONAL:
        k, kids = vietnam(scan, k)
    inner = {
        ("ủy", "ban", "thường", "vụ", "quốc", "hội"): (Node(k - 2, k, "body.whole"),),
        ("văn", "phòng", "chủ", "tịch", "nước"): (Node(k - 3, k, "office.single"),),
        ("văn", "phòng", "quốc", "hội"): (Node(k - 2, k, "body.whole"),),
        ("văn", "phòng", "chính", "phủ"): (Node(k - 2, k, "body.whole"),),
        ("thanh", "tra", "chính", "phủ"): (Node(k - 2, k, "body.whole"),),
    }.get(name, ())
    return Node(i, k, "body.whole", inner or kids)


_CENTRE_AFTER = frozenset("của do từ với cho trị quyền nghị để lên cáo xin đến theo tới và cùng".split())


def read_centre(scan: Scan, i: int) -> Node | None:
    """ "Trung ương" as a noun: "chỉ đạo của [Trung ương]"."""
    size = _centre_size(scan, i)
    if not size:
        return None
    whose = scan.best("ORG", i + size) if scan.joined(i + size) else None
    if whose and whose.rule == "body.seat" and scan.low[i + size] in ("hội", "đoàn", "mttq", "mặt"):
        return Node(i, whose.j, "body.whole", whose.kids)
    if size != 2 or i == 0:
        return None
    noun = not scan.fresh[i] and scan.low[i - 1] in _CENTRE_AFTER
    if scan.joined(i + 2) and scan.shape[i + 2] == "n":
        return None
    return Node(i, i + 2, "body.centre") if noun else None


def _centre_size(scan: Scan, i: int) -> int:
    """How many tokens "Trung ương" takes at `i`, however it is abbreviated; 0 where it does not stand there."""
    if scan.low[i : i + 2] == ["trung", "ương"] and scan.shape[i] == "C" and scan.joined(i + 1):
        return 2
    if scan.low[i : i + 3] in (["t", ".", "ư"], ["t", ".", "w"]) and scan.shape[i] == "C":
        return 3
    return 1 if scan.low[i] in ("tư", "tw") and scan.shape[i] == "U" else 0


def read_department(scan: Scan, i: int) -> Node | None:
    """A kind of office and its field: "Sở Nông nghiệp và Môi trường", "phòng Nội vụ huyện"."""
    found = _departments.at(scan.low, scan.fresh, i)
    if not found or not scan.joined(found[0]):
        return None
    k = found[0]
    proper = scan.shape[i] in "CU"
    if not proper and not _lower_department(scan, i):
        return None
    end = _fields_end(scan, k)
    if not end and proper:
        lower = _fields.at(scan.low, scan.fresh, k)
        further, kids = tail(scan, lower[0], bare=False) if lower else (0, ())
        if lower and further > lower[0]:
            return Node(i, further, "body.department", kids)
    if not end:
        if not proper or tuple(scan.low[i:k]) not in _CAPITAL_OK or scan.shape[k] != "C":
            return None
        end = runs.run_end(scan, k, 4)
        if end - k < 2 or runs.looks_like_person(scan, k, end) and end - k > 2:
            return None
        own = named_at_end(scan, k, end)
        end, kids = tail(scan, end, bare=False)
        return Node(i, end, "body.capitals", (*own, *kids))
    own = end
    end, kids = vietnam(scan, end)
    end, more = tail(scan, end)
    within = scan.best("ORG", end) if end == own and scan.joined(end) and scan.shape[end] in "CU" else None
    if within and within.rule in _CAN_HOLD:
        return Node(i, within.j, "body.department_of", (within,))
    if end == own and scan.low[k:own] == ["tổ", "chức"]:
        return None  # those who run an occasion
    return Node(i, end, "body.department", (*scan.inside(k, own, ("PROGRAM",)), *kids, *more))


_CAN_HOLD = frozenset(
    ["body.seat", "body.whole", "body.house", "body.school", "body.armed", "body.company", "body.department"]
)
# kinds that may stand in lower case, and the syllables that make another word with them
_LOWER = {
    "phòng": ("quốc", "căn", "dự", "tiền", "hải"),
    "sở": ("cơ", "trụ", "công", "xứ"),
    "ban": (),
    "văn": (),
    "trung": (),
    "chi": (),
    "viện": ("bệnh",),
    "cục": (),
}


def _lower_department(scan: Scan, i: int) -> bool:
    if scan.low[i] not in _LOWER:
        return False
    return i == 0 or scan.low[i - 1] not in _PLURAL and scan.low[i - 1] not in _LOWER[scan.low[i]]


def _fields_end(scan: Scan, k: int) -> int:
    """The end of a chain of fields that begins with a capital at `k`, or 0."""
    found = _fields.at(scan.low, scan.fresh, k)
    if not found or scan.shape[k] not in "CU":
        return 0
    end = found[0]
    for _ in range(6):
        if not scan.joined(end) or not scan.joined(end + 1):
            break
        if scan.low[end] not in ("và", "-", ",", "&", "/"):
            break
        further = _fields.at(scan.low, scan.fresh, end + 1)
        if not further or scan.low[end] == "," and not _closes_with_and(scan, further[0]):
            break
        end = further[0]
    return end


def _closes_with_and(scan: Scan, k: int) -> bool:
    return (
        scan.joined(k)
        and scan.low[k] in ("và", "-")
        and scan.joined(k + 1)
        and bool(_fields.at(scan.low, scan.fresh, k + 1))
    )


def read_in_brackets(scan: Scan, i: int) -> Node | None:
    """An abbreviation in brackets right after a body: "… Việt Nam ([EVN])"."""
    last = scan.last
    if (
        last is None
        or scan.label(last) != "ORG"
        or last.j != i - 1
        or scan.low[i - 1] != "("
        or scan.fresh[i]
        or scan.fresh[i - 1]
    ):
        return None
    if scan.shape[i] != "U" or i + 1 >= scan.size or scan.low[i + 1] != ")":
        return None
    return Node(i, i + 1, "body.in_brackets")


def read_remembered(scan: Scan, i: int) -> Node | None:
    """An abbreviation that the document has introduced in brackets."""
    return (
        Node(i, i + 1, "body.remembered")
        if scan.shape[i] == "U" and (scan.low[i],) in scan.memory.bodies
        else None
    )


RULES = (
    Rule("body.part", "ORG", 0.93, read_part, _parts.firsts),
    Rule("body.part_of_level", "ORG", 0.85),
    Rule("body.part_alone", "ORG", 0.85),
    Rule("body.seat", "ORG", 0.95, read_seat, _seats.firsts),
    Rule("body.seat_of_body", "ORG", 0.85),
    Rule("body.lower_case", "ORG", 0.8),
    Rule("body.whole", "ORG", 0.95, read_whole, _whole.firsts),
    Rule("body.centre", "ORG", 0.85, read_centre, frozenset(["trung", "t", "tw", "tư"])),
    Rule("body.department", "ORG", 0.92, read_department, _departments.firsts),
    Rule("body.department_of", "ORG", 0.8),
    Rule("body.capitals", "ORG", 0.7),
    Rule("body.in_brackets", "ORG", 0.9, read_in_brackets, contextual=True),
    Rule("body.remembered", "ORG", 0.9, read_remembered),
    Rule("place.of_body", "LOC", 0.85),
    Rule("person.in_body", "PER", 0.8),
)
