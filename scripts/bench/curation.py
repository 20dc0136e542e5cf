"""Decisions per minute on 200 planted conflicts, decided by groups and one by one, at the terminal.

    python -m scripts.bench.curation

Machine time is measured; the curator's is modelled and said to be so: the keystroke-level model (Card,
Moran and Newell 1980, "The keystroke-level model for user performance time with interactive systems",
CACM 23:396-410) with one mental preparation (1.35 s) and one keystroke (0.28 s) an answer, and silent reading
of the contexts shown at 4 words a second (Brysbaert 2019 gives 238 words a minute for English prose).
"""

from __future__ import annotations

import random
import tempfile
from collections.abc import Iterator
from pathlib import Path
from time import perf_counter

from corpus.document import Document
from corpus.documents import add_documents
from corpus.events import append_events, event
from corpus.store import Workspace
from labeling.curate import SHOWN, open_conflicts, sit
from labeling.people import add_people
from labeling.scheme import load_scheme
from labeling.span import AnnotatedSpan, Annotation

MENTAL, KEYSTROKE, WORDS_A_SECOND = 1.35, 0.28, 4.0
CONFLICTS, GROUPS, A_DOCUMENT = 200, 10, 10
SURFACES = [
    f"{kind} {name}" for kind in ("Huyện ủy", "UBND xã") for name in ("Tân", "Mai", "Nà", "Sơn", "Bình")
]
PEOPLE = ("an@example.org", "binh@example.org")


def documents() -> Iterator[tuple[Document, list[Annotation]]]:
    """Twenty documents with ten conflicts each: one annotator marks a body that the other leaves."""
    draw = random.Random(5)
    places = [SURFACES[number % GROUPS] for number in range(CONFLICTS)]
    draw.shuffle(places)
    for number in range(0, CONFLICTS, A_DOCUMENT):
        text, spans = "", []
        for surface in places[number : number + A_DOCUMENT]:
            text += "Trong buổi sáng, lãnh đạo "
            start = len(text)
            text += f"{surface} đã trao quà cho các hộ dân. "
            spans.append(
                AnnotatedSpan(
                    start=start,
                    end=start + len(surface),
                    label="ORG",
                    text=surface,
                    region=f"r{start}",
                    origin="manual",
                )
            )
        document = Document(id=f"d{number:03d}", text=text.strip())
        yield document, [annotation(document, who, spans if who == PEOPLE[0] else []) for who in PEOPLE]


def annotation(document: Document, author: str, spans: list[AnnotatedSpan]) -> Annotation:
    """A submitted annotation."""
    return Annotation(
        key=("s", 1, int(document.id[1:]) * 2 + PEOPLE.index(author), "t"),
        document=document.id,
        digest=document.digest,
        part=None,
        scheme="1",
        guideline="1.0",
        round="r1",
        layer="both",
        author=author,
        editor=author,
        status="submitted",
        created_at="t",
        updated_at="t",
        lead_time=None,
        blind=False,
        merge_version=None,
        shown=(),
        spans=tuple(spans),
    )


def sitting(folder: Path, grouped: bool) -> None:
    """Decide everything and print the rate."""
    workspace = Workspace(folder, create=True)
    given = list(documents())
    add_documents(workspace, [document for document, _ in given])
    said = [item for _, pair in given for item in pair]
    append_events(workspace.folder("annotations") / "p.jsonl", [event("annotation", item) for item in said])
    names = add_people(workspace, PEOPLE)
    read = 0

    def show(line: str) -> None:
        nonlocal read
        read += len(line.split())

    def ask(question: str) -> str:
        return "1" if not grouped and "1=one by one" in question else "a"

    began = perf_counter()
    found = list(open_conflicts(workspace, load_scheme(), names))
    done = sit(workspace, found, by="curator", ask=ask, show=show)
    machine = perf_counter() - began
    person = done.answers * (MENTAL + KEYSTROKE) + read / WORDS_A_SECOND
    name = "by groups" if grouped else "one by one"
    print(
        f"{name}: {done.decided} conflicts, {done.answers} answers, {read} words read; "
        f"{60 * done.decided / (person + machine):.0f} decisions a minute "
        f"({person:.0f} s of a modelled curator, {machine:.2f} s of machine)"
    )


def main() -> None:
    """Both ways; a group shows at most SHOWN of its contexts."""
    print(f"{CONFLICTS} conflicts in {GROUPS} groups, {SHOWN} contexts of each shown")
    for grouped in (True, False):
        with tempfile.TemporaryDirectory() as folder:
            sitting(Path(folder) / "work", grouped)


if __name__ == "__main__":
    main()
