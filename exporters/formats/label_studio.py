"""Label Studio tasks with the gold as one annotation each, and the labelling interface they belong to.

The data of a task is what `push` writes, so that a project of ViCivic takes the file; the annotation
brings every span under its own id, numbers with their value as `norm`.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any

from corpus.document import Document
from exporters.formats.base import Published, Release, Settings, Tally, has_value, value_of, write_array
from labeling.scheme import load_scheme
from labeling.studio.config import CONTROL, OBJECT, build_config
from labeling.studio.wire import to_task

CONFIG = "label_config.xml"


def write(release: Release, folder: Path, tally: Tally, settings: Settings) -> None:
    """Write `SPLIT.json` (an array of tasks) for each split, and `label_config.xml`."""
    (folder / CONFIG).write_text(build_config(load_scheme(release.scheme)), encoding="utf-8")
    for split in release.splits():
        documents = release.documents(split, about=True)
        tasks = (task(document, release.version, tally) for document in documents)
        write_array(folder / f"{split}.json", tasks)


def task(document: Published, version: str, tally: Tally) -> dict[str, Any]:
    """One document with its gold.  Offsets are code points on both sides."""
    about = document.about
    tally.written["documents"] += 1
    tally.written["spans"] += len(document.spans)
    made = to_task(
        f"release {version}",
        Document(
            id=document.id,
            text=document.text,
            title=about["title"],
            published=about["published"],
            source=about["source"],
            url=about["url"],
        ),
    )
    return {**made, "annotations": [{"result": [_result(span) for span in document.spans]}]}


def _result(span: dict[str, Any]) -> dict[str, Any]:
    value = {"start": span["start"], "end": span["end"], "text": span["text"], "labels": [span["label"]]}
    made = {
        "id": span["id"],
        "from_name": CONTROL,
        "to_name": OBJECT,
        "type": "labels",
        "origin": "manual",
        "value": value,
    }
    return {**made, "norm": value_of(span)} if has_value(span) else made
