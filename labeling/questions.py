"""Annotators' notes become rules: questions, rulings, and what was annotated before a ruling.

A question is the note of an annotation, or one reason for which it was marked "needs discussion".  A ruling
is one line of `decisions/rulings.jsonl`; each makes the next version of the guideline ("1.0" with two
rulings is "1.0.2").  What was annotated earlier and holds a ruling's pattern can be reviewed.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterable, Iterator
from html import escape
from pathlib import Path

import msgspec

from corpus.documents import read_documents
from corpus.errors import UsageError
from corpus.events import append_events, event, read_events
from corpus.store import Workspace, atomic_file
from labeling.concordance import addresses, task_link
from labeling.evidence import counts_between_people, history, latest
from labeling.scheme import Scheme
from labeling.span import Annotation

CONTEXT = 60


class Question(msgspec.Struct, frozen=True, kw_only=True):
    """What an annotator asked.  `context` is the beginning of the annotated text; `answer` a ruling's id."""

    id: str
    kind: str
    text: str
    document: str
    round: str
    by: str
    annotation: int
    asked_at: str
    context: str = ""
    link: str | None = None
    url: str | None = None
    answer: str | None = None


class Ruling(msgspec.Struct, frozen=True, kw_only=True):
    """What holds from now on.

    `rule` names the scheme's rule it explains or amends ("2", "new"); `pattern` is a regular expression for
    the places it is about; `examples` mark spans as the guideline does ("[Huyện ủy]ORG").
    """

    id: str = ""
    questions: tuple[str, ...] = ()
    by: str
    rule: str
    text: str
    pattern: str = ""
    examples: tuple[str, ...] = ()
    guideline: str = ""
    at: str = ""

    def __post_init__(self) -> None:
        try:
            re.compile(self.pattern)
        except re.error as error:
            raise UsageError(f"--pattern {self.pattern!r} is no regular expression: {error}") from None
        for name in ("by", "rule", "text"):
            if not getattr(self, name).strip():
                raise UsageError(f"a ruling needs its {name}: give --{name}")


class Affected(msgspec.Struct, frozen=True, kw_only=True):
    """An annotation from before a ruling, in a text that holds its pattern."""

    document: str
    annotation: int
    by: str
    round: str
    guideline: str
    updated_at: str
    places: int
    first: str


def home(workspace: Workspace) -> Path:
    """Where rulings are kept."""
    return workspace.folder("decisions") / "rulings.jsonl"


def questions(workspace: Workspace, pseudonyms: dict[str, str]) -> list[Question]:
    """Every question, unanswered ones first, then by when they were asked."""
    answers = {name: item.id for item in rulings(workspace) for name in item.questions}
    asked: dict[str, list[Question]] = {}
    known = addresses(workspace)
    for said in latest(history(workspace)):
        for question in _of(said, pseudonyms.get(said.author, "annotator-?"), known):
            found = msgspec.structs.replace(question, answer=answers.get(question.id))
            asked.setdefault(said.document, []).append(found)
    told = [item for items in _with_context(workspace, asked) for item in items]
    return sorted(told, key=lambda item: (item.answer is not None, item.asked_at, item.id))


def _of(said: Annotation, by: str, known: dict[str, str]) -> Iterator[Question]:
    notes = [("note", said.note.strip())] if said.note and said.note.strip() else []
    for kind, text in [*notes, *(("discuss", reason) for reason in said.discuss)]:
        key = "\x1f".join(map(str, (*said.key[:3], kind, text)))
        yield Question(
            id="q" + hashlib.sha256(key.encode()).hexdigest()[:8],
            kind=kind,
            text=text,
            document=said.document,
            round=said.round,
            by=by,
            annotation=said.key[2],
            asked_at=said.updated_at,
            link=task_link(said, known),
        )


def _with_context(workspace: Workspace, asked: dict[str, list[Question]]) -> Iterator[list[Question]]:
    for document in read_documents(workspace) if asked else ():
        items = asked.pop(document.id, [])
        head = document.title or " ".join(document.text[:CONTEXT].split())
        yield [msgspec.structs.replace(item, context=head, url=document.url) for item in items]
    yield from asked.values()


def rulings(workspace: Workspace) -> list[Ruling]:
    """Every ruling in the order it was made, with the moment of its line."""
    return [
        msgspec.structs.replace(msgspec.convert(line.body, Ruling), at=line.at)
        for line in read_events(home(workspace), "ruling")
    ]


def guideline_version(workspace: Workspace, scheme: Scheme) -> str:
    """The guideline that is in force: the scheme's own, and how many rulings were added to it."""
    count = len(rulings(workspace))
    return f"{scheme.guideline}.{count}" if count else scheme.guideline


def answer(workspace: Workspace, ruling: Ruling, asked: Iterable[str], scheme: Scheme) -> Ruling:
    """Record a ruling; returns it as written, with its id and the guideline it makes.

    The same ruling on the same questions is written once.  Raises UsageError for a question that nobody
    asked (`asked` are the known ids).
    """
    known = set(asked)
    for name in ruling.questions:
        if name not in known:
            raise UsageError(f"no question {name!r}; `vicivic questions` lists them")
    before = rulings(workspace)
    for item in before:
        if _same(item, ruling):
            return item
    number = len(before) + 1
    written = msgspec.structs.replace(ruling, id=f"r{number:03d}", guideline=f"{scheme.guideline}.{number}")
    append_events(home(workspace), [event("ruling", written)])
    return rulings(workspace)[-1]


def _same(one: Ruling, other: Ruling) -> bool:
    bare = {"id": "", "guideline": "", "at": ""}
    return msgspec.structs.replace(one, **bare) == msgspec.structs.replace(other, **bare)


def affected(workspace: Workspace, name: str, pseudonyms: dict[str, str]) -> tuple[Ruling, list[Affected]]:
    """A ruling (by id) and the annotations made before it whose text holds its pattern.

    Only a person's latest word on a text counts: who annotated it again since is not asked again.
    Raises UsageError for an unknown ruling, or one without a pattern.
    """
    ruling = next((item for item in rulings(workspace) if item.id == name), None)
    if ruling is None:
        made = ", ".join(item.id for item in rulings(workspace)) or "none yet"
        raise UsageError(f"no ruling {name!r}; there are {made}")
    if not ruling.pattern:
        raise UsageError(f"{name} has no pattern to look for; answer again with --pattern REGEX")
    before: dict[str, list[Annotation]] = {}
    for said in latest(history(workspace)):
        if counts_between_people(said) and said.updated_at < ruling.at:
            before.setdefault(said.document, []).append(said)
    pattern, found = re.compile(ruling.pattern), []
    for document in read_documents(workspace) if before else ():
        for said in before.get(document.id, ()):
            start, end = said.part or (0, len(document.text))
            places = list(pattern.finditer(document.text, start, end))
            if said.digest == document.digest and places:
                low, high = places[0].span()
                found.append(
                    Affected(
                        document=document.id,
                        annotation=said.key[2],
                        by=pseudonyms.get(said.author, "annotator-?"),
                        round=said.round,
                        guideline=said.guideline,
                        updated_at=said.updated_at,
                        places=len(places),
                        first=document.text[max(0, low - CONTEXT) : high + CONTEXT],
                    )
                )
    return ruling, found


def write_review(workspace: Workspace, ruling: Ruling, found: Iterable[Affected]) -> Path:
    """The documents of a review round, one id a line: `rounds/affected-<ruling>.ids`."""
    path = workspace.folder("rounds") / f"affected-{ruling.id}.ids"
    names = dict.fromkeys(item.document for item in found)
    with atomic_file(path) as temporary:
        temporary.write_text("".join(f"{name}\n" for name in names), encoding="utf-8")
    return path


def rulings_html(made: Iterable[Ruling]) -> str:
    """The rulings as a section of the annotators' page, in Vietnamese, newest first; "" without any."""
    items = [_item(ruling) for ruling in reversed(list(made))]
    return f"<h3>Quy ước bổ sung</h3><ul>{''.join(items)}</ul>" if items else ""


def _item(ruling: Ruling) -> str:
    examples = "; ".join(re.sub(r"\](\w+)", r"]<sub>\1</sub>", escape(item)) for item in ruling.examples)
    rule = "Quy tắc mới" if ruling.rule == "new" else f"Quy tắc {escape(ruling.rule)}"
    return (
        f"<li><b>{rule}</b> ({escape(ruling.id)}, {escape(ruling.at[:10])}): {escape(ruling.text)}"
        + (f"<br>Ví dụ: {examples}." if examples else "")
        + "</li>"
    )


def write_guideline(workspace: Workspace, scheme: Scheme) -> Path:
    """The whole guideline in force as one HTML page: `guideline/<version>.html`."""
    from labeling.studio.guideline import build_instruction

    version = guideline_version(workspace, scheme)
    path = workspace.folder("guideline") / f"{version}.html"
    page = (
        f'<!doctype html><html lang="vi"><meta charset="utf-8"><title>Hướng dẫn {escape(version)}</title>'
        f"<body>{build_instruction(scheme)}\n{rulings_html(rulings(workspace))}</body></html>\n"
    )
    with atomic_file(path) as temporary:
        temporary.write_text(page, encoding="utf-8")
    return path
