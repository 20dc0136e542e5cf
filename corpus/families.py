"""From pairs of like documents to verdicts: which copy is kept, and who belongs to which family.

The result depends on the documents alone, not on their order.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import NamedTuple

from corpus.dedup import Edge


class Verdicts(NamedTuple):
    """`copies`: dropped id → the edge to the kept one.  `families`: id → family, where it is not its own.
    `held`: id that links two families → those two.  `nearest`: id → its most alike kept partner's edge."""

    copies: dict[str, Edge]
    families: dict[str, str]
    held: dict[str, tuple[str, str]]
    nearest: dict[str, Edge]


def decide(edges: Iterable[Edge], frozen: Mapping[str, str]) -> Verdicts:
    """The verdicts on new documents.

    `edges` come most preferred first; `frozen` gives the family of every document that is in the
    workspace already, as far as it has an edge (a document without family is its own).
    """
    copies: dict[str, Edge] = {}
    kept: list[Edge] = []
    for edge in edges:
        if edge.same and edge.left not in copies and edge.right not in copies and edge.right not in frozen:
            copies[edge.right] = edge
        else:
            kept.append(edge)
    links = [edge for edge in kept if edge.left not in copies and edge.right not in copies]
    families, held = _group(links, frozen)
    nearest: dict[str, Edge] = {}
    for edge in links:
        for one in (edge.left, edge.right):
            if one not in frozen and (one not in nearest or _score(edge) > _score(nearest[one])):
                nearest[one] = edge
    return Verdicts(copies, families, held, nearest)


def _score(edge: Edge) -> tuple[float, float]:
    return edge.jaccard, edge.containment


def _group(links: list[Edge], frozen: Mapping[str, str]) -> tuple[dict[str, str], dict[str, tuple[str, str]]]:
    """Families of new documents, and those that would join two frozen families."""
    ordered = sorted(links, key=lambda edge: (-edge.jaccard, -edge.containment, edge.left, edge.right))
    held: dict[str, tuple[str, str]] = {}
    while True:
        parents: dict[str, str] = {}
        label: dict[str, str] = {}
        clash = _join(
            [e for e in ordered if e.left not in held and e.right not in held], frozen, parents, label
        )
        if clash is None:
            break
        held[clash[0]] = clash[1]
    members: dict[str, list[str]] = {}
    for one in parents:
        members.setdefault(_root(parents, one), []).append(one)
    families: dict[str, str] = {}
    for root, group in members.items():
        family = label.get(root) or min(group)
        families |= {one: family for one in group if one not in frozen and one != family}
    return families, held


def _join(
    links: list[Edge], frozen: Mapping[str, str], parents: dict[str, str], label: dict[str, str]
) -> tuple[str, tuple[str, str]] | None:
    """Union of all linked documents; the first new document that would join two frozen families."""
    for edge in links:
        for one in (edge.left, edge.right):
            if one not in parents:
                parents[one] = one
                if one in frozen:
                    label[one] = frozen[one]
        left, right = _root(parents, edge.left), _root(parents, edge.right)
        if left == right:
            continue
        first, second = label.get(left), label.get(right)
        if first and second and first != second:
            new = [one for one in (edge.left, edge.right) if one not in frozen]
            if not new:
                continue  # two documents that are in the workspace: their families are frozen
            return max(new), (min(first, second), max(first, second))
        parents[right] = left
        if second:
            label[left] = second
    return None


def _root(parents: dict[str, str], one: str) -> str:
    while parents[one] != one:
        parents[one] = parents[parents[one]]
        one = parents[one]
    return one
