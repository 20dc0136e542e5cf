"""The source `civic`: a grammar of Vietnamese public life.  Pure, deterministic, linear in the text."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from corpus.document import Document
from labeling.preannotators.base import proposal, version_of
from labeling.preannotators.civic import (
    bare_places,
    bodies,
    departments,
    documents,
    gatherings,
    initials,
    institutions,
    memory,
    occasions,
    offices,
    persons,
    places,
    programmes,
    sites,
    undertakings,
)
from labeling.preannotators.civic.grammar import Memory, Node, Rule, Rules, Scan
from labeling.preannotators.civic.lexicon import words
from labeling.preannotators.civic.syllables import Syllables
from labeling.span import Proposal

# order decides between rules of one label that read equally far
RULES: tuple[Rule, ...] = (
    *offices.RULES,
    *occasions.RULES,
    *gatherings.RULES,
    *documents.RULES,
    *programmes.RULES,
    *bodies.RULES,
    *departments.RULES,
    *undertakings.RULES,
    *institutions.RULES,
    *places.RULES,
    *sites.RULES,
    *bare_places.RULES,
    *persons.RULES,
    *initials.RULES,
)
_OPENERS = words("places", "openers")
LABELS = frozenset(["PER", "ORG", "LOC", "TITLE", "EVENT", "LAW", "PROGRAM"])


class Civic:
    """Names of public life by named rules over lexicons.

    `off` switches rules off by name; it becomes part of the version.  Scores are the rules' priors.
    """

    name = "civic"
    labels = LABELS

    def __init__(self, off: Iterable[str] = ()) -> None:
        switched_off = sorted(set(off))
        self._rules = Rules(RULES, switched_off)
        self.version = version_of("labeling.preannotators.civic", extra=switched_off)

    def propose(self, documents: Sequence[Document]) -> list[list[Proposal]]:
        """Nested, never crossing proposals of each document, by position, longest first."""
        return [self._read(document.text) for document in documents]

    def _read(self, text: str) -> list[Proposal]:
        tokens = Syllables(text, _OPENERS)
        if not len(tokens):
            return []
        first = Scan(tokens, memory.shapes(tokens, Memory()), self._rules)
        known = memory.learn(first, first.run())
        scan = Scan(tokens, memory.shapes(tokens, known), self._rules, known)
        proposals: list[Proposal] = []
        for node in scan.run():
            self._add(text, tokens, node, proposals)
        return proposals

    def _add(self, text: str, tokens: Syllables, node: Node, proposals: list[Proposal]) -> None:
        rule = self._rules.named[node.rule]
        proposals.append(
            proposal(
                text,
                tokens.start[node.i],
                tokens.end[node.j - 1],
                rule.label,
                source=self.name,
                version=self.version,
                rule=rule.name,
                score=rule.prior,
            )
        )
        for kid in node.kids:
            if (kid.i, kid.j) != (node.i, node.j):
                self._add(text, tokens, kid, proposals)
