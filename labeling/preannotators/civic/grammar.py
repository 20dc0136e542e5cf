"""The machinery of the grammar: nodes, named rules, and one scan from left to right.

A rule reads from one token on and says where its name ends and what is named inside it.  Readings are
remembered per (label, token), every rule looks at most a bounded number of tokens ahead, and the scan
never goes back: time is linear in the text.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from typing import NamedTuple

from labeling.preannotators.civic.syllables import QUOTES, Syllables

# how far a name may reach, in tokens: longer than any body's official name
REACH = 48
# how deep names nest: more than any real one, so that nonsense can't exhaust the stack
DEEPEST = 12


class Node(NamedTuple):
    """A name over tokens [i, j), the rule that read it, and the names inside it in order."""

    i: int
    j: int
    rule: str
    kids: tuple[Node, ...] = ()


@dataclass(frozen=True)
class Rule:
    """One named rule: the label it gives, how often it is right (prior), where it can begin, how it reads.

    read         None where the reader of another rule gives this one its name
    firsts       folded first syllables at which it is tried; empty: at every capitalised token
    contextual   it looks at what was found before it, so its readings are not remembered
    """

    name: str
    label: str
    prior: float
    read: Callable[[Scan, int], Node | None] | None = None
    firsts: frozenset[str] = frozenset()
    contextual: bool = False


# at equal length the first label wins
PRECEDENCE = ("TITLE", "EVENT", "LAW", "PROGRAM", "ORG", "LOC", "PER")

_NO_RULES: tuple[Sequence[Rule], Sequence[Rule]] = ((), ())


class Rules:
    """A table of rules, indexed by label and first syllable."""

    def __init__(self, rules: Sequence[Rule], off: Iterable[str] = ()) -> None:
        switched_off = frozenset(off)
        self.all = tuple(rule for rule in rules if rule.name not in switched_off)
        self.named = {rule.name: rule for rule in rules}
        # per label: first syllable → (rules, contextual rules); and those tried at every capital
        self.by_first: dict[str, dict[str, tuple[list[Rule], list[Rule]]]] = {name: {} for name in PRECEDENCE}
        self.anywhere: dict[str, tuple[list[Rule], list[Rule]]] = {name: ([], []) for name in PRECEDENCE}
        for rule in self.all:
            if rule.read is None:
                continue
            for first in rule.firsts:
                self.by_first[rule.label].setdefault(first, ([], []))[rule.contextual].append(rule)
            if not rule.firsts:
                self.anywhere[rule.label][rule.contextual].append(rule)
        self.firsts = frozenset(first for table in self.by_first.values() for first in table)


@dataclass
class Memory:
    """Names that the document itself has introduced: folded syllables → label."""

    places: set[tuple[str, ...]] = field(default_factory=set)
    persons: set[tuple[str, ...]] = field(default_factory=set)
    bodies: set[tuple[str, ...]] = field(default_factory=set)
    given: set[str] = field(default_factory=set)  # last syllables of persons' names
    longest: int = 0

    def add(self, kind: set[tuple[str, ...]], name: tuple[str, ...]) -> None:
        """Remember `name` under one of the three sets."""
        kind.add(name)
        self.longest = max(self.longest, len(name))


class Scan:
    """One text being read: its tokens, the rules, the document's memory, and what was found last."""

    def __init__(
        self, tokens: Syllables, shape: list[str], rules: Rules, memory: Memory | None = None
    ) -> None:
        self.tokens = tokens
        self.low = tokens.low
        self.shape = shape
        self.fresh = tokens.fresh
        self.rules = rules
        self.memory = memory or Memory()
        self.size = len(tokens)
        self.last: Node | None = None  # the last outermost name found
        self.beside_person = False  # the last names are a person and its titles
        self.in_place_list = False  # the last names are units of one list ("các xã …")
        self._depth = 0
        self._read: dict[tuple[str, int], Node | None] = {}

    def joined(self, i: int) -> bool:
        """Whether token `i` exists and stands on the same line as the token before it."""
        return i < self.size and not self.fresh[i]

    def line_end(self, i: int) -> int:
        """The end of the line that token `i` stands on, looked for within a bounded reach."""
        j = i + 1
        while j < self.size and not self.fresh[j] and j - i < REACH:
            j += 1
        return j

    def quote_end(self, i: int) -> int:
        """The token after the mark that closes the quotation opened at `i`, on the same line, or 0."""
        closing = QUOTES.get(self.low[i], "")
        for j in range(i + 1, min(i + REACH, self.size)):
            if self.fresh[j]:
                return 0
            if self.low[j] in (closing, "”"):
                return j + 1 if j > i + 1 else 0
        return 0

    def heading(self, i: int) -> bool:
        """Whether the line that begins at token `i` is a heading: it closes without a full stop."""
        end = self.line_end(i)
        return end - i < REACH and self.low[end - 1] not in (".", ";", ":", ",", "!", "?", "…")

    def label(self, node: Node) -> str:
        """The label that a node's rule gives."""
        return self.rules.named[node.rule].label

    def best(self, label: str, i: int) -> Node | None:
        """The longest name of `label` that begins at token `i`."""
        by_first, anywhere, contextual = self._rules_at(label, i)
        best = self._plain(label, i, (*by_first, *anywhere)) if by_first or anywhere else None
        for rule in contextual:
            node = rule.read(self, i) if rule.read else None
            if node and (best is None or node.j > best.j):
                best = node
        return best

    def _rules_at(self, label: str, i: int) -> tuple[Sequence[Rule], Sequence[Rule], Sequence[Rule]]:
        capital = self.shape[i] in "CU"
        by_first, contextual = self.rules.by_first[label].get(self.low[i], _NO_RULES)
        if not capital:
            return by_first, (), contextual
        anywhere, always = self.rules.anywhere[label]
        return by_first, anywhere, (*contextual, *always)

    def _plain(self, label: str, i: int, rules: Sequence[Rule]) -> Node | None:
        """What the rules that don't look back read at `i`; read once, then remembered."""
        key = (label, i)
        if key in self._read:
            return self._read[key]
        if self._depth > DEEPEST:
            return None
        self._read[key] = None  # a name can't begin with itself
        self._depth += 1
        best: Node | None = None
        for rule in rules:
            node = rule.read(self, i) if rule.read else None
            if node and (best is None or node.j > best.j):
                best = node
        self._depth -= 1
        self._read[key] = best
        return best

    def outermost(self, i: int, labels: Sequence[str] = PRECEDENCE) -> Node | None:
        """The longest name of any label that begins at token `i`."""
        if self.shape[i] not in "CU" and self.low[i] not in self.rules.firsts:
            return None
        if self.shape[i] == "U" and self._in_number(i):
            return None
        best: Node | None = None
        for label in labels:
            node = self.best(label, i)
            if node and (best is None or node.j > best.j):
                best = node
        return best

    def _in_number(self, i: int) -> bool:
        """Whether the abbreviation at `i` is part of a document's number ("207/UBND-VX")."""
        start, end = self.tokens.start, self.tokens.end
        for k in range(i, max(i - 6, 0), -1):
            if start[k] != end[k - 1] or (self.shape[k - 1] not in "U" and self.low[k - 1] not in "/-."):
                return False
            if self.low[k - 1] == "/":
                return True
        return False

    def inside(self, i: int, j: int, labels: Sequence[str] = PRECEDENCE) -> tuple[Node, ...]:
        """The names wholly within tokens [i, j), left to right."""
        found: list[Node] = []
        while i < j:
            node = self.outermost(i, labels)
            if node and node.j <= j:
                found.append(node)
                i = node.j
            else:
                i += 1
        return tuple(found)

    def run(self) -> list[Node]:
        """All outermost names of the text, left to right."""
        found: list[Node] = []
        i = 0
        while i < self.size:
            node = self.outermost(i)
            if node is None:
                i += 1
                continue
            self._note(node)
            found.append(node)
            i = node.j
        return found

    def _note(self, node: Node) -> None:
        label = self.label(node)
        if label == "PER":
            self.beside_person = True
        elif label != "TITLE" or not (self.beside_person and self.follows_last(node.i)):
            self.beside_person = False
        self.in_place_list = label == "LOC" and (
            node.rule == "place.listed"
            or (self.in_place_list and self.follows_last(node.i))
            or self._counted(node.i)
        )
        self.last = node

    def _counted(self, i: int) -> bool:
        """Whether "các", "hai", "3" … stands before token `i`: a list of names may begin."""
        return i > 0 and not self.fresh[i] and (self.low[i - 1] in _COUNTING or self.shape[i - 1] == "n")

    def follows_last(self, i: int) -> bool:
        """Whether only a comma, dash, bracket or "và" parts token `i` from the last name found."""
        if self.last is None:
            return False
        between = self.low[self.last.j : i] if i - self.last.j <= 2 else ["…"]
        return all(word in _PARTING for word in between) and not any(self.fresh[self.last.j : i + 1])


_COUNTING = frozenset(["các", "những", "hai", "ba", "bốn", "năm", "sáu", "bảy", "tám"])
_PARTING = frozenset([",", "-", "(", ")", ";", ":", "và", "kiêm"])
