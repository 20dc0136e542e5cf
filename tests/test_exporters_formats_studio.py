"""The Label Studio format on the real server: import the file, export again, everything is what it was."""

import json

import pytest

from exporters.export import export
from exporters.formats.base import Release
from tests.civic_release import shared


@pytest.fixture(params=["written", "gold"])
def exported(request, tmp_path):
    folder = shared(request.param)[1]
    return Release(folder), export(folder, "label-studio", tmp_path / "tasks").path


def test_imports_into_the_real_server_and_comes_back_identical(studio, exported):
    release, folder = exported
    split = release.splits()[-1]
    tasks = json.loads((folder / f"{split}.json").read_text("utf-8"))
    config = (folder / "label_config.xml").read_text("utf-8")
    project = studio.create_project(title=f"import of {split}", label_config=config)
    ids = studio.import_tasks(project, tasks)
    back = {task["data"]["document"]: task for some in studio.export(project, ids) for task in some}
    assert len(ids) == len(back) == len(tasks)
    for task in tasks:
        found = back[task["data"]["document"]]
        assert found["data"] == task["data"]
        (annotation,) = found["annotations"]
        assert annotation["result"] == task["annotations"][0]["result"]
        text = found["data"]["text"]
        for item in annotation["result"]:
            value = item["value"]
            assert text[value["start"] : value["end"]] == value["text"]
    documents = {document.id: document for document in release.documents(split)}
    assert set(documents) == set(back)
    for identity, document in documents.items():
        said = [
            (item["id"], item["value"]["start"], item["value"]["end"], *item["value"]["labels"])
            for item in back[identity]["annotations"][0]["result"]
        ]
        assert said == [(s["id"], s["start"], s["end"], s["label"]) for s in document.spans]
