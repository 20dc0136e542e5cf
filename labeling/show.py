"""A document's proposals on a terminal: the merged ones in the text, then each source side by side."""

from __future__ import annotations

from corpus.documents import read_document
from corpus.errors import DataError
from corpus.store import Workspace
from labeling.paint import paint
from labeling.proposals import current, read_merged, read_source
from labeling.span import Proposal, by_position


def show_proposals(workspace: Workspace, identity: str) -> None:
    """Print them.  Raises UsageError for an unknown document, DataError when nothing was proposed yet."""
    from rich.console import Console
    from rich.table import Table

    document = read_document(workspace, identity)
    merged = next((found for doc, _, found in read_merged(workspace) if doc.id == identity), None)
    if merged is None:
        raise DataError(f"{identity}: not pre-labelled yet; run `vicivic prelabel --work {workspace.root}`")
    sources = list(current(workspace).sources)
    console = Console()
    console.print(paint(document.text, [item.span for item in merged]))
    table = Table(title=f"{identity}: proposals by source", title_justify="left", show_lines=False)
    for name in ("span", "label", "text", *sources, "merged"):
        table.add_column(name, overflow="fold")
    said = {
        name: _by_span(read_source(workspace, name).get((identity, document.digest), ())) for name in sources
    }
    kept = _by_span(merged)
    spans = {key: item.span for found in (*said.values(), kept) for key, item in found.items()}
    for span in by_position(spans.values()):
        key = (span.start, span.end, span.label)
        scores = [_cell(said[name].get(key)) for name in sources]
        table.add_row(f"{span.start}-{span.end}", span.label, span.text, *scores, _cell(kept.get(key)))
    console.print(table)


def _by_span(proposals: tuple[Proposal, ...]) -> dict[tuple[int, int, str], Proposal]:
    return {(item.span.start, item.span.end, item.span.label): item for item in proposals}


def _cell(item: Proposal | None) -> str:
    return f"{item.score:.2f} {item.sources[0].rule}" if item else ""
