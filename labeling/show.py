"""A document's proposals on a terminal: the merged ones in the text, then each source side by side."""

from __future__ import annotations

import msgspec

from corpus.documents import read_document
from corpus.errors import DataError
from corpus.store import Workspace
from labeling.paint import paint
from labeling.proposals import current, read_merged, read_source
from labeling.span import Proposal, by_position


def show_proposals(workspace: Workspace, identity: str, *, as_json: bool = False) -> None:
    """Print them, or one JSON object.

    Raises UsageError for an unknown document, DataError for one without proposals.
    """
    from rich.console import Console
    from rich.table import Table

    document = read_document(workspace, identity)
    merged = next((found for doc, _, found in read_merged(workspace) if doc.id == identity), None)
    if merged is None:
        raise DataError(f"{identity}: not pre-labelled yet; run `vicivic prelabel --work {workspace.root}`")
    sources = list(current(workspace).sources)
    said = {name: read_source(workspace, name).get((identity, document.digest), ()) for name in sources}
    if as_json:
        body = {"verb": "show", "id": identity, "merged": merged, "sources": said}
        print(msgspec.json.encode(body).decode("utf-8"))
        return
    console = Console()
    console.print(paint(document.text, [item.span for item in merged]))
    table = Table(title=f"{identity}: proposals by source", title_justify="left", show_lines=False)
    for name in ("span", "label", "text", *sources, "merged"):
        table.add_column(name, overflow="fold")
    by_source = {name: _by_span(found) for name, found in said.items()}
    kept = _by_span(merged)
    spans = {key: item.span for found in (*by_source.values(), kept) for key, item in found.items()}
    for span in by_position(spans.values()):
        key = (span.start, span.end, span.label)
        scores = [_cell(by_source[name].get(key)) for name in sources]
        table.add_row(f"{span.start}-{span.end}", span.label, span.text, *scores, _cell(kept.get(key)))
    console.print(table)


def _by_span(proposals: tuple[Proposal, ...]) -> dict[tuple[int, int, str], Proposal]:
    return {(item.span.start, item.span.end, item.span.label): item for item in proposals}


def _cell(item: Proposal | None) -> str:
    return f"{item.score:.2f} {item.sources[0].rule}" if item else ""
