"""Documents with hand-made proposals, and a workspace of its own on the session's Label Studio."""

from __future__ import annotations

from typing import Any

import msgspec

from corpus.document import Document
from corpus.events import read_events
from corpus.store import Workspace
from labeling.norm import Norm
from labeling.span import Annotation, Proposal, Source, make_span, region_id
from labeling.studio.client import Studio, condition
from labeling.studio.pull import Pulled, pull
from labeling.studio.push import Merged, push
from labeling.studio.rounds import read_round

TEXTS = {
    "plain": "Đoàn công tác UBND huyện Sa Thầy làm việc tại xã Ya Tăng.",
    "hard": "🇻🇳👩‍🌾 Hội  nghị <b>UBND</b> &amp; xã\u00a0Ya Tăng\n\n\nchi 63,4 triệu đồng/người/năm \\n hết",
    "crowd": "Năm 2021, 11/27 chỉ tiêu đạt trên 96%.",
    "empty": "Không có gì để đánh dấu ở đây.",
}


def propose(document: Document, marked: str, label: str, version: str, norm: Norm | None = None) -> Proposal:
    start = document.text.index(marked)
    end = start + len(marked)
    return Proposal(
        span=make_span(document.text, start, end, label, norm),
        sources=(Source("hand", "1", "rule", 0.9),),
        score=0.9,
        region=region_id(document.digest, start, end, label, version),
    )


def merged(version: str = "m1", **more: str) -> list[Merged]:
    """Documents with proposals, as the merge of a workspace would give them."""
    marks = (
        ("UBND huyện Sa Thầy", "ORG", None),
        ("huyện Sa Thầy", "LOC", None),
        ("Ya Tăng", "LOC", None),
        ("63,4 triệu đồng/người/năm", "MONEY", Norm(value="63400000", unit="VND", per=("{person}", "a"))),
        ("Năm 2021", "DATE", Norm(edtf="2021")),
    )
    found = []
    for name, text in {**TEXTS, **more}.items():
        document = Document(id=name, text=text, title=f"Bài <{name}>", published="2022-05-18")
        proposals = [propose(document, *mark[:2], version, mark[2]) for mark in marks if mark[0] in text]
        found.append((document, version, tuple(proposals)))
    return found


class Site:
    """A workspace of its own on the session's server, with what tests ask and do there."""

    def __init__(self, workspace: Workspace, studio: Studio) -> None:
        self.workspace, self.studio = workspace, studio

    def push(self, rows: list[Merged] | None = None, **options: Any) -> Any:
        return push(self.workspace, self.studio, lambda: merged() if rows is None else rows, **options)

    def pull(self) -> Pulled:
        return pull(self.workspace, self.studio)

    @property
    def project(self) -> int:
        plan = read_round(self.workspace, "default")
        assert plan is not None
        return plan.projects[0]

    def task(self, document: str) -> int:
        rows = self.studio.tasks(
            self.project, "id,data", condition("data.document", "equal", "String", document)
        )
        return int(next(rows)["id"])

    def shown(self, document: str) -> list[dict[str, Any]]:
        held = self.studio._get("api/predictions/", {"task": self.task(document)})
        return list(held[-1]["result"])

    def annotate(self, document: str, result: list[dict[str, Any]], **fields: Any) -> int:
        path = f"api/tasks/{self.task(document)}/annotations/"
        return int(self.studio._send("POST", path, {"result": result, "lead_time": 2.5, **fields})["id"])

    def events(self) -> list[Annotation]:
        files = sorted(self.workspace.folder("annotations").glob("local-*.jsonl"))
        return [
            msgspec.convert(item.body, Annotation)
            for path in files
            for item in read_events(path, "annotation")
        ]

    def counts(self) -> dict[str, int]:
        rows = list(self.studio.tasks(self.project, "id,total_predictions"))
        return {"tasks": len(rows), "predictions": sum(row["total_predictions"] for row in rows)}


def manual(text: str, marked: str, label: str, region: str = "manual-1") -> dict[str, Any]:
    start = text.index(marked)
    value = {"start": start, "end": start + len(marked), "text": "?", "labels": [label]}
    made = {"id": region, "from_name": "label", "to_name": "text", "type": "labels", "value": value}
    return made | {"origin": "manual"}
