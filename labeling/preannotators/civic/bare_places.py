"""LOC: places without their class noun: known ones, remembered ones, further ones of a list, in headlines."""

from __future__ import annotations

from labeling.preannotators.civic import runs
from labeling.preannotators.civic.grammar import Node, Rule, Scan
from labeling.preannotators.civic.lexicon import phrase_set, phrases

_units = phrases("places", "units")
_MODIFIERS = phrase_set("places", "modifiers")
# between "các xã" and the first of them
_OPENS_LIST = frozenset([":", "như", "gồm", "là"])
_BEGINS_BODY = phrases("bodies", "departments", "companies", "armed").firsts


def read_known(scan: Scan, i: int) -> Node | None:
    """A province, country, region or large city without its class noun."""
    end = runs.known_place(scan, i)
    if not end or runs.cue_before(scan, i) == "direct":
        return None
    if scan.low[i - 1 : end] == ["gió", "lào"]:
        return None  # a wind
    if end - i == 1 and scan.shape[i] == "C" and not scan.fresh[i] and scan.low[i - 1] in ("bà", "ông"):
        return None
    hero = scan.low[end : end + 2] == ["anh", "hùng"]  # a title of honour around the country's name
    return Node(i, end, "place.known") if hero or runs.stands_alone(scan, i, end) else None


def read_remembered(scan: Scan, i: int) -> Node | None:
    """The bare name of a unit that the document names with its class noun elsewhere."""
    end = runs.run_end(scan, i)
    for j in range(min(end, i + scan.memory.longest), i, -1):
        name = tuple(scan.low[i:j])
        if name in scan.memory.places and (j - i > 1 or scan.shape[i] == "U"):
            if runs.cue_before(scan, i) in ("direct", "strong") or not runs.stands_alone(scan, i, j):
                return None
            return Node(i, j, "place.remembered")
    return None


def read_listed(scan: Scan, i: int) -> Node | None:
    """A further name in a list of units: "các xã Long Hưng A, [Mỹ An Hưng B]"."""
    last = scan.last
    if last is not None and scan.label(last) == "ORG" and last.kids and last.kids[-1].j == last.j:
        last = last.kids[-1]  # "Hội Nông dân xã Tân Mỹ, [Đa Mai]": a locality that stands for its body
    opens = i > 2 and scan.low[i - 1] in _OPENS_LIST and _plural_noun_before(scan, i - 1)
    if not opens and (last is None or scan.label(last) != "LOC" or not scan.follows_last(i)):
        return None
    end = runs.place_end(scan, i, number=True)
    if opens and end > i:
        return Node(i, end, "place.listed")
    if end == i or last is None or runs.begins_office_or_body(scan, i, inside_run=False):
        return None
    if scan.in_place_list:
        return Node(i, end, "place.listed")
    if scan.low[last.j : i] == ["("]:  # the unit above in brackets: "xã Trung Sơn ([A Lưới])"
        closed = end < scan.size and scan.low[end] in (")", ",")
        return Node(i, end, "place.listed_freely") if closed and end - i > 1 else None
    # "xã Mường Típ, Mường Ải": a list without "các", of names that can't be persons
    listed = last.rule == "place.listed_freely"
    alike = listed or (last.rule == "place.unit" and last.j - last.i > 2)
    gap = scan.low[last.j : i]
    if alike and end - i in (2, 3) and gap in ([","], ["và"]) and scan.low[i] not in runs.CERTAIN:
        other = scan.best("ORG", i) or scan.best("TITLE", i) or scan.low[i] in _BEGINS_BODY
        if not other and (listed or not (runs.looks_like_person(scan, i, end) and end - i > 2)):
            return Node(i, end, "place.listed_freely")
    return None


def _plural_noun_before(scan: Scan, k: int) -> bool:
    """Whether "các xã", "3 huyện" … stands right before token `k`."""
    for size in (1, 2):
        found = _units.at(scan.low, scan.fresh, k - size) if k > size else None
        if (
            found
            and found[0] == k
            and (
                scan.low[k - size - 1] in ("các", "hai", "ba", "bốn", "năm")
                or scan.shape[k - size - 1] == "n"
            )
        ):
            return True
    return False


def read_modified(scan: Scan, i: int) -> Node | None:
    """The name after a class noun and a word on its lie: "xã biên giới [Bờ Y]"."""
    if i < 2 or scan.fresh[i]:
        return None
    for size in (1, 2, 3, 5):
        k = i - size
        if (
            k > 0
            and tuple(scan.low[k:i]) in _MODIFIERS
            and scan.low[k - 1] in ("xã", "huyện", "tỉnh", "bản", "thôn")
        ):
            end = runs.place_end(scan, i)
            return Node(i, end, "place.modified") if end > i else None
    return None


def read_headline(scan: Scan, i: int) -> Node | None:
    """The place before the colon that opens a headline: "[Nghệ An]: Khẩn trương …"."""
    if not scan.fresh[i] or i > 60:
        return None
    end = runs.place_end(scan, i)
    if not 2 <= end - i <= 4 or not scan.joined(end) or scan.low[end] != ":":
        return None
    if runs.begins_office_or_body(scan, i, inside_run=False) or (
        runs.looks_like_person(scan, i, end) and end - i > 2
    ):
        return None
    return Node(i, end, "place.headline") if scan.joined(end + 1) and scan.shape[end + 1] in "Cn" else None


def read_defined(scan: Scan, i: int) -> Node | None:
    """A place that the text says is one: "[Thanh Sơn] là huyện miền núi"."""
    end = runs.run_end(scan, i)
    if not 1 <= end - i <= 4 or not scan.joined(end) or scan.low[end] != "là" or not scan.joined(end + 1):
        return None
    k = end + 1
    if scan.low[k] in ("một", "địa"):
        k += 1
        k += scan.low[k : k + 1] == ["trong"]
    unit = _units.at(scan.low, scan.fresh, k) if k < scan.size else None
    if scan.low[i] in ("ông", "bà", "đây") or (
        unit and scan.low[unit[0] : unit[0] + 1] in (["ủy"], ["đoàn"])
    ):
        return None
    return (
        Node(i, end, "place.defined")
        if unit and scan.low[k] in ("huyện", "xã", "tỉnh", "thành", "thị", "phường", "quận")
        else None
    )


RULES = (
    Rule("place.known", "LOC", 0.93, read_known),
    Rule("place.remembered", "LOC", 0.9, read_remembered),
    Rule("place.listed", "LOC", 0.85, read_listed, contextual=True),
    Rule("place.listed_freely", "LOC", 0.7),
    Rule("place.modified", "LOC", 0.8, read_modified),
    Rule("place.headline", "LOC", 0.8, read_headline),
    Rule("place.defined", "LOC", 0.85, read_defined),
)
