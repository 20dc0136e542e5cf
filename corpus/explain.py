"""Why a page was kept or refused: `vicivic ingest --explain ID`."""

from __future__ import annotations

from collections.abc import Iterator

from corpus.civic import explain, score
from corpus.document import Document
from corpus.documents import read_documents
from corpus.errors import UsageError
from corpus.events import read_events
from corpus.refused import read_refused
from corpus.store import Workspace
from corpus.vietnamese import share_of


def explain_id(workspace: Workspace, identity: str) -> list[str]:
    """Lines that tell what became of an id (or of a record, `file:line`) and why.

    Raises UsageError when neither a document nor a refusal has it.
    """
    lines = [*_kept(workspace, identity), *_refused(workspace, identity)]
    if not lines:
        raise UsageError(f"nothing known of {identity!r} in {workspace.root}: it was never ingested here")
    return lines


def _kept(workspace: Workspace, identity: str) -> Iterator[str]:
    document = next((one for one in read_documents(workspace) if one.id == identity), None)
    if document is None:
        return
    yield f"{identity}: kept, digest {document.digest[:12]}"
    yield from _measured(document.text)
    for fact in document.facts:
        yield f"  {fact.name} = {fact.value}  ({fact.how}, confidence {fact.confidence:g})"
    if document.family:
        yield f"  family {document.family}"
    yield from _regions(document)


def _regions(document: Document) -> Iterator[str]:
    for region in document.regions:
        if region.kind != "body":
            yield f"  {region.kind} by {region.rule}: {document.text[region.start : region.end][:70]!r}"


def _refused(workspace: Workspace, identity: str) -> Iterator[str]:
    for refusal in read_refused(workspace):
        if identity in (refusal.id, refusal.record):
            yield f"{identity}: refused, {refusal.code}: {refusal.message}"
            yield from _measured(refusal.text) if refusal.text else ()
    path = workspace.folder("documents") / "rejected.jsonl"
    for item in read_events(path, "rejected"):
        if identity in (item.body.get("id"), item.body.get("record")):
            yield f"{identity}: set aside, {item.body['code']}: {item.body['message']}"


def _measured(text: str) -> Iterator[str]:
    share = share_of(text)
    yield f"  civic score {explain(score(text))}"
    yield (
        f"  {share.valid_share:.1%} of {share.words} lower-case words are possible Vietnamese syllables, "
        f"{share.accented_share:.0%} carry Vietnamese letters"
    )
