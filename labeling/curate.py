"""Conflicts of a workspace, decided by a curator at the terminal: once for a group, or one by one.

Each answer is written before the next question is asked: a kill loses nothing, and what was decided is
never asked again.  Nobody's name is shown, only pseudonyms.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator, Sequence

import msgspec

from corpus.document import Document
from corpus.store import Workspace
from labeling import decisions as deciding
from labeling.concordance import annotated_documents
from labeling.conflicts import (
    BOTH,
    LETTERS,
    NEITHER,
    Conflict,
    conflicts,
    crossings,
    grouped,
    resolve,
    title,
)
from labeling.decisions import Key, Target, Word
from labeling.evidence import history, latest, with_repairs
from labeling.gold import LAYERS, fault
from labeling.scheme import Scheme
from labeling.span import Annotation
from labeling.votes import elect, voices_of

SHOWN = 5
KEYS = {**{letter.lower(): letter for letter in LETTERS[:6]}, "o": BOTH, "n": NEITHER}
ONE_BY_ONE, SKIP, QUIT = "1", "s", "q"


class Curated(msgspec.Struct, kw_only=True):
    """What a sitting did; conflicts = decided + left."""

    conflicts: int = 0
    groups: int = 0
    decided: int = 0
    answers: int = 0
    decisions: int = 0


class Review(msgspec.Struct, frozen=True, kw_only=True):
    """A document that several people annotated: what they agree on, and the conflicts that are open."""

    document: Document
    agreed: tuple[Target, ...]
    conflicts: tuple[Conflict, ...]


def open_conflicts(
    workspace: Workspace, scheme: Scheme, pseudonyms: dict[str, str], *, majority: bool = True
) -> Iterator[Conflict]:
    """Every conflict on which no curator has spoken, in the order of the documents."""
    for review in reviews(workspace, scheme, pseudonyms, majority=majority):
        yield from review.conflicts


def reviews(
    workspace: Workspace, scheme: Scheme, pseudonyms: dict[str, str], *, majority: bool = True
) -> Iterator[Review]:
    """Every annotated document with what is agreed and what is open in it."""
    taken = deciding.by_document(deciding.read(workspace))
    repaired = {said.key: said for said in with_repairs(latest(history(workspace)))}
    for document, given in annotated_documents(workspace):
        sound = [
            repaired.get(said.key, said)
            for said in given
            if said.digest == document.digest and fault(document, said, scheme) is None
        ]
        mine = taken.get((document.id, document.digest), [])
        words = {place[2]: word for place, word in deciding.last_words(mine).items()}
        agreed: list[Target] = []
        found: list[Conflict] = []
        for layer in LAYERS:
            for voices in voices_of(sound, layer).values():
                agreed += common(voices, scheme.layer(layer))
                found += conflicts(
                    document,
                    voices,
                    scheme.layer(layer),
                    pseudonym=lambda author: pseudonyms.get(author, "annotator-?"),
                    words=words,
                    majority=majority,
                )
        if not found:
            found += crossings(document, _settled(sound, scheme, words, pseudonyms, majority))
        yield Review(document=document, agreed=tuple(agreed), conflicts=tuple(found))


def _settled(
    sound: Sequence[Annotation],
    scheme: Scheme,
    words: dict[Key, Word],
    pseudonyms: dict[str, str],
    majority: bool,
) -> dict[Key, tuple[str, ...]]:
    """The spans of both layers that would become gold, each with those who stand behind it."""
    found: dict[Key, tuple[str, ...]] = {}
    for layer in LAYERS:
        for voices in voices_of(sound, layer).values():
            elected = elect(voices, scheme.layer(layer), words, majority=majority)
            for vote in () if isinstance(elected, str) else elected[0]:
                by = {pseudonyms.get(said.author, "annotator-?") for said, _ in vote.hands}
                found[vote.start, vote.end, vote.label] = tuple(sorted(by))
    found.update({key: ("curator",) for key, word in words.items() if word.stands})
    return {key: by for key, by in found.items() if key not in words or words[key].stands}


def common(voices: Sequence[Annotation], labels: frozenset[str]) -> list[Target]:
    """The spans that every voice has."""
    counted = Counter(
        (span.start, span.end, span.label, span.text)
        for said in voices
        for span in said.spans
        if span.label in labels
    )
    return [
        Target(start=start, end=end, label=label, text=text)
        for (start, end, label, text), count in sorted(counted.items())
        if count == len(voices)
    ]


def sit(
    workspace: Workspace,
    found: Sequence[Conflict],
    *,
    by: str,
    ask: Callable[[str], str],
    show: Callable[[str], None],
) -> Curated:
    """Ask about each group, then about what is to be decided one by one, until all is answered or `q`."""
    done = Curated(conflicts=len(found))
    taken = deciding.read(workspace)
    groups = grouped(found)
    done.groups = len(groups)
    for number, group in enumerate(groups, 1):
        show(f"\n{number}/{len(groups)}  {title(group)}")
        for conflict in group[:SHOWN]:
            show(f"    {context(conflict)}")
        answer = _answer(group[0], ask, done, alone=len(group) == 1)
        if answer == QUIT:
            break
        if answer == ONE_BY_ONE:
            for conflict in group:
                show(f"    {context(conflict)}")
                single = _answer(conflict, ask, done, alone=True)
                if single == QUIT:
                    return done
                _write(workspace, taken, [conflict], single, by, done)
        else:
            _write(workspace, taken, group, answer, by, done)
    return done


def context(conflict: Conflict) -> str:
    """A conflict in one line, with who said what."""
    who = "; ".join(
        f"{LETTERS[place]} {'+'.join(reading.by)}: {conflict.words(reading)}"
        for place, reading in enumerate(conflict.readings)
    )
    before, after = (" ".join(part.split()) for part in (conflict.before[-40:], conflict.after[:40]))
    return f"…{before} [{conflict.text}] {after}…  ({conflict.document})  {who}"


def _answer(conflict: Conflict, ask: Callable[[str], str], done: Curated, *, alone: bool) -> str:
    """A choice of the conflict, or ONE_BY_ONE, SKIP, QUIT; asks again until it is one of them."""
    keys = {key: choice for key, choice in KEYS.items() if choice in conflict.choices}
    legend = [f"{key}={choice}" for key, choice in keys.items()]
    legend += [] if alone else [f"{ONE_BY_ONE}=one by one"]
    legend += [f"{SKIP}=skip", f"{QUIT}=quit"]
    allowed = {*keys, SKIP, QUIT, *([] if alone else [ONE_BY_ONE])}
    while True:
        try:
            answer = ask(f"    {' '.join(legend)} > ").strip().lower()
        except EOFError:
            return QUIT
        if answer in allowed:
            done.answers += 1
            return keys.get(answer, answer)


def _write(
    workspace: Workspace,
    taken: list[deciding.Decision],
    group: Sequence[Conflict],
    choice: str,
    by: str,
    done: Curated,
) -> None:
    """Write an answer down, durably, and add it to what was taken."""
    if choice == SKIP:
        return
    batch = f"curate-{len(taken) + 1:06d}"
    wanted = [item for conflict in group for item in resolve(conflict, choice, by=by, batch=batch)]
    fresh = deciding.record(workspace, wanted, before=taken)
    taken += fresh
    done.decisions += len(fresh)
    done.decided += len(group)
