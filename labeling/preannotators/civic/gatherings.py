"""EVENT: gatherings that begin with a capital and say their purpose."""

from __future__ import annotations

from labeling.preannotators.civic.grammar import Node, Rule, Scan
from labeling.preannotators.civic.lexicon import phrases, words
from labeling.preannotators.civic.occasions import ordinal_end
from labeling.preannotators.civic.syllables import QUOTES

_types = phrases("laws", "numbered")
_gatherings = phrases("events", "gatherings")
_STOPS = words("events", "gathering_stops")
_OPENS_SENTENCE = frozenset([".", "“", '"', ":", "!", "?", "…"])
_DATED = frozenset(["năm", "ngày", "nhiệm", "giai", "tháng", "quý"])
_SPORTS = words("events", "sports")


def read_gathering(scan: Scan, i: int) -> Node | None:
    """A meeting, ceremony or contest that begins with a capital and says its purpose."""
    found = _gatherings.at(scan.low, scan.fresh, i)
    if not found or scan.shape[i] != "C" or not scan.joined(found[0]):
        return None
    for k in range(found[0], min(found[0] + 3, scan.size)):
        if not scan.joined(k) or scan.shape[k] not in "lp":
            break
        if scan.low[k] in QUOTES:
            end = scan.quote_end(k)
            return Node(i, end, "event.quoted", scan.inside(k + 1, end - 1)) if end else None
    if scan.low[i] == "giải" and scan.low[found[0]] not in _SPORTS:
        return None
    end, dated = _purpose_end(scan, found[0])
    ordinal = ordinal_end(scan, end)
    whose = scan.best("ORG", found[0])
    if whose and whose.j == end and scan.low[i : found[0]] == ["hội", "nghị"] and ordinal > end:
        return None  # a regular meeting: its number alone is marked
    if ordinal > end > found[0]:
        return Node(i, ordinal, "event.gathering_numbered", scan.inside(found[0], ordinal))
    if scan.fresh[i]:  # a capital that the line's beginning explains: only a heading with its date is a name
        return (
            Node(i, end, "event.gathering", scan.inside(found[0], end)) if dated and scan.heading(i) else None
        )
    quoted = _quoted_whole(scan, i, found[0])
    if quoted:
        return Node(i, quoted, "event.quoted", scan.inside(found[0], quoted))
    if not dated and _cut_short(scan, end):
        return None
    body = scan.best("ORG", found[0])
    whose_only = body is not None and body.j == end and not dated  # whose meeting, but not what for
    if whose_only or scan.low[i - 1] in _OPENS_SENTENCE or end - found[0] < (1 if dated else 2):
        return None
    return Node(i, end, "event.gathering", scan.inside(found[0], end))


def _cut_short(scan: Scan, k: int) -> bool:
    """Whether the purpose goes on where it could not be read: a number, or a list after a comma."""
    if not scan.joined(k):
        return False
    listed = scan.low[k] == "," and scan.joined(k + 1) and scan.shape[k + 1] == "C"
    return scan.shape[k] == "n" or (listed and scan.best("LAW", k + 1) is None and _is_type(scan, k + 1))


def _is_type(scan: Scan, k: int) -> bool:
    """Whether a kind of document stands at `k` ("Lễ công bố Nghị quyết, Quyết định …")."""
    return _types.at(scan.low, scan.fresh, k) is not None


def _quoted_whole(scan: Scan, i: int, k: int) -> int:
    """The end of a gathering that fills its quotation marks: tổ chức “[Lễ thắp nến tri ân …]”; or 0."""
    if scan.low[i - 1] not in QUOTES or scan.low[k] in _STOPS:
        return 0
    closing = scan.quote_end(i - 1)
    inside = range(k, closing - 1)
    whole = 2 <= len(inside) <= 16 and not any(scan.low[t] in (".", "!", "?", ":") for t in inside)
    return closing - 1 if whole else 0


def _purpose_end(scan: Scan, k: int) -> tuple[int, bool]:
    """Where a gathering's purpose ends, and whether a date closes it (then commas may stand inside)."""
    t, comma = k, 0
    while t < scan.size and t - k < 26 and scan.joined(t):
        low = scan.low[t]
        if low in _DATED and (
            scan.low[t : t + 2] in (["nhiệm", "kỳ"], ["giai", "đoạn"])
            or (scan.joined(t + 1) and scan.shape[t + 1] == "n")
        ):
            return _trimmed(scan, k, t), True
        law = scan.best("LAW", t) if scan.shape[t] == "C" else None
        if law and law.rule == "law.numbered":
            t = law.j
            continue
        if scan.shape[t] == "n" and not (scan.joined(t + 1) and scan.low[t + 1] == "năm"):
            break
        if ordinal_end(scan, t) > t + 1:
            return t, True
        if low == "," and scan.joined(t + 1) and scan.shape[t + 1] == "l":
            comma = comma or t
        elif (scan.shape[t] == "p" and low not in ("-", "&", "/")) or low in _STOPS:
            break
        t += 1
    return _trimmed(scan, k, comma or t), False


def _trimmed(scan: Scan, k: int, end: int) -> int:
    while end > k and scan.low[end - 1] in ("và", "-", ",", "về"):
        end -= 1
    return end


RULES = (
    Rule("event.gathering", "EVENT", 0.5, read_gathering, _gatherings.firsts),
    Rule("event.quoted", "EVENT", 0.6),
    Rule("event.gathering_numbered", "EVENT", 0.75),
)
