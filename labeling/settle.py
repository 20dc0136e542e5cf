"""Annotations of a workspace → gold records, remade whole each time; see `labeling.gold` for the policy.

Reads `annotations/*.jsonl` (people's work, held in memory: it grows with people, not with the corpus)
and streams documents and proposals beside it.  Writes `records/records.parquet` in one step; the same
input gives the same bytes.  What is refused is kept in `records/rejected.jsonl` with its reason.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator
from typing import Any, NamedTuple

import msgspec

from corpus.document import Document
from corpus.documents import read_documents
from corpus.errors import StaleAnnotation
from corpus.events import read_events
from corpus.store import Workspace, read_rows, set_aside, write_rows
from labeling import decisions as deciding
from labeling.decisions import Decision
from labeling.evidence import MACHINES, with_repairs
from labeling.gold import Waits, fault, settle_document
from labeling.people import add_people
from labeling.proposals import read_merged
from labeling.scheme import Scheme, load_scheme
from labeling.span import Annotation, Proposal, Record

RECORDS = "records.parquet"


class Rules(msgspec.Struct, frozen=True, kw_only=True):
    """What settling goes by: scheme, pseudonyms, curators' standing decisions, and the policy.

    `decided` is (document, digest) → decisions in order; without `majority` a curator decides whatever
    not all annotators have.
    """

    scheme: Scheme
    pseudonyms: dict[str, str]
    curators: dict[str, str] = {}
    decided: dict[tuple[str, str], list[Decision]] = {}
    majority: bool = True


class Settled(msgspec.Struct, kw_only=True):
    """What a run did: documents by outcome, and lines about everything that did not become gold.

    Every document that has an annotation has one outcome: `settled`, `conflict`, `part-missing`,
    `not-submitted` (skipped or rejected only), `refused` (its annotations are faulty), `stale` (they
    were made for another revision) or `no-document`.
    """

    outcomes: Counter[str] = msgspec.field(default_factory=Counter)
    qualities: Counter[str] = msgspec.field(default_factory=Counter)
    spans: int = 0
    refused: list[dict[str, Any]] = []
    waiting: list[str] = []
    deleted: int = 0


class Said(NamedTuple):
    """What people said: document id → annotations in key order; authors as they appeared; deletions."""

    annotations: dict[str, list[Annotation]]
    authors: list[str]
    deleted: int


def latest_annotations(workspace: Workspace) -> Said:
    """What counts of every annotation in the workspace.

    What counts is the last line of an annotation id (server, project, annotation id) that is not
    `deleted`: a deletion on the server is a report, it takes nothing from what a person said.
    """
    last: dict[tuple[str, int, int], Annotation] = {}
    gone: dict[tuple[str, int, int], bool] = {}
    authors: dict[str, None] = {}
    for path in sorted(workspace.folder("annotations").glob("*.jsonl")):
        for event in read_events(path, "annotation"):
            said = msgspec.convert(event.body, Annotation)
            if said.author not in MACHINES:
                authors[said.author] = None
            gone[said.key[:3]] = said.status == "deleted"
            if said.status != "deleted":
                last[said.key[:3]] = said
    by_document: dict[str, list[Annotation]] = {}
    for key in sorted(last):
        by_document.setdefault(last[key].document, []).append(last[key])
    return Said(by_document, list(authors), sum(gone.values()))


def settle(
    workspace: Workspace,
    *,
    scheme: Scheme | None = None,
    majority: bool = True,
    progress: Callable[[str], None] = lambda document: None,
) -> Settled:
    """Remake the records of a workspace; see `Settled` for the counts, which add up over documents.

    Without `majority`, a curator decides whatever not all annotators have.
    """
    said, authors, deleted = latest_annotations(workspace)
    taken = deciding.read(workspace)
    rules = Rules(
        scheme=scheme or load_scheme(),
        pseudonyms=add_people(workspace, authors),
        curators=deciding.curators(taken),
        decided=deciding.by_document(taken),
        majority=majority,
    )
    done = Settled(deleted=deleted)

    def records() -> Iterator[tuple[str, str, Record]]:
        for document, proposals in _with_proposals(workspace, set(said)):
            progress(document.id)
            record = _settle_one(document, said.pop(document.id), proposals, rules, done)
            if record is not None:
                yield record.document, record.digest, record

    write_rows(workspace.folder("records") / RECORDS, records())
    for missing in said.values():
        done.outcomes["no-document"] += 1
        done.refused += [
            _refusal(
                item, "no-document", "its document is not in the workspace; ingest it again, then settle"
            )
            for item in missing
        ]
    set_aside(workspace.folder("records") / "rejected.jsonl", done.refused)
    return done


def _settle_one(
    document: Document,
    annotations: list[Annotation],
    proposals: tuple[Proposal, ...],
    rules: Rules,
    done: Settled,
) -> Record | None:
    """The record of one document, or None; counts its outcome either way."""
    submitted = with_repairs(annotations)
    if not submitted:
        done.outcomes["not-submitted"] += 1
        return None
    current = [item for item in submitted if item.digest == document.digest]
    spoken = {item.author for item in current}  # whoever annotated the new text has put the old aside
    done.refused += [
        _stale(item, document)
        for item in submitted
        if item.digest != document.digest and item.author not in spoken
    ]
    if not current:
        done.outcomes["stale"] += 1
        return None
    faults = [(item, fault(document, item, rules.scheme)) for item in current]
    done.refused += [_refusal(item, "bad-spans", words) for item, words in faults if words]
    sound = [item for item, words in faults if not words]
    if not sound:
        done.outcomes["refused"] += 1
        return None
    found = settle_document(
        document,
        sound,
        proposals,
        rules.pseudonyms.__getitem__,
        rules.scheme,
        decisions=rules.decided.get((document.id, document.digest), ()),
        curator=rules.curators.__getitem__,
        majority=rules.majority,
    )
    if isinstance(found, Waits):
        done.outcomes[found.reason] += 1
        done.waiting.append(f"{document.id}: {found.message}")
        return None
    done.outcomes["settled"] += 1
    done.qualities.update(found.quality.values())
    done.spans += len(found.spans)
    return found


def _with_proposals(
    workspace: Workspace, wanted: set[str]
) -> Iterator[tuple[Document, tuple[Proposal, ...]]]:
    """The wanted documents with their merged proposals (none where nothing was pre-labelled), in order."""
    if not (workspace.folder("proposals") / "current.json").exists():
        for document in read_documents(workspace):
            if document.id in wanted:
                yield document, ()
        return
    merged = read_merged(workspace)
    ahead = next(merged, None)
    for document in read_documents(workspace):
        proposals: tuple[Proposal, ...] = ()
        if ahead is not None and ahead[0].id == document.id:
            proposals = ahead[2]
            ahead = next(merged, None)
        if document.id in wanted:
            yield document, proposals


def _stale(annotation: Annotation, document: Document) -> dict[str, Any]:
    error = StaleAnnotation(
        f"made for revision {annotation.digest[:12]}, the document is now {document.digest[:12]}; "
        "push the document again and annotate its new text (nothing is shifted)"
    )
    return _refusal(annotation, "stale", str(error))


def _refusal(annotation: Annotation, code: str, message: str) -> dict[str, Any]:
    server, project, number, _ = annotation.key
    return {
        "record": annotation.document,
        "annotation": f"{server} project {project} annotation {number}",
        "code": code,
        "message": message,
    }


def read_records(workspace: Workspace) -> Iterator[Record]:
    """The gold records, streaming; none when nothing was settled yet."""
    path = workspace.folder("records") / RECORDS
    if path.exists():
        decode = msgspec.json.Decoder(Record).decode
        for _, _, record in read_rows(path, decode):
            yield record
