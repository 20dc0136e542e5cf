"""LOC: administrative units with their name or number, roads, and the levels that stand for them."""

from __future__ import annotations

import re

from labeling.preannotators.civic import runs
from labeling.preannotators.civic.grammar import Node, Rule, Scan
from labeling.preannotators.civic.lexicon import phrase_set, phrases, table
from labeling.preannotators.civic.syllables import phrase

_units = phrases("places", "units")
_numbered = phrase_set("places", "numbered")
_roads = phrases("places", "roads")
_levels = phrases("places", "levels")
_not_levels = phrases("places", "not_levels")
_not_after = {phrase(word)[0]: frozenset(before) for word, before in table("places")["not_after"].items()}
# small units that carry numbers or letters only; a capital after them begins another name
_ONLY_NUMBERED = frozenset([("đội",), ("tổ",), ("khối",)])
_ABBREVIATED = frozenset(["tp", "tx", "tt", "kp", "tdp", "kdc", "ql", "tl", "đt", "kcn", "ccn", "kđt", "vqg"])
_road_token = re.compile(r"(?:QL|TL|ĐT|ĐH|HL)\d+[A-Za-z]?")


def _remembered_end(scan: Scan, k: int) -> int:
    """The end of a remembered name at `k`, whatever its case ("Xã Dân chủ" after "xã Dân Chủ"), or 0."""
    for end in range(min(k + scan.memory.longest, scan.size), k + 1, -1):
        if tuple(scan.low[k:end]) in scan.memory.places and not any(scan.fresh[k + 1 : end]):
            return end
    return 0


# districts named after persons, in full
DISTRICTS = frozenset([("trần", "văn", "thời"), ("dương", "minh", "châu"), ("hồ", "chí", "minh")])


def read_unit(scan: Scan, i: int) -> Node | None:
    """A unit's class noun with its name or number: "huyện Lấp Vò", "TP. Dĩ An", "khu phố 3"."""
    found = _units.at(scan.low, scan.fresh, i)
    if not found or not free(scan, i):
        return None
    k = _after_dot(scan, i, found[0])
    if k < 0 or not scan.joined(k):
        return None
    noun = tuple(scan.low[i : found[0]])
    if scan.shape[k] == "C" and (noun not in _ONLY_NUMBERED or len(scan.low[k]) == 1):
        if noun == ("nước",) and not runs.known_place(scan, k):
            return None
        if (
            noun in (("huyện",), ("tỉnh",))
            and not runs.known_place(scan, k)
            and (
                runs.looks_like_person(scan, k, runs.run_end(scan, k))
                or runs.marked_person(scan, k, runs.run_end(scan, k))
            )
            and _no_district(scan, k)
        ):
            return None
        end = max(runs.place_end(scan, k, number=noun in _numbered), _remembered_end(scan, k))
        if scan.low[k] == "ủy" or (end == k + 1 and scan.low[k] in ("đoàn", "đội", "hội")):
            return None
        return Node(i, end, "place.unit") if end > k else None
    if noun in _numbered:
        end = _number_end(scan, k)
        return Node(i, end, "place.numbered_unit") if end else None
    if scan.shape[k] == "U" and runs.known_place(scan, k):
        return Node(i, runs.known_place(scan, k), "place.unit")
    return None


def _no_district(scan: Scan, k: int) -> bool:
    end = runs.run_end(scan, k)
    return end - k == 3 and tuple(scan.low[k:end]) not in DISTRICTS | scan.memory.places


def read_dotted(scan: Scan, i: int) -> Node | None:
    """A unit's one-letter abbreviation with its dot: "H. Đam Rông", "P. Tân Thanh"."""
    if scan.shape[i] != "C" or not scan.joined(i + 1) or scan.low[i + 1] != "." or not scan.joined(i + 2):
        return None
    if scan.shape[i + 2] != "C" or len(scan.low[i + 2]) < 2 or scan.low[i + 2] in runs.CERTAIN:
        return None
    return Node(i, runs.place_end(scan, i + 2), "place.unit")


def _number_end(scan: Scan, k: int) -> int:
    """The end of "5", "số 5", "5A", "II" as a unit's number, or 0 where something is counted instead."""
    if scan.low[k] == "số" and scan.joined(k + 1):
        return k + 2 if scan.shape[k + 1] == "n" else 0
    if scan.shape[k] == "U" and runs.is_roman(scan.low[k]):
        return k + 1
    if scan.shape[k] != "n" or len(scan.low[k]) > 3:
        return 0
    follows = scan.low[k + 1] if k + 1 < scan.size and not scan.fresh[k + 1] else ""
    glued = (
        k + 2 < scan.size
        and follows in ("/", ".", "-", ",")
        and scan.tokens.start[k + 2] == scan.tokens.end[k + 1]
        and scan.shape[k + 2] == "n"
    )
    return 0 if glued or follows in ("người", "hộ", "năm", "tháng", "giờ", "thành", "%", "em") else k + 1


def _after_dot(scan: Scan, i: int, k: int) -> int:
    """The token after a class noun and its abbreviation's dot; -1 for an abbreviation in lower case."""
    if k - i == 1 and scan.low[i] in _ABBREVIATED:
        if scan.shape[i] not in "CU":
            return -1
        if k < scan.size and scan.low[k] == "." and scan.joined(k):
            return k + 1
    return k


def free(scan: Scan, i: int) -> bool:
    """Whether the syllable before `i` makes no other word with the one at `i`."""
    return i == 0 or scan.fresh[i] or scan.low[i - 1] not in _not_after.get(scan.low[i], ())


def read_road(scan: Scan, i: int) -> Node | None:
    """A road with its number or name: "Quốc lộ 7A", "đường tỉnh 543D", "cao tốc Nội Bài - Lào Cai"."""
    if _road_token.fullmatch(scan.tokens.text[scan.tokens.start[i] : scan.tokens.end[i]]):
        return Node(i, i + 1, "place.road")
    found = _roads.at(scan.low, scan.fresh, i)
    if not found or not free(scan, i):
        return None
    k = _after_dot(scan, i, found[0])
    if k < 0 or not scan.joined(k):
        return None
    if scan.low[k] == "số" and scan.joined(k + 1):
        k += 1
    if scan.shape[k] == "n":
        bare = found[0] - i == 1 and scan.low[i] in ("đường", "phố", "ngõ", "hẻm", "ngách")
        if bare and scan.low[k - 1] != "số":
            return None
        unit = read_unit(scan, k + 1) if scan.low[k - 1] == "đai" and scan.joined(k + 1) else None
        return Node(i, unit.j if unit else k + 1, "place.road", (unit,) if unit else ())
    inner = read_road(scan, k) if scan.low[k] != scan.low[i] else None
    if inner:
        return Node(i, inner.j, "place.road", inner.kids)
    if scan.shape[k] != "C":
        return None
    end = runs.place_end(scan, k, dashes=True)
    return Node(i, end, "place.road") if end > k else None


def level_end(scan: Scan, k: int) -> int:
    """The end of a level word that stands for the article's own unit ("UBND huyện"), or 0."""
    if not scan.joined(k):
        return 0
    found = _levels.at(scan.low, scan.fresh, k)
    if not found:
        return 0
    other = _not_levels.at(scan.low, scan.fresh, k)
    return 0 if (other and other[0] > found[0]) or (other and other[0] - k > 1) else found[0]


def named_at_end(scan: Scan, i: int, j: int) -> tuple[Node, ...]:
    """The known or remembered place that closes the run [i, j) of another name."""
    for k in range(i, j):
        if runs.known_place(scan, k) == j:
            return (Node(k, j, "place.known"),)
        if j - k > 1 and tuple(scan.low[k:j]) in scan.memory.places:
            return (Node(k, j, "place.remembered"),)
    return ()


RULES = (
    Rule("place.unit", "LOC", 0.95, read_unit, _units.firsts),
    Rule("place.numbered_unit", "LOC", 0.85),
    Rule("place.road", "LOC", 0.9, read_road, _roads.firsts),
    Rule("place.road_number", "LOC", 0.9, read_road),
    Rule("place.dotted", "LOC", 0.85, read_dotted, frozenset(["h", "x", "p", "t"])),
)
