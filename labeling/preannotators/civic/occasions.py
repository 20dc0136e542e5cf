"""EVENT: congresses, elections, commemorative days, uprisings and festivals."""

from __future__ import annotations

from labeling.preannotators.civic import runs
from labeling.preannotators.civic.grammar import Node, Rule, Scan
from labeling.preannotators.civic.lexicon import phrase_set, phrases, words
from labeling.preannotators.civic.places import level_end
from labeling.preannotators.civic.syllables import QUOTES

_congress = phrases("events", "congress")
_congress_of = phrases("events", "congress_of")
_elections = phrases("events", "elections")
_days = phrases("events", "days")
_NOT_DAYS = phrase_set("events", "not_days")
_day_words = phrases("events", "day_words")
_named = phrases("events", "named")
_named_after = phrases("events", "named_after")
_LOWER_NEEDS_CAPITAL = phrase_set("events", "lower_needs_capital")
_NUMBERS = words("events", "numerals")


def ordinal_end(scan: Scan, k: int) -> int:
    """The end of "lần thứ XX", "khóa XV", "lần 2", "XIII" from `k` on; `k` where there is none."""
    if not scan.joined(k):
        return k
    low, t = scan.low, k
    if low[k : k + 2] == ["lần", "thứ"]:
        t = k + 2
    elif low[k] in ("khóa", "lần", "thứ"):
        t = k + 1
    elif runs.is_roman(low[k]) and scan.shape[k] in "CU":
        return k + 1
    if t == k or not scan.joined(t):
        return k
    if runs.is_roman(low[t]) or scan.shape[t] == "n" or low[t] in _NUMBERS:
        end = t + 1
        while (
            end - t < 3
            and scan.joined(end)
            and low[end] in _NUMBERS
            and low[t] in ("mười", "hai", "ba")
            and low[end] != "năm"
        ):
            end += 1
        return end
    return k


def read_congress(scan: Scan, i: int) -> Node | None:
    """A congress of one body, or one with its number: "Đại hội [Đảng bộ huyện] lần thứ XXIV"."""
    found = _congress.at(scan.low, scan.fresh, i)
    if not found:
        return None
    k = found[0]
    kids: list[Node] = []
    whose = False
    for _ in range(4):
        if not scan.joined(k) or scan.low[k] in ("các", "cấp"):
            break
        body = scan.best("ORG", k)
        if body and not (body.j - body.i == 1 and scan.joined(body.j) and scan.low[body.j] in ("các", "cấp")):
            kids.append(body)
            k = body.j
            whose = True
            continue
        of = _congress_of.at(scan.low, scan.fresh, k)
        if of:
            k = of[0]
            continue
        unit = scan.best("LOC", k)
        level = level_end(scan, k)
        if unit and unit.rule in ("place.unit", "place.known", "place.remembered"):
            kids.append(unit)
            k = unit.j
        elif level:
            k = level
        else:
            break
        whose = whose or k > found[0] + 2
    if scan.joined(k) and scan.low[k] in ("các", "cấp"):
        return None
    of_body = k > found[0] and scan.joined(k + 1) and scan.low[k] == "của" and scan.best("ORG", k + 1)
    if of_body and not whose:
        return Node(i, k, "event.congress_of_body")  # "Đại hội thi đua yêu nước của [Hội …]"
    end = ordinal_end(scan, k)
    if end > k or (whose and kids and scan.label(kids[0]) == "ORG"):
        return Node(i, end, "event.congress" if end > k else "event.congress_of_body", tuple(kids))
    return None


def read_election(scan: Scan, i: int) -> Node | None:
    """ "bầu cử [đại biểu [Quốc hội]] khóa XV"."""
    found = _elections.at(scan.low, scan.fresh, i)
    if not found or not scan.joined(found[0]):
        return None
    seat = scan.best("TITLE", found[0])
    if not seat or (scan.joined(seat.j) and scan.low[seat.j] in ("các", "cấp")):
        return None
    return Node(i, ordinal_end(scan, seat.j), "event.election", (seat,))


def read_day(scan: Scan, i: int) -> Node | None:
    """A commemorative day, month or week: "Ngày thành lập [Đảng]", "Ngày Nhà giáo [Việt Nam]"."""
    found = _days.at(scan.low, scan.fresh, i)
    if not found or tuple(scan.low[i : found[0]]) in _NOT_DAYS:
        return None
    if scan.shape[i] not in "CU" and (i == 0 or scan.fresh[i] or scan.low[i - 1] not in ("năm", "niệm")):
        return None
    if i and scan.low[i - 1] in QUOTES and not scan.fresh[i]:
        closing = scan.quote_end(i - 1)
        if closing and "n" not in scan.shape[i : closing - 1]:
            return Node(i, closing - 1, "event.day", scan.inside(found[0], closing - 1))
    k = found[0] if _day_words.at(scan.low, scan.fresh, i + 1) is None else i + 1
    kids: list[Node] = []
    while k < scan.size and k - i < 20 and scan.joined(k):
        inner = scan.outermost(k, ("TITLE", "ORG", "LOC", "PER", "EVENT"))
        further = _day_words.at(scan.low, scan.fresh, k)
        if scan.low[k] == "và" and _days.at(scan.low, scan.fresh, k + 1):
            break  # "ngày thành lập … và [Ngày Phụ nữ Việt Nam]"
        if inner and (not further or inner.j >= further[0]):
            kids.append(inner)
            k = inner.j
        elif further:
            k = further[0]
        elif scan.shape[k] == "C" or (
            scan.low[k] in ("-", "–")
            and scan.joined(k + 1)
            and scan.shape[k + 1] in "CUl"
            and _day_words.at(scan.low, scan.fresh, k + 1)
        ):
            k += 1
        else:
            break
    while k > i + 2 and scan.low[k - 1] in ("và", "-", "của", ","):
        k -= 1
    return (
        Node(i, k, "event.day", tuple(kid for kid in kids if kid.j <= k))
        if k > max(i + 2, found[0] - (found[0] - i > 2))
        else None
    )


def read_named(scan: Scan, i: int) -> Node | None:
    """An occasion of one name: "Quốc khánh", "Cách mạng Tháng Tám"."""
    found = _named.at(scan.low, scan.fresh, i)
    if not found or scan.shape[i] not in "CU":
        return None
    return Node(i, ordinal_end(scan, found[0]), "event.named")


def read_named_after(scan: Scan, i: int) -> Node | None:
    """An uprising, battle or festival and the place or person it is named after."""
    found = _named_after.at(scan.low, scan.fresh, i)
    if found and scan.low[found[0] : found[0] + 2] == ["lịch", "sử"]:
        found = (found[0] + 2, found[1])
    if not found or not scan.joined(found[0]) or scan.shape[found[0]] != "C":
        return None
    if (
        scan.shape[i] == "l"
        and tuple(scan.low[i : found[0]]) in _LOWER_NEEDS_CAPITAL
        and scan.low[i] != "chiến"
    ):
        return None
    k = found[0]
    place = scan.best("LOC", k)
    end = place.j if place else runs.run_end(scan, k, 5)
    if end == k:
        return None
    person = runs.looks_like_person(scan, k, end) and end - k > 2
    kids = (
        (place,)
        if place
        else ()
        if person or scan.low[i] == "lễ" or end - k < 2
        else (Node(k, end, "place.of_event"),)
    )
    return Node(i, ordinal_end(scan, end), "event.named_after", kids)


RULES = (
    Rule("event.congress", "EVENT", 0.93, read_congress, _congress.firsts),
    Rule("event.congress_of_body", "EVENT", 0.85),
    Rule("event.election", "EVENT", 0.9, read_election, _elections.firsts),
    Rule("event.day", "EVENT", 0.85, read_day, _days.firsts),
    Rule("event.named", "EVENT", 0.85, read_named, _named.firsts),
    Rule("event.named_after", "EVENT", 0.8, read_named_after, _named_after.firsts),
    Rule("place.of_event", "LOC", 0.8),
)
