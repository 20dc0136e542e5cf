"""Five articles, a real Label Studio, a real browser: three corrections by hand, and a dataset that shows them.

Whatever the machine proposes today, the corrections are found among it: one span is deleted, one is
relabelled, one is added.  What comes out of `load_dataset` is compared with what was proposed.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any, NamedTuple

import pytest

from corpus.document import Document
from corpus.segment import syllables
from corpus.store import Workspace
from labeling.proposals import read_merged
from labeling.scheme import load_scheme
from labeling.span import Proposal, Span
from labeling.studio.client import Studio, condition
from tests.desk import Desk

ROOT = Path(__file__).parent.parent
SCHEME = load_scheme()
Key = tuple[int, int, str]


class Corrections(NamedTuple):
    """What the annotator will do to one document."""

    document: Document
    before: frozenset[Key]
    delete: Span
    relabel: Span
    new_label: str
    add: tuple[int, int]
    add_label: str

    @property
    def after(self) -> frozenset[Key]:
        moved = (self.relabel.start, self.relabel.end, self.new_label)
        drawn = (*self.add, self.add_label)
        return (self.before - {key(self.delete), key(self.relabel)}) | {moved, drawn}


def key(span: Span) -> Key:
    return span.start, span.end, span.label


def vicivic(work: Path, *arguments: str, **environment: str) -> str:
    """Run a verb as a person would; its output."""
    program = Path(sys.executable).parent / "vicivic"
    done = subprocess.run(
        [str(program), *arguments, "--work", str(work)],
        capture_output=True,
        text=True,
        env=os.environ | environment,
        cwd=ROOT,
        check=False,
    )
    assert done.returncode == 0, f"vicivic {' '.join(arguments)}: {done.stdout}{done.stderr}"
    return done.stdout


def plan(document: Document, proposals: tuple[Proposal, ...]) -> Corrections:
    """Spans that stand alone to delete and relabel, and a word that nothing covers to add."""
    spans = [item.span for item in proposals]
    alone = [
        span
        for span in spans
        if not any(other is not span and other.start < span.end and span.start < other.end for other in spans)
        and "\n" not in span.text
    ]
    delete, relabel = alone[0], alone[-1]
    names = ["LOC" if relabel.label != "LOC" else "ORG", "LAW"]
    free = [
        word
        for word in syllables(document.text)
        if document.text[word.start : word.end].isalpha()
        and not any(span.start < word.end and word.start < span.end for span in spans)
    ]
    middle = free[len(free) // 2]
    return Corrections(
        document=document,
        before=frozenset(key(span) for span in spans),
        delete=delete,
        relabel=relabel,
        new_label=names[0],
        add=(middle.start, middle.end),
        add_label=names[1],
    )


@pytest.fixture(scope="module")
def work(tmp_path_factory: pytest.TempPathFactory, studio: Studio) -> Path:
    """The seeds, ingested, pre-labelled and pushed."""
    work = tmp_path_factory.mktemp("seeds") / "work"
    vicivic(work, "ingest", str(ROOT / "seeds"))
    vicivic(work, "prelabel")
    vicivic(work, "push", **access(studio))
    return work


def access(studio: Studio) -> dict[str, str]:
    return {"LABEL_STUDIO_URL": studio.address, "LABEL_STUDIO_API_KEY": studio._token}


def project_of(work: Path) -> int:
    return int(json.loads((work / "rounds" / "default.json").read_text())["projects"][0])


def rows_by_document(folder: Path) -> dict[str, dict[str, Any]]:
    from datasets import load_dataset

    splits = load_dataset(str(folder), "spans")
    return {row["id"]: row for split in splits.values() for row in split}


def test_three_corrections_by_hand_reach_the_dataset_and_nothing_else_changes(
    work: Path, studio: Studio, page: Any
) -> None:
    merged = {document.id: (document, found) for document, _, found in read_merged(Workspace(work))}
    corrections = plan(*max(merged.values(), key=lambda pair: len(pair[1])))
    document = corrections.document

    project = project_of(work)
    desk = Desk(page, studio.address, project)
    row = next(studio.tasks(project, "id,data", condition("data.digest", "equal", "String", document.digest)))
    desk.open(int(row["id"]))
    assert {(item["start"], item["end"], item["label"]) for item in desk.regions()} == corrections.before

    desk.select(corrections.delete.start, corrections.delete.end)
    desk.key("Delete")
    desk.select(corrections.relabel.start, corrections.relabel.end)
    desk.label(SCHEME[corrections.new_label].hotkey)
    desk.key("Escape")
    desk.label(SCHEME[corrections.add_label].hotkey)
    desk.drag(*corrections.add)
    assert {(item["start"], item["end"], item["label"]) for item in desk.regions()} == corrections.after
    desk.submit()

    assert "1 new" in vicivic(work, "pull", **access(studio))
    assert "0 new" in vicivic(work, "pull", **access(studio))
    vicivic(work, "settle")
    vicivic(work, "release")
    release = work / "releases" / "1.0.0"
    rows = rows_by_document(release)
    assert set(rows) == {document.id}  # only what a person settled is in a human release
    names = SCHEME.names
    spans = rows[document.id]["spans"]
    assert {(item["start"], item["end"], names[item["label"]]) for item in spans} == corrections.after
    for item in spans:
        assert document.text[item["start"] : item["end"]] == item["text"]
    proposals = {key(item.span): item for item in merged[document.id][1]}
    kept = {(item["start"], item["end"], names[item["label"]]): item for item in spans}
    for where in corrections.before & corrections.after:
        assert kept[where]["id"] == proposals[where].region
        norm = proposals[where].span.norm
        assert kept[where]["value"] == (norm.value if norm else None)
    moved = kept[corrections.relabel.start, corrections.relabel.end, corrections.new_label]
    assert moved["id"] == proposals[key(corrections.relabel)].region
