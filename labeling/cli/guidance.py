"""`vicivic questions`, `answer`, `affected` and `feedback`: what annotators ask, and what they are told."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Annotated

import typer

from corpus.command import WORK, Json, Work, report, tell
from corpus.errors import UsageError
from corpus.store import Workspace

QUESTIONS_EXAMPLES = ("vicivic questions", "vicivic questions --open --json")
ANSWER_EXAMPLES = (
    "vicivic answer q1a2b3c4 --by Lan --rule 1 --text 'Huyện ủy luôn là ORG.' --pattern 'Huyện ủy'",
    "vicivic answer q1a2b3c4 --by Lan --rule new --text '…' --example '[Huyện ủy]ORG'",
)
AFFECTED_EXAMPLES = ("vicivic affected r001", "vicivic affected r001 --review")
FEEDBACK_EXAMPLES = ("vicivic feedback", "vicivic feedback --out pages --annotator annotator-02")


def questions(
    open_: Annotated[bool, typer.Option("--open", help="Only those without an answer.")] = False,
    work: Work = WORK,
    as_json: Json = False,
) -> None:
    """List annotators' notes and what they marked for discussion, with context."""
    from labeling import questions as asking
    from labeling.quality import everybody

    workspace = Workspace(work)
    with workspace.writing():
        found = asking.questions(workspace, everybody(workspace))
    waiting = sum(item.answer is None for item in found)
    shown = [item for item in found if item.answer is None] if open_ else found
    for item in () if as_json else shown:
        state = item.answer or "open"
        tail = " ".join(filter(None, (item.document, item.link or item.url)))
        sys.stdout.write(
            f"{item.id} {state:5} {item.by} [{item.kind}] {item.text}  ({item.context})  {tail}\n"
        )
    report(
        "questions",
        f"{len(found)} questions: {waiting} open, {len(found) - waiting} answered",
        {"questions": len(found), "open": waiting, "answered": len(found) - waiting},
        as_json=as_json,
        questions=shown,
    )


def answer(
    question: Annotated[
        list[str] | None, typer.Argument(help="Ids of questions, from vicivic questions.")
    ] = None,
    rule: Annotated[str, typer.Option(help="Number of the scheme's rule it explains, or new.")] = "",
    text: Annotated[str, typer.Option(help="The ruling, in Vietnamese.")] = "",
    pattern: Annotated[str, typer.Option(help="Regular expression of the places it is about.")] = "",
    example: Annotated[
        list[str] | None, typer.Option(help="Marked as in the guideline: [Huyện ủy]ORG.")
    ] = None,
    by: Annotated[str, typer.Option(help="Who rules.")] = "",
    work: Work = WORK,
    as_json: Json = False,
) -> None:
    """Record a ruling: it enters the next version of the guideline and the annotators' page."""
    from labeling import questions as asking
    from labeling.quality import everybody
    from labeling.scheme import load_scheme

    ruling = asking.Ruling(
        questions=tuple(question or ()),
        by=by,
        rule=rule,
        text=text,
        pattern=pattern,
        examples=tuple(example or ()),
    )
    workspace = Workspace(work)
    with workspace.writing():
        known = [item.id for item in asking.questions(workspace, everybody(workspace))]
        made = asking.answer(workspace, ruling, known, load_scheme())
        path = asking.write_guideline(workspace, load_scheme())
    report(
        "answer",
        f"{made.id} answers {len(made.questions)} questions; guideline {made.guideline} is in {path}",
        {"rulings": 1, "questions": len(made.questions)},
        as_json=as_json,
        ruling=made,
        guideline=str(path),
    )


def affected(
    ruling: Annotated[str, typer.Argument(help="Id of a ruling, as in r001.")],
    review: Annotated[bool, typer.Option("--review", help="Write the documents down for a round.")] = False,
    work: Work = WORK,
    as_json: Json = False,
) -> None:
    """Find what was annotated before a ruling and holds its pattern."""
    from labeling import questions as asking
    from labeling.quality import everybody

    workspace = Workspace(work)
    with workspace.writing():
        made, found = asking.affected(workspace, ruling, everybody(workspace))
        path = asking.write_review(workspace, made, found) if review else None
    for item in () if as_json else found:
        excerpt = " ".join(item.first.split())
        sys.stdout.write(f"{item.document} {item.by} {item.places} places  …{excerpt}…\n")
    if path is not None and found:
        tell(f'push them: vicivic push --round affected-{made.id} --documents "$(paste -sd, {path})"')
    documents = len({item.document for item in found})
    kept = f"; ids in {path}" if path else ""
    report(
        "affected",
        f"{len(found)} annotations of {documents} documents from before {made.id} hold its pattern{kept}",
        {"annotations": len(found), "documents": documents},
        as_json=as_json,
        affected=found,
    )


def feedback(
    annotator: Annotated[str | None, typer.Option(help="Pseudonym; without it, everybody.")] = None,
    out: Annotated[
        Path | None, typer.Option(help="Folder of the pages.", show_default="WORK/feedback")
    ] = None,
    work: Work = WORK,
    as_json: Json = False,
) -> None:
    """Write each annotator's own page, in Vietnamese: pace, agreement with gold, typical corrections."""
    from corpus.store import atomic_file
    from labeling import feedback as telling
    from labeling.quality import everybody
    from labeling.scheme import load_scheme

    workspace, scheme = Workspace(work), load_scheme()
    with workspace.writing():
        found = telling.feedback(workspace, everybody(workspace), scheme)
        names = [item.author for item in found]
        if annotator is not None and annotator not in names:
            raise UsageError(f"no annotator {annotator!r}; there are {', '.join(names) or 'none yet'}")
        chosen = [item for item in found if annotator in (None, item.author)]
        folder = out or workspace.folder("feedback")
        for item in chosen:
            with atomic_file(folder / f"{item.author}.html") as temporary:
                temporary.write_text(telling.page(item, scheme), encoding="utf-8")
    report(
        "feedback",
        f"{len(chosen)} pages in {folder}",
        {"pages": len(chosen), "annotators": len(found)},
        as_json=as_json,
        feedback=chosen,
    )
