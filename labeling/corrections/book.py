"""The ledger of a workspace: `corrections/sheets.parquet`, remade whole, one row per annotation state.

Annotations are held in memory (they grow with people's work, not with the corpus); documents and proposals
stream beside them.  A state that a later edit replaced keeps its sheet, marked not `current`.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping

import msgspec

from corpus.document import Document
from corpus.documents import read_documents
from corpus.store import Workspace, read_rows, set_aside, write_rows
from labeling.corrections.ledger import Sheet, sheet
from labeling.evidence import counts_between_people, history
from labeling.proposals import Shelf, current
from labeling.scheme import Scheme, load_scheme
from labeling.span import Annotation, Proposal

SHEETS = "sheets.parquet"
_decode = msgspec.json.Decoder(Sheet).decode


class Kept(msgspec.Struct, kw_only=True):
    """What a run did; `states` = sheets + not-submitted + apart + stale + no-document + refused."""

    sheets: int = 0
    counts: Counter[str] = msgspec.field(default_factory=Counter)
    refused: list[dict[str, str]] = []


def keep_ledger(workspace: Workspace, *, pseudonyms: Mapping[str, str], scheme: Scheme | None = None) -> Kept:
    """Remake the ledger.  Raises DataError when proposals and fates of a source do not add up."""
    scheme = scheme or load_scheme()
    done = Kept()
    states: dict[str, list[tuple[Annotation, bool]]] = {}
    everything = list(history(workspace))
    last = {said.key[:3]: said.key for said in everything if said.status != "deleted"}
    for said in everything:
        done.counts["states"] += 1
        if said.status != "submitted":
            done.counts["not-submitted"] += 1
        elif not counts_between_people(said):
            done.counts["apart"] += 1
        else:
            states.setdefault(said.document, []).append((said, last[said.key[:3]] == said.key))

    def rows() -> Iterator[tuple[str, str, Sheet]]:
        shelves = Shelves(workspace)
        for document in read_documents(workspace):
            for said, newest in states.pop(document.id, ()):
                found = _one(document, said, newest, shelves, scheme, pseudonyms, done)
                if found is not None:
                    done.sheets += 1
                    yield found.document, found.digest, found

    write_rows(workspace.folder("corrections") / SHEETS, rows())
    for left in states.values():
        done.counts["no-document"] += len(left)
        done.refused += [
            _refusal(said, "no-document", "its document is not here; ingest it again") for said, _ in left
        ]
    set_aside(workspace.folder("corrections") / "rejected.jsonl", done.refused)
    return done


def read_sheets(workspace: Workspace) -> Iterator[Sheet]:
    """The sheets, streaming; none before the first `vicivic scores`."""
    path = workspace.folder("corrections") / SHEETS
    if path.exists():
        for _, _, found in read_rows(path, _decode):
            yield found


class Shelves:
    """The proposals of every source and merge version that annotations were made with, streaming."""

    def __init__(self, workspace: Workspace) -> None:
        self._home = workspace.folder("proposals")
        now = current(workspace) if (self._home / "current.json").exists() else None
        self._merge = now.merge if now else None
        self._sources = now.sources if now else {}
        self._shelves: dict[str, Shelf] = {}
        self._document: tuple[str, str] = ("", "")
        self._held: dict[str, tuple[Proposal, ...]] = {}

    def merged(self, said: Annotation) -> Iterable[Proposal]:
        """What was shown; for a blind annotation, what the current merge would have shown."""
        if said.shown or not said.blind:
            return [msgspec.convert(item, Proposal) for item in said.shown]
        version = said.merge_version or self._merge
        return self._take(said, f"merge@{version}") if version else ()

    def sources(self, said: Annotation, merged: Iterable[Proposal]) -> dict[str, tuple[Proposal, ...]]:
        """source → all it proposed, at the versions that went into the merge of this annotation."""
        if said.merge_version in (None, self._merge):
            versions = dict(self._sources)
        else:
            versions = {source.source: source.version for item in merged for source in item.sources}
        return {name: self._take(said, f"{name}@{version}") for name, version in sorted(versions.items())}

    def _take(self, said: Annotation, folder: str) -> tuple[Proposal, ...]:
        if self._document != (said.document, said.digest):
            self._document, self._held = (said.document, said.digest), {}
        if folder not in self._held:
            if folder not in self._shelves:
                self._shelves[folder] = Shelf(self._home / folder)
            self._held[folder] = self._shelves[folder].take(self._document) or ()
        return self._held[folder]


def _one(
    document: Document,
    said: Annotation,
    newest: bool,
    shelves: Shelves,
    scheme: Scheme,
    pseudonyms: Mapping[str, str],
    done: Kept,
) -> Sheet | None:
    if said.digest != document.digest and not said.shown:
        done.counts["stale"] += 1
        message = f"made for revision {said.digest[:12]}, the document is now {document.digest[:12]}"
        done.refused.append(_refusal(said, "stale", message + "; annotate its new text"))
        return None
    merged = list(shelves.merged(said))
    unknown = sorted({span.label for span in said.spans if span.label not in scheme})
    if unknown:
        done.counts["refused"] += 1
        message = f"labels {', '.join(unknown)} are not in scheme {scheme.version}; migrate them and pull"
        done.refused.append(_refusal(said, "unknown-label", message))
        return None
    merged = [item for item in merged if item.span.label in scheme]
    proposed = {
        name: [item for item in given if item.span.label in scheme]
        for name, given in shelves.sources(said, merged).items()
    }
    return sheet(
        said,
        len(document.text),
        merged,
        proposed,
        scheme=scheme,
        pseudonym=lambda author: pseudonyms.get(author, "annotator-?"),
        current=newest,
    )


def _refusal(said: Annotation, code: str, message: str) -> dict[str, str]:
    server, project, number, _ = said.key
    return {
        "record": said.document,
        "annotation": f"{server} project {project} annotation {number}",
        "code": code,
        "message": message,
    }
