"""ORG: institutions with their level or place, and the parts of a body."""

from __future__ import annotations

from labeling.preannotators.civic.grammar import Node, Rule, Scan
from labeling.preannotators.civic.lexicon import phrase_set, phrases, words
from labeling.preannotators.civic.tails import CORPORATE, tail, vietnam

_seats = phrases("bodies", "seats")
_parts = phrases("bodies", "parts")
_party_parts = phrases("bodies", "party_parts")
_NEED_TAIL = phrase_set("bodies", "need_tail")
_OF_ANOTHER = phrase_set("bodies", "of_another")
_NATIONAL = phrase_set("bodies", "national")
_PART_ALONE = phrase_set("bodies", "part_alone")
_PLURAL = words("bodies", "plural")
# before a kind in lower case: one of several kinds ("các huyện, thị, thành ủy")
_LISTING = frozenset([",", "và", "cấp"])
# kinds of which there are many: in the plural they are nothing ("đảng bộ các cấp")
_COUNTABLE = frozenset(
    [
        "đảng bộ",
        "đảng đoàn",
        "ban cán sự",
        "đảng ủy",
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


def read_seat(scan: Scan, i: int) -> Node | None:
    """An institution, alone or with its level or place: "HĐND", "UBND huyện Lấp Vò", "chi bộ thôn"."""
    found = _seats.at(scan.low, scan.fresh, i)
    if not found:
        return None
    k = found[0]
    name = tuple(scan.low[i:k])
    proper = scan.shape[i] in "CU" or any(scan.shape[t] == "C" for t in range(i, k))
    plural = scan.joined(k) and scan.low[k] in _PLURAL
    if plural:
        fit = proper and " ".join(name) not in _COUNTABLE and name[0] != "chi"
        return Node(i, k, "body.seat") if fit else None
    if not proper and i > 0 and not scan.fresh[i] and scan.low[i - 1] in _PLURAL | _LISTING:
        return None
    counted = i > 0 and not scan.fresh[i] and scan.shape[i - 1] == "n" and len(scan.low[i - 1]) < 4
    counted = counted or (i > 0 and not scan.fresh[i] and scan.low[i - 1] in _PLURAL)
    if counted and " ".join(name) in _COUNTABLE and not (scan.joined(k) and scan.best("LOC", k)):
        return None  # "thành lập 2 Đảng bộ"
    end, kids = vietnam(scan, k) if name in _NATIONAL or name in _NEED_TAIL else (k, ())
    if name in _OF_ANOTHER and scan.joined(end):
        body = scan.best("ORG", end)
        if body and not (body.i == body.j - 1 and scan.low[end] == "đảng"):
            return Node(i, body.j, "body.seat_of_body", (*kids, body))
    if name == ("quận", "ủy") and scan.joined(end) and scan.shape[end] == "n":
        return Node(i, end + 1, "body.seat")
    end, more = tail(scan, end, bare=proper or name[-1] in ("ủy", "đoàn"))
    kids = (*kids, *more)
    if end == k and (
        (not proper and name[-1] not in ("ủy", "đoàn"))
        or name in _NEED_TAIL
        or (name[-1] in CORPORATE - {"đoàn", "trận"} and _goes_on(scan, k))
    ):
        return None
    rule = "body.seat" if proper else "body.lower_case"
    return Node(i, end, rule, (*_inner(scan, i, k), *kids))


def _goes_on(scan: Scan, k: int) -> bool:
    """Whether a capitalised word makes a product of a company's name ("VNPT Money")."""
    return scan.joined(k) and scan.shape[k] == "C"


def _inner(scan: Scan, i: int, k: int) -> tuple[Node, ...]:
    """Names inside a seat's own words: "Đoàn TNCS [Hồ Chí Minh]", "Đoàn đại biểu [Quốc hội]"."""
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
    if name == ("cơ", "quan") and not proper:
        return None
    if scan.joined(k) and scan.low[k : k + 2] == ["lâm", "thời"]:
        k += 2
    if scan.joined(k + 1) and scan.low[k] == "số" and scan.shape[k + 1] == "n":
        k += 2  # "Tổ đại biểu số 9 [HĐND tỉnh]"
    inner = (Node(k - 1, k, "body.whole"),) if name[-2:] == ("dựng", "đảng") else ()
    if scan.joined(k):
        start = k + (scan.low[k] == "(" and name[0] in ("cơ", "phòng", "đội"))
        if (scan.low[k] == "đảng" and scan.low[k + 1 : k + 2] == ["bộ"]) or start == k:
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
    if name in (("thường", "trực"), ("thường", "vụ")):
        return scan.shape[body.i] in "CU"
    if name == ("cơ", "quan"):
        return scan.shape[body.i] in "CU"
    return not (name == ("văn", "phòng") and first == "đăng")


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


def read_part_listed(scan: Scan, i: int) -> Node | None:
    """A part of a Party committee beside another one: "[Ban Dân vận], [Ban tổ chức] Tỉnh ủy"."""
    found = _party_parts.at(scan.low, scan.fresh, i)
    last = scan.last
    if not found or last is None or scan.shape[i] not in "CU" or not scan.follows_last(i):
        return None
    beside = _party_parts.at(scan.low, scan.fresh, last.i)
    if not beside or not last.rule.startswith("body.part"):
        return None
    return Node(i, found[0], "body.part_listed")


RULES = (
    Rule("body.part_listed", "ORG", 0.8, read_part_listed, _party_parts.firsts, contextual=True),
    Rule("body.part", "ORG", 0.93, read_part, _parts.firsts),
    Rule("body.part_of_level", "ORG", 0.85),
    Rule("body.part_alone", "ORG", 0.85),
    Rule("body.seat", "ORG", 0.95, read_seat, _seats.firsts),
    Rule("body.seat_of_body", "ORG", 0.85),
    Rule("body.lower_case", "ORG", 0.8),
    Rule("place.of_body", "LOC", 0.85),
    Rule("person.in_body", "PER", 0.8),
)
