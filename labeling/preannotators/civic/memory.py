"""What a document teaches about its own names, and how ALL-CAPS lines are read with it.

A first reading collects units' names, persons and abbreviations; the second finds them without their
cue.  Lines in capitals say nothing about case, so their tokens get the shape they would have in normal
case: names known from the lexicons, the document's own names, and first words of bodies are capitalised.
"""

from __future__ import annotations

from collections.abc import Iterable
from functools import cache

from labeling.preannotators.civic.grammar import Memory, Node, Scan
from labeling.preannotators.civic.lexicon import Phrases, phrase_set, phrases, table, words
from labeling.preannotators.civic.runs import MIDDLE, SURNAMES
from labeling.preannotators.civic.syllables import Syllables

_units = phrases("places", "units")
_known = phrases("places", "provinces", "cities", "regions", "countries")
_cues = phrases("persons", "cues")
_openers = (
    phrases(
        "bodies", "seats", "parts", "whole", "committees", "companies", "schools", "fields", "houses", "armed"
    ),
    phrases("laws", "numbered", "titled", "acts"),
    phrases("events", "gatherings", "days", "named", "congress"),
    phrases("offices", "single", "ranks", "offices"),
)
_departments = phrases("bodies", "departments")
_fields = phrases("bodies", "fields")
# syllables that make a body of a class noun: "huyện ủy", "xã đoàn"
_GLUED = frozenset(["ủy", "đoàn", "đội", "viên", "hội"])
# readings too thin, or no syllables, to know a person by
_NOT_LEARNED = frozenset(["person.by_rare_surname", "person.initials"])
# words that begin no place's name, in capitals either ("CẤP XÃ TRÊN ĐỊA BÀN")
_CLOSERS = words("events", "gathering_stops")
_NOT_PERSONS = phrase_set("memory", "not_short_names")
_NOT_PLACES = phrase_set("memory", "not_bare_places")


def learn(scan: Scan, nodes: Iterable[Node]) -> Memory:
    """The names that the nodes of a first reading introduce."""
    memory = Memory()
    stack = list(nodes)
    while stack:
        node = stack.pop()
        stack.extend(node.kids)
        label = scan.label(node)
        name = tuple(scan.low[node.i : node.j])
        if label == "PER" and node.rule not in _NOT_LEARNED and len(name) > 1:
            memory.add(memory.persons, name)
            memory.given.add(name[-1])
            if len(name) > 2 and name[-2:] not in _NOT_PERSONS:
                memory.add(memory.persons, name[-2:])
        elif node.rule == "body.in_brackets":
            memory.add(memory.bodies, name)
        elif node.rule in (
            "place.unit",
            "place.of_body",
            "place.listed",
            "place.listed_freely",
            "place.headline",
            "place.defined",
            "place.modified",
        ):
            _learn_place(scan, node, memory)
    memory.persons -= memory.places
    return memory


def _learn_place(scan: Scan, node: Node, memory: Memory) -> None:
    found = _units.at(scan.low, scan.fresh, node.i) if node.rule == "place.unit" else None
    start = found[0] if found else node.i
    if start < node.j and scan.low[start] == ".":
        start += 1
    name = tuple(scan.low[start : node.j])
    if len(name) > 1 and name not in _NOT_PLACES:
        memory.add(memory.places, name)


@cache
def _abbreviations() -> frozenset[str]:
    """The folded forms of all lexicon words that are written in capitals."""
    found: set[str] = set()
    for name in ("bodies", "offices", "places", "programmes"):
        for entries in table(name).values():
            for entry in entries:
                found.update(word.lower() for word in entry.split() if len(word) > 1 and word.isupper())
    return frozenset(found)


def shapes(tokens: Syllables, memory: Memory) -> list[str]:
    """The tokens' shapes, with those of ALL-CAPS lines as they would be in normal case."""
    shape = list(tokens.shape)
    for i, j in _lines_in_capitals(tokens):
        _recase(tokens, shape, i, j, memory)
    return shape


def _lines_in_capitals(tokens: Syllables) -> Iterable[tuple[int, int]]:
    i, size = 0, len(tokens)
    while i < size:
        j = i + 1
        while j < size and not tokens.fresh[j]:
            j += 1
        letters = [k for k in range(i, j) if tokens.shape[k] in "UCl"]
        capitals = sum(tokens.shape[k] == "U" for k in letters)
        small = sum(
            tokens.shape[k] == "l" or (tokens.shape[k] == "C" and tokens.end[k] - tokens.start[k] > 1)
            for k in letters
        )
        byline = j == size and len(letters) <= 4
        if capitals >= 3 and small * 6 <= capitals and len(letters) >= 4 and not byline:
            yield i, j
        i = j


def _recase(tokens: Syllables, shape: list[str], i: int, j: int, memory: Memory) -> None:
    low, fresh = tokens.low, tokens.fresh
    abbreviations = _abbreviations()
    for k in range(i, j):
        if shape[k] in "UC":
            shape[k] = "U" if low[k] in abbreviations else "l"
    k = i
    while k < j:
        end = _name_end(tokens, k, memory)
        if end:
            shape[k:end] = ["C"] * (end - k)
            k = end
            continue
        if any(opener.at(low, fresh, k) for opener in _openers) or _is_department(low, fresh, k):
            shape[k] = "U" if shape[k] == "U" else "C"
        k += 1
    if shape[i] == "l":
        shape[i] = "C"


def _is_department(low: list[str], fresh: list[bool], k: int) -> bool:
    if k and not fresh[k] and low[k - 1] in ("quốc", "cơ", "trụ", "dự", "đề", "căn"):
        return False  # "quốc phòng", "cơ sở", "trụ sở" …
    found = _departments.at(low, fresh, k)
    return bool(found and _fields.at(low, fresh, found[0]))


def _name_end(tokens: Syllables, k: int, memory: Memory) -> int:
    """The end of a name that begins at `k` in a line of capitals, or 0."""
    low, fresh = tokens.low, tokens.fresh
    known = _known.at(low, fresh, k)
    if known:
        return known[0]
    for end in range(min(k + memory.longest, len(low)), k + 1, -1):
        name = tuple(low[k:end])
        if (name in memory.places or name in memory.persons) and not any(fresh[k + 1 : end]):
            return end
    unit = k > 0 and not fresh[k] and low[k] not in _GLUED | _CLOSERS and _after(_units, low, fresh, k)
    if unit and low[k].isalpha():
        return _line_bound(tokens, k, 2)
    if k and not fresh[k] and low[k] in SURNAMES and _after(_cues, low, fresh, k):
        return _line_bound(tokens, k, 3 if k + 1 < len(low) and low[k + 1] in MIDDLE else 2)
    return 0


def _after(nouns: Phrases, low: list[str], fresh: list[bool], k: int) -> bool:
    """Whether one of the phrases ends right before token `k`."""
    return any(found[0] == k for size in (1, 2, 3) if k >= size and (found := nouns.at(low, fresh, k - size)))


def _line_bound(tokens: Syllables, k: int, most: int) -> int:
    end = k + 1
    while end < len(tokens) and end - k < most and not tokens.fresh[end] and tokens.low[end].isalpha():
        end += 1
    return end
