"""Long documents go out in parts and come back in document offsets, nothing lost at a cut."""

from __future__ import annotations

from pathlib import Path

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from corpus.canonical import canon
from corpus.document import Document
from corpus.store import Workspace
from labeling.scheme import load_scheme
from labeling.span import Proposal, Source, make_span, region_id
from labeling.studio import parts
from labeling.studio.client import Studio
from labeling.studio.parts import pieces
from tests.workbench import Site, propose

LINES = st.lists(st.text("abà 🇻\n\n", max_size=12), min_size=1, max_size=12)


@given(st.data())
def test_parts_cover_the_text_and_hold_every_proposal_whole(data: st.DataObject) -> None:
    document = Document(id="d", text=canon("\n".join(data.draw(LINES))))
    words = [place for place, letter in enumerate(document.text) if letter.strip()]
    proposals = []
    for _ in range(data.draw(st.integers(0, 4)) if words else 0):
        start, end = sorted(data.draw(st.tuples(st.sampled_from(words), st.sampled_from(words))))
        span = make_span(document.text, start, end + 1, "ORG")
        region = region_id(document.digest, start, end + 1, "ORG", "m1")
        proposals.append(
            Proposal(span=span, sources=(Source("hand", "1", "r", 1.0),), score=1.0, region=region)
        )
    limit = data.draw(st.integers(1, 30))
    found = list(pieces(document, "m1", proposals, limit=limit))
    assert "".join(piece.text for piece in found) == document.text
    assert [item for piece in found for item in piece.proposals] == sorted(
        proposals, key=lambda item: [place for place, piece in enumerate(found) if item in piece.proposals]
    )
    for piece in found:
        start, end = (0, len(document.text)) if piece.part is None else piece.part[:2]
        assert all(start <= item.span.start and item.span.end <= end for item in piece.proposals)
        if piece.part is not None:
            assert piece.text.strip()
            assert end == len(document.text) or document.text[end - 1] == "\n"


def test_a_short_document_is_one_task() -> None:
    (piece,) = pieces(Document(id="d", text="ngắn\nthôi"), "m1", ())
    assert piece.part is None


def test_parts_come_back_in_document_offsets(
    tmp_path: Path, studio: Studio, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(parts.pieces, "__kwdefaults__", {"limit": 60})
    document = Document(
        id="long", text="\n".join(f"Đoạn {n}: đoàn công tác đến xã Ya Tăng." for n in range(4))
    )
    first = propose(document, "xã Ya Tăng", "LOC", "m1")
    start = document.text.rindex("xã Ya Tăng")
    last = msgspec.structs.replace(
        first,
        span=make_span(document.text, start, start + 10, "LOC"),
        region=region_id(document.digest, start, start + 10, "LOC", "m1"),
    )
    site = Site(Workspace(tmp_path / "work", create=True), studio)
    done = site.push([(document, "m1", (first, last))])
    assert (done.documents, done.tasks) == (1, 4)
    assert site.push([(document, "m1", (first, last))]).tasks_new == 0
    for row in studio.tasks(site.project, "id,data,predictions"):
        assert row["data"]["text"] == document.text[slice(*row["data"]["part"])]
        (prediction,) = row["predictions"]
        path = f"api/tasks/{row['id']}/annotations/"
        studio._send("POST", path, {"result": prediction["result"]})
    assert site.pull().new == 4
    said = sorted(site.events(), key=lambda item: item.part or (0, 0))
    assert "".join(document.text[slice(*item.part)] for item in said if item.part) == document.text
    spans = [span for item in said for span in item.spans]
    assert [(span.start, span.end, span.region) for span in spans] == [
        (item.span.start, item.span.end, item.region) for item in (first, last)
    ]
    assert all(document.text[span.start : span.end] == span.text for span in spans)
    assert load_scheme().version == said[0].scheme
