"""ORG: schools, the press, armed bodies, hospitals."""

from __future__ import annotations

from labeling.preannotators.civic import runs
from labeling.preannotators.civic.grammar import Node, Rule, Scan
from labeling.preannotators.civic.lexicon import phrases
from labeling.preannotators.civic.places import named_at_end
from labeling.preannotators.civic.tails import tail, vietnam

_business = phrases("bodies", "business")
_fields = phrases("bodies", "fields")
_schools = phrases("bodies", "schools")
_press = phrases("bodies", "press")
_press_names = phrases("bodies", "press_names")
_armed = phrases("bodies", "armed")
_armed_names = phrases("bodies", "armed_names")
# units of the army that carry a name instead of a number
_NAMED_UNITS = frozenset(["tiểu", "trung", "sư"])
_houses = phrases("bodies", "houses")


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
    while scan.joined(end) and scan.shape[end] == "C" and not _begins_other(scan, end):
        more = _fields.at(scan.low, scan.fresh, end)
        end = max(runs.run_end(scan, end), more[0] if more else 0)
    if line and end == line[0]:
        end, kids = tail(scan, end)
        return Node(i, end, "body.school", kids)
    kids = named_at_end(scan, k, end)
    further = scan.best("LOC", end) if scan.joined(end) else None
    if further and further.rule == "place.unit":
        return Node(i, further.j, "body.school", (*kids, further))
    return Node(i, end, "body.school", kids) if end > k else None


def _begins_other(scan: Scan, k: int) -> bool:
    return runs.begins_office_or_body(scan, k, inside_run=False) or scan.low[k] in runs.CERTAIN


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
        end += 2 * (scan.low[end : end + 2] == ["điện", "tử"] and scan.joined(end))
        return Node(i, end, "body.press", place)
    return Node(i, end, "body.press") if end - k >= 2 and scan.low[i] in ("báo", "tạp") else None


def read_armed(scan: Scan, i: int) -> Node | None:
    """An armed body with its number or name: "Trung đoàn 174", "Bộ Tư lệnh Thủ đô"."""
    found = _armed.at(scan.low, scan.fresh, i)
    if not found or not scan.joined(found[0]):
        return None
    if scan.shape[i] == "l" and found[0] - i == 1 and scan.low[i] in ("vùng", "kho", "xưởng"):
        return None  # "xã vùng 3"
    k = found[0]
    named = _armed_names.at(scan.low, scan.fresh, k) if scan.shape[k] in "CU" else None
    if named:
        k = named[0]
    if (
        k < scan.size
        and scan.joined(k)
        and (
            (scan.shape[k] == "n" and len(scan.low[k]) <= 4)
            or (scan.shape[k] == "U" and runs.is_roman(scan.low[k]))
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
    if not named and scan.joined(k) and scan.shape[k] == "C" and scan.low[i] in _NAMED_UNITS:
        end = runs.place_end(scan, k, number=True)
        return Node(i, end, "body.armed", named_at_end(scan, k, end)) if 2 <= end - k <= 4 else None
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
    if k - i <= 2 and kids and kids[0].rule == "place.of_body" and not named_at_end(scan, k, end):
        kids = ()  # "Bệnh viện Tâm Anh": named after no place that is known
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
    Rule("body.school", "ORG", 0.92, read_school, _schools.firsts),
    Rule("body.press", "ORG", 0.88, read_press, _press.firsts),
    Rule("body.armed", "ORG", 0.9, read_armed, _armed.firsts),
    Rule("body.house", "ORG", 0.85, read_house, _houses.firsts),
)
