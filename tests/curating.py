"""Annotated workspaces for the tests of curating, lint, questions and feedback, written plainly."""

from corpus.documents import add_documents
from corpus.events import append_events, event
from corpus.store import Workspace
from labeling.settle import settle
from labeling.span import AnnotatedSpan, Annotation

LINE = "Huyện ủy họp. UBND huyện Đầm Hà báo cáo. Đồng chí Nam nói về xã Tân Lập. "
A, B, C = "an@example.org", "binh@example.org", "chi@example.org"


def at(text, surface, label, nth=0, norm=None):
    start = -1
    for _ in range(nth + 1):
        start = text.index(surface, start + 1)
    return AnnotatedSpan(
        start=start,
        end=start + len(surface),
        label=label,
        text=surface,
        region=f"{label}{start}",
        origin="manual",
        norm=norm,
    )


def said(document, author, spans, *, number=1, **more):
    fields = {
        "key": ("s", 1, number, "2026-01-01"),
        "document": document.id,
        "digest": document.digest,
        "part": None,
        "scheme": "1",
        "guideline": "1.0",
        "round": "r1",
        "layer": "both",
        "author": author,
        "editor": author,
        "status": "submitted",
        "created_at": "2026-01-01",
        "updated_at": "2026-01-01",
        "lead_time": 30.0,
        "blind": False,
        "merge_version": None,
        "shown": (),
        "spans": tuple(spans),
    }
    return Annotation(**{**fields, **more})


def workspace_of(root, documents, annotations):
    workspace = Workspace(root, create=True)
    add_documents(workspace, documents)
    path = workspace.folder("annotations") / "p.jsonl"
    append_events(path, (event("annotation", item) for item in annotations))
    settle(workspace)
    return workspace


def keys(record):
    return {(span.text, span.label) for span in record.spans}
