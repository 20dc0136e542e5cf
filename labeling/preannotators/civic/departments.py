"""ORG: departments by their field, bodies of one name, "Trung ương", abbreviations in brackets."""

from __future__ import annotations

import re

from labeling.preannotators.civic import runs
from labeling.preannotators.civic.grammar import Node, Rule, Scan
from labeling.preannotators.civic.lexicon import phrase_set, phrases, words
from labeling.preannotators.civic.places import named_at_end
from labeling.preannotators.civic.tails import tail, vietnam

# codes of the departments of a provincial police: PC06, PA03, PV01
_code = re.compile(r"p[abchkvx]\d\d?")
_whole = phrases("bodies", "whole")
_departments = phrases("bodies", "departments")
_fields = phrases("bodies", "fields")
_BARE_CAPITAL = phrase_set("bodies", "bare_capital")
_CAPITAL_OK = phrase_set("bodies", "capital_ok")
_NOT_AFTER_PARTY = words("bodies", "not_after_party")
_PLURAL = words("bodies", "plural")
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
_CENTRE_AFTER = words("bodies", "before_centre")
_CAN_HOLD = frozenset(
    ["body.seat", "body.whole", "body.house", "body.school", "body.armed", "body.company", "body.department"]
)
# after a field in lower case: the words go on to something else ("Phòng kỹ thuật số")
_GOES_ON = frozenset(["số", "và"])
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


def read_whole(scan: Scan, i: int) -> Node | None:
    """A body of one name: "Bộ Chính trị", "Đảng", "Trung ương Đảng"."""
    found = _whole.at(scan.low, scan.fresh, i)
    if not found or not (scan.shape[i] in "CU" or runs.headed(scan, i)):
        return None
    k = found[0]
    name = tuple(scan.low[i:k])
    if name == ("đảng",) and scan.low[i - 2 : i] == ["cán", "sự"]:
        return None
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
    """How many tokens "Trung ương" takes at `i`, however abbreviated; 0 where it does not stand there."""
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
    fields = _fields_end(scan, k)
    if fields:
        return _with_fields(scan, i, k, fields)
    return (_lower_fields(scan, i, k) or _capitals(scan, i, k)) if proper else None


def _with_fields(scan: Scan, i: int, k: int, fields: int) -> Node | None:
    """A department whose fields are tokens [k, fields), with its level, place or the body it is part of."""
    if scan.joined(fields + 1) and scan.low[fields] == "số" and scan.shape[fields + 1] == "n":
        fields += 2
    end, kids = vietnam(scan, fields)
    end, more = tail(scan, end)
    if end == fields and scan.joined(end) and scan.shape[end] in "CU":
        within = scan.best("ORG", end)
        if within and within.rule in _CAN_HOLD:
            return Node(i, within.j, "body.department_of", (within,))
    if end == fields and scan.low[k:fields] == ["tổ", "chức"]:
        return None  # those who run an occasion
    return Node(i, end, "body.department", (*scan.inside(k, fields, ("PROGRAM",)), *kids, *more))


def _lower_fields(scan: Scan, i: int, k: int) -> Node | None:
    """ "Sở giao thông vận tải tỉnh": fields in lower case, closed by a level, a unit or the body above.

    A kind of which every unit has one of a field ("Sở y tế", "Phòng y tế") is a name without them too.
    """
    fields = _fields_end(scan, k, lower=True)
    if not fields:
        return None
    end, kids = tail(scan, fields, bare=False)
    if end > fields:
        return Node(i, end, "body.department", kids)
    if scan.joined(fields) and scan.shape[fields] in "CU":
        within = scan.best("ORG", fields)
        if within and within.rule in _CAN_HOLD:
            return Node(i, within.j, "body.department_of", (within,))
    opens = i == 0 or scan.fresh[i] or scan.low[i - 1] in (".", ":", "“", '"')
    alone = scan.low[i] == "sở" or (scan.low[i:k] in (["phòng"], ["bộ"]) and not opens)
    cut = scan.joined(fields) and scan.shape[fields] == "l" and scan.low[fields] in _GOES_ON
    return Node(i, fields, "body.department_lower") if alone and not cut else None


def _capitals(scan: Scan, i: int, k: int) -> Node | None:
    """A kind and a run of capitals: "Viện Goethe Hà Nội"."""
    if tuple(scan.low[i:k]) not in _CAPITAL_OK or scan.shape[k] != "C":
        return None
    end = runs.run_end(scan, k, 4)
    if end - k < 2 or (runs.looks_like_person(scan, k, end) and end - k > 2):
        return None
    own = named_at_end(scan, k, end)
    end, kids = tail(scan, end, bare=False)
    return Node(i, end, "body.capitals", (*own, *kids))


def _lower_department(scan: Scan, i: int) -> bool:
    if scan.low[i] not in _LOWER:
        return False
    return i == 0 or (scan.low[i - 1] not in _PLURAL and scan.low[i - 1] not in _LOWER[scan.low[i]])


def _fields_end(scan: Scan, k: int, *, lower: bool = False) -> int:
    """The end of a chain of fields that begins with a capital (or not: `lower`) at `k`, or 0."""
    found = _fields.at(scan.low, scan.fresh, k)
    if not found or (scan.shape[k] not in "CU") != lower:
        return 0
    end = found[0]
    for _ in range(6):
        if not scan.joined(end) or not scan.joined(end + 1):
            break
        beside = _fields.at(scan.low, scan.fresh, end) if scan.shape[end] == "C" else None
        if beside:
            end = beside[0]
            continue
        if scan.low[end] not in ("và", "-", ",", "&", "/"):
            break
        further = _fields.at(scan.low, scan.fresh, end + 1)
        if not further or (scan.low[end] == "," and not _closes_with_and(scan, further[0])):
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


def read_police_code(scan: Scan, i: int) -> Node | None:
    """A police department by its code: "Phòng PC06", "Phòng PA03 [Công an tỉnh]"."""
    if scan.low[i] != "phòng" or not scan.joined(i + 1) or not _code.fullmatch(scan.low[i + 1]):
        return None
    within = scan.best("ORG", i + 2) if scan.joined(i + 2) else None
    if within and within.rule == "body.seat":
        return Node(i, within.j, "body.police_code", (within,))
    return Node(i, i + 2, "body.police_code")


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
    Rule("body.whole", "ORG", 0.95, read_whole, _whole.firsts),
    Rule("body.centre", "ORG", 0.85, read_centre, frozenset(["trung", "t", "tw", "tư"])),
    Rule("body.department", "ORG", 0.92, read_department, _departments.firsts),
    Rule("body.police_code", "ORG", 0.85, read_police_code, frozenset(["phòng"])),
    Rule("body.department_of", "ORG", 0.8),
    Rule("body.department_lower", "ORG", 0.75),
    Rule("body.capitals", "ORG", 0.7),
    Rule("body.in_brackets", "ORG", 0.9, read_in_brackets, contextual=True),
    Rule("body.remembered", "ORG", 0.9, read_remembered),
)
