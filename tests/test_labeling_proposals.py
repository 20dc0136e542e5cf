"""Pre-labelling a workspace: each source once, resumable, and what the merge reads."""

import os
import signal
import subprocess
import sys
import time

import pytest

from corpus.document import Document
from corpus.documents import add_documents
from corpus.errors import DataError, UsageError
from corpus.events import read_events
from corpus.store import Workspace
from labeling.prelabel import Settings
from labeling.proposals import current, prelabel_workspace, read_merged, read_source
from labeling.span import find_crossing

QUANTITIES = Settings(sources=("quantities",))
BOTH = Settings(sources=("quantities", "underthesea"))


def document(number, text=None):
    text = text or f"Ngày {number % 28 + 1}/5, UBND xã Tân Lập thu {number},5 tỷ đồng, đạt {number % 90}%."
    return Document(id=f"doc/{number}", text=text)


@pytest.fixture
def workspace(tmp_path):
    made = Workspace(tmp_path / "work", create=True)
    add_documents(made, map(document, range(8)))
    return made


def parts(workspace):
    return {
        path.relative_to(workspace.root): path.read_bytes() for path in workspace.root.rglob("part-*.parquet")
    }


def test_nothing_proposed_yet_is_said(workspace):
    with pytest.raises(DataError, match="vicivic prelabel"):
        current(workspace)


def test_merged_proposals_follow_the_documents(workspace):
    counts = prelabel_workspace(workspace, BOTH)
    assert counts["documents"] == counts["new"] == 8
    seen = list(read_merged(workspace))
    assert [found.id for found, _, _ in seen] == [f"doc/{number}" for number in range(8)]
    for found, version, proposals in seen:
        assert version == current(workspace).merge
        assert find_crossing([item.span for item in proposals]) is None
        assert len({item.region for item in proposals}) == len(proposals)
        for item in proposals:
            assert found.text[item.span.start : item.span.end] == item.span.text
            assert item.sources
    assert counts["spans"] == sum(len(proposals) for _, _, proposals in seen)


def test_a_second_run_does_nothing(workspace):
    prelabel_workspace(workspace, QUANTITIES)
    before = parts(workspace)
    counts = prelabel_workspace(workspace, QUANTITIES)
    assert counts == {"documents": 8, "kept": 8, "new": 0, "failed": 0, "spans": 0}
    assert parts(workspace) == before


def test_a_source_that_spoke_is_not_asked_again(workspace):
    prelabel_workspace(workspace, QUANTITIES)
    before = parts(workspace)
    prelabel_workspace(workspace, BOTH)
    after = parts(workspace)
    assert before.items() <= after.items()
    fresh = {str(path).split("/")[1].split("@")[0] for path in after.keys() - before.keys()}
    assert fresh == {"underthesea", "merge"}
    assert set(read_source(workspace, "quantities")) == set(read_source(workspace, "underthesea"))


def test_new_documents_and_new_revisions_only(workspace):
    prelabel_workspace(workspace, QUANTITIES)
    add_documents(workspace, [document(3, "Đã sửa: đạt 99%."), document(100)])
    counts = prelabel_workspace(workspace, QUANTITIES)
    assert (counts["documents"], counts["kept"], counts["new"]) == (9, 7, 2)
    texts = {found.id: found.text for found, _, _ in read_merged(workspace)}
    assert len(texts) == 9
    assert texts["doc/3"].startswith("Đã sửa")


def test_processes_make_the_same_files(workspace, tmp_path):
    other = Workspace(tmp_path / "other", create=True)
    add_documents(other, map(document, range(8)))
    prelabel_workspace(workspace, QUANTITIES)
    prelabel_workspace(other, QUANTITIES, jobs=2)
    assert parts(workspace) == parts(other)


def test_an_unknown_source_is_refused(workspace):
    with pytest.raises(UsageError, match="nobody"):
        prelabel_workspace(workspace, Settings(sources=("nobody",)))


def test_a_document_that_breaks_a_source_is_set_aside(workspace, monkeypatch):
    from labeling.preannotators import table

    (source,) = table.load(["quantities"])
    propose = source.propose

    def break_on_five(documents):
        if any(found.id == "doc/5" for found in documents):
            raise ValueError("no")
        return propose(documents)

    monkeypatch.setattr(source, "propose", break_on_five, raising=False)
    counts = prelabel_workspace(workspace, QUANTITIES)
    assert (counts["new"], counts["failed"]) == (7, 1)
    (refused,) = read_events(workspace.folder("proposals") / "rejected.jsonl")
    assert refused.body["record"] == "doc/5"
    assert refused.body["code"] == "source-failed"
    monkeypatch.undo()
    assert prelabel_workspace(workspace, QUANTITIES)["new"] == 1


@pytest.mark.parametrize("kills", [2, pytest.param(20, marks=pytest.mark.slow)])
def test_killed_anywhere_it_ends_like_one_clean_run(kills, tmp_path):
    made = {}
    for name in ("clean", "killed"):
        made[name] = Workspace(tmp_path / name, create=True)
        add_documents(made[name], map(document, range(6_000)))
    prelabel_workspace(made["clean"], QUANTITIES)
    command = [
        sys.executable,
        "-m",
        "vicivic",
        "prelabel",
        "--source",
        "quantities",
        "--work",
        made["killed"].root,
    ]
    cut = 0
    for number in range(kills):
        run = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        wanted = 1 + number * 10 // kills
        deadline = time.monotonic() + 60
        while run.poll() is None and time.monotonic() < deadline:
            if sum(1 for _ in made["killed"].root.rglob("merge@*/part-*.parquet")) >= wanted:
                os.kill(run.pid, signal.SIGKILL)
                break
            time.sleep(0.003)
        run.wait()
        cut += run.returncode == -signal.SIGKILL
    assert cut >= min(kills, 2)
    subprocess.run(command, check=True, capture_output=True)

    def merged(workspace):
        return [(found.id, version, proposals) for found, version, proposals in read_merged(workspace)]

    assert merged(made["killed"]) == merged(made["clean"])
