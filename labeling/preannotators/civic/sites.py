"""LOC: waters and heights, and built or visited sites."""

from __future__ import annotations

from labeling.preannotators.civic import runs
from labeling.preannotators.civic.grammar import Node, Rule, Scan
from labeling.preannotators.civic.lexicon import phrase_set, phrases, words
from labeling.preannotators.civic.places import free, level_end

_sites = phrases("places", "nature", "sites")
_nature = phrase_set("places", "nature")
_between = phrases("places", "between")
# class nouns that are surnames, or other words: in doubt a preposition must stand before them
_DOUBTFUL = words("places", "doubtful")
_BEFORE_PLACES = words("places", "before_places")
_HOLDS_UNIT = frozenset(["đình", "chợ", "chùa", "đền", "miếu"])
_HOSTS = frozenset(
    ["hội trường", "nhà khách", "sân", "trụ sở", "thư viện", "nhà truyền thống", "nhà thi đấu", "nhà văn hóa"]
)


def read_site(scan: Scan, i: int) -> Node | None:
    """A water, height or built site: class noun, words between, then a name, a unit or an occasion."""
    found = _sites.at(scan.low, scan.fresh, i)
    if not found or not free(scan, i) or not _site_in_place(scan, i, found[0]):
        return None
    noun = tuple(scan.low[i : found[0]])
    k = found[0]
    for _ in range(3):
        more = _between.at(scan.low, scan.fresh, k) if scan.joined(k) else None
        if not more:
            break
        k = more[0]
    if not scan.joined(k):
        return None
    proper = scan.shape[i] in "CU"
    rule = "place.nature" if noun in _nature else "place.site"
    for label in (
        ("EVENT", "LOC", "TITLE", "ORG", "PROGRAM")
        if proper or k > found[0] or " ".join(noun) in _HOSTS
        else ("LOC",)
    ):
        inner = scan.best(label, k)
        if inner and label == "TITLE" and scan.joined(inner.j) and scan.shape[inner.j] == "C":
            end = runs.run_end(scan, inner.j, 4)
            return Node(i, end, rule, (inner, Node(inner.j, end, "person.after_title")))
        if (
            inner
            and label != "TITLE"
            and (inner.j > k + 1 or label == "PROGRAM")
            and _holds(scan, i, found[0], inner)
        ):
            return Node(i, inner.j, rule, (inner,))
    if scan.shape[k] == "C":
        end = runs.place_end(scan, k, dashes=noun in _nature or noun == ("cầu",) or k - i > 1)
        if end > k and end - k <= 5 and scan.shape[end - 1] == "C":
            end = _roman_end(scan, end)
            return Node(i, end, rule)
    if scan.shape[i] in "CU" and len(noun) > 1 and rule == "place.site":
        level = level_end(scan, k)
        return Node(i, level, "place.site_of_level") if level else None
    return None


def _roman_end(scan: Scan, end: int) -> int:
    return end + 1 if scan.joined(end) and runs.is_roman(scan.low[end]) and scan.shape[end] in "CU" else end


def _holds(scan: Scan, i: int, k: int, inner: Node) -> bool:
    """Whether a site with the class noun [i, k) can be the site of `inner`, not merely be named like it."""
    if inner.rule in ("place.known", "place.remembered"):
        return False
    if inner.rule in ("place.site", "place.nature"):
        return scan.shape[inner.i] == "l" or scan.low[k - 2 : k] == ["di", "tích"]
    return k - i > 1 or scan.low[i] in _HOLDS_UNIT or scan.label(inner) != "LOC"


def _site_in_place(scan: Scan, i: int, k: int) -> bool:
    """Whether a class noun that may be a surname or another word is one here."""
    if k - i > 1 or scan.low[i] not in _DOUBTFUL:
        return True
    if runs.marked_person(scan, i, runs.run_end(scan, i)):
        return False
    before = scan.low[i - 1] if i and not scan.fresh[i] else ""
    if scan.shape[i] == "C" and scan.low[i] in runs.SURNAMES:
        return before in _BEFORE_PLACES and scan.low[k] not in runs.MIDDLE if k < scan.size else False
    return True


RULES = (
    Rule("place.site", "LOC", 0.8, read_site, _sites.firsts),
    Rule("place.nature", "LOC", 0.85),
    Rule("place.site_of_level", "LOC", 0.6),
)
