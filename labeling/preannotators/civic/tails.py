"""What closes a body's name: a level, a unit, "Việt Nam", or a bare place."""

from __future__ import annotations

from labeling.preannotators.civic import runs
from labeling.preannotators.civic.grammar import Node, Scan
from labeling.preannotators.civic.places import DISTRICTS, level_end

_VIETNAM = ["việt", "nam"]
# undertakings: only a place known as one is theirs
CORPORATE = frozenset(
    ["vnpt", "viettel", "agribank", "vietcombank", "vietinbank", "bidv", "lpbank", "mobifone", "trận"]
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
    if (
        unit
        and unit.rule
        in (
            "place.unit",
            "place.numbered_unit",
            "place.site",
            "place.known",
            "place.remembered",
            "place.nature",
        )
        and (
            unit.rule not in ("place.site", "place.nature")
            or scan.low[k]
            in (
                "cửa",
                "khu",
                "kcn",
                "đảo",
                "vườn",
                "quần",
                "cảng",
                "sân",
            )
        )
    ):
        return unit.j, (unit,)
    level = level_end(scan, k)
    if level:
        return level, ()
    city = runs.known_place(scan, k) if scan.shape[k] == "U" else 0
    if city:
        return city, (Node(k, city, "place.known"),)  # "Thành đoàn TPHCM"
    if bare and scan.shape[k] == "C":
        end = runs.place_end(scan, k)
        if scan.low[k - 1] in CORPORATE and not (
            runs.known_place(scan, k) == end or tuple(scan.low[k:end]) in scan.memory.places
        ):
            return k, ()
        post = scan.low[k - 1] in (
            "phòng",
            "bp",
        )  # posts are named after one syllable too: "Đồn Biên phòng Nhâm"
        if (
            end - k == 1
            and not post
            and scan.joined(end)
            and scan.shape[end] == "l"
            and not runs.known_place(scan, k)
        ):
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
    if name in scan.memory.places or name in DISTRICTS or scan.low[k : k + 1] == []:
        return False
    if scan.low[k] in runs.CERTAIN and runs.run_end(scan, k) - k >= 3:
        return True
    if runs.marked_person(scan, k, unit.j):
        return True
    if unit.j - k < 3 or scan.low[k] not in runs.SURNAMES:
        return False
    return scan.low[k + 1] in runs.MIDDLE or name in scan.memory.persons


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
