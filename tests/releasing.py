"""Workspaces for release tests: documents, merged proposals and people's annotations, written plainly."""

import hashlib
import json
import os
import subprocess
import sys

import msgspec

from corpus.document import Document
from corpus.documents import add_documents
from corpus.events import append_events, event
from corpus.store import Workspace, write_rows
from labeling.norm import Norm
from labeling.settle import settle
from labeling.span import AnnotatedSpan, Annotation, Proposal, Source, make_span, region_id

MERGE = "m1"
PEOPLE = {
    "lan@example.com": "annotator-01",
    "páo@example.com": "annotator-02",
    "nga@example.com": "annotator-03",
}
LAN, PAO, NGA = PEOPLE

TEXT = (
    "Phó Chủ tịch UBND huyện Đầm Hà Trần Thị Lan dự hội nghị.\n"
    "Thu ngân sách đạt trên 52 tỷ đồng, 13,71%.\u00a0Đoàn thăm xã Tân Lập."
)
# label, surface, and which occurrence of it; nesting follows from the offsets
SPANS = [
    ("TITLE", "Phó Chủ tịch UBND huyện Đầm Hà", 0),
    ("ORG", "UBND huyện Đầm Hà", 0),
    ("LOC", "huyện Đầm Hà", 0),
    ("PER", "Trần Thị Lan", 0),
    ("MONEY", "trên 52 tỷ đồng", 0),
    ("PERCENT", "13,71%", 0),
    ("LOC", "xã Tân Lập", 0),
]
NORMS = {
    "trên 52 tỷ đồng": Norm(value="52000000000", low="52000000000", low_open=True, mod="more", unit="VND"),
    "13,71%": Norm(value="13.71", unit="%"),
}


def place(text, surface, occurrence=0):
    """[start, end) of an occurrence of a surface."""
    start = -1
    for _ in range(occurrence + 1):
        start = text.index(surface, start + 1)
    return start, start + len(surface)


def document(identity="doc/1", text=TEXT, **more):
    return Document(id=identity, text=text, **more)


def proposals(of, spans=SPANS):
    """Merged proposals over a document."""
    made = []
    for label, surface, occurrence in spans:
        start, end = place(of.text, surface, occurrence)
        span = make_span(of.text, start, end, label, NORMS.get(surface))
        source = Source("rules", "1", f"rule.{label.lower()}", 0.9)
        region = region_id(of.digest, start, end, label, MERGE)
        made.append(Proposal(span=span, sources=(source,), score=0.9, region=region))
    return tuple(sorted(made, key=lambda item: (item.span.start, -item.span.end)))


def workspace_of(root, documents, spans=SPANS, *, prelabelled=True):
    """A workspace with documents and, in the places where pre-labelling leaves them, their proposals."""
    workspace = Workspace(root, create=True)
    add_documents(workspace, documents)
    if prelabelled:
        prelabel(workspace, documents, spans)
    return workspace


def prelabel(workspace, documents, spans=SPANS):
    folder = workspace.folder("proposals")
    rows = [(item.id, item.digest, proposals(item, spans)) for item in documents]
    write_rows(folder / f"merge@{MERGE}" / "part-000001.parquet", rows)
    current = {"merge": MERGE, "scheme": "1", "sources": {"rules": "1"}}
    (folder / "current.json").write_text(json.dumps(current))


def kept(of, drop=(), spans=SPANS):
    """The annotated spans that accept all proposals but the labels or surfaces in `drop`."""
    return [
        AnnotatedSpan(
            start=item.span.start,
            end=item.span.end,
            label=item.span.label,
            text=item.span.text,
            region=item.region,
            origin="prediction",
            norm=item.span.norm,
        )
        for item in proposals(of, spans)
        if item.span.label not in drop and item.span.text not in drop
    ]


def drawn(of, label, surface, occurrence=0, *, region=None, norm=None):
    """A span drawn by hand."""
    start, end = place(of.text, surface, occurrence)
    name = region or hashlib.sha256(f"{label}{start}{end}".encode()).hexdigest()[:10]
    return AnnotatedSpan(
        start=start, end=end, label=label, text=surface, region=name, origin="manual", norm=norm
    )


def annotation(of, spans, *, number=1, author=LAN, at="2022-03-04T05:06:07Z", shown=None, **more):
    said = {
        "key": ("http://127.0.0.1:8080", 1, number, at),
        "document": of.id,
        "digest": of.digest,
        "part": None,
        "scheme": "1",
        "guideline": "1.0",
        "round": "default",
        "layer": "both",
        "author": author,
        "editor": author,
        "status": "submitted",
        "created_at": "2022-03-04T05:00:00Z",
        "updated_at": at,
        "lead_time": 60.0,
        "blind": False,
        "merge_version": MERGE,
        "shown": tuple(msgspec.to_builtins(shown)) if shown is not None else (),
        "spans": tuple(spans),
    }
    return Annotation(**{**said, **more})


def pulled(workspace, *annotations, file="default.jsonl"):
    """Append annotations as pull does."""
    path = workspace.folder("annotations") / file
    append_events(path, [event("annotation", item, at="2022-03-05T00:00:00Z") for item in annotations])


def settled(workspace, *annotations):
    pulled(workspace, *annotations)
    return settle(workspace)


def contents(folder):
    """path → bytes of every file below a folder."""
    return {
        path.relative_to(folder).as_posix(): path.read_bytes() for path in folder.rglob("*") if path.is_file()
    }


def vicivic(*arguments, seed="0", **environment):
    """Run the command in a process of its own."""
    return subprocess.run(
        [sys.executable, "-m", "vicivic", *map(str, arguments)],
        capture_output=True,
        text=True,
        check=False,
        env={**os.environ, "PYTHONHASHSEED": seed, "COLUMNS": "200", **environment},
    )
