"""Rounds on the real server: shared out, blind where planned, topped up, never doubled."""

from __future__ import annotations

from collections import Counter
from pathlib import Path

import pytest

from corpus.errors import UsageError
from corpus.store import Workspace
from labeling.studio.assign import Shares
from labeling.studio.client import Studio, condition
from labeling.studio.rounds import Wanted, assignments, read_round
from labeling.studio.status import read_status
from tests.workbench import TEXTS, Site, merged

TWO = Shares(annotators=("lan@e.vn", "minh@e.vn"), overlap=2, blind=0.5, seed=4)


@pytest.fixture
def site(tmp_path: Path, studio: Studio) -> Site:
    return Site(Workspace(tmp_path / "work", create=True), studio)


def projects(site: Site, name: str) -> tuple[int, ...]:
    plan = read_round(site.workspace, name)
    assert plan is not None
    return plan.projects


def test_a_round_gives_each_annotator_a_project_and_hides_the_blind_share(site: Site) -> None:
    done = site.push(name="r1", shares=TWO)
    assert (done.documents, done.tasks, done.tasks_new, done.predictions_new) == (4, 8, 8, 8)
    plan = assignments(site.workspace, "r1")
    for annotator, project in zip(TWO.annotators, projects(site, "r1"), strict=True):
        blind = {item.document for item in plan if item.annotator == annotator and item.blind}
        assert len(blind) == 2
        rows = list(site.studio.tasks(project, "id,data,predictions"))
        assert {row["data"]["document"] for row in rows} == set(TEXTS)
        shape = {(tuple(sorted(row["data"])), len(row["predictions"])) for row in rows}
        assert len(shape) == 1  # nothing tells a blind task from another
        for row in rows:
            (prediction,) = row["predictions"]
            assert prediction["model_version"] == "merge@m1"
            assert not (prediction["result"] and row["data"]["document"] in blind)
    again = site.push(name="r1")
    assert (again.tasks, again.tasks_new, again.predictions_new) == (8, 0, 0)


def test_what_was_done_blind_is_known_by_the_plan_alone(site: Site) -> None:
    site.push(name="r1", shares=TWO)
    first = projects(site, "r1")[0]
    for row in site.studio.tasks(first, "id"):
        site.studio._send("POST", f"api/tasks/{row['id']}/annotations/", {"result": []})
    assert site.pull().new == 4
    plan = {
        item.document: item.blind
        for item in assignments(site.workspace, "r1")
        if item.annotator == "lan@e.vn"
    }
    assert {said.document: said.blind for said in site.events()} == plan
    assert all(said.round == "r1" for said in site.events())
    assert all(not said.shown for said in site.events() if said.blind)


def test_rounds_share_standing_projects_and_take_no_document_twice(site: Site) -> None:
    one = Shares(annotators=("lan@e.vn",))
    site.push(name="r1", shares=one, wanted=Wanted(number=1))
    site.push(name="r2", shares=TWO, wanted=Wanted(number=2))
    assert projects(site, "r2")[0] == projects(site, "r1")[0]
    held = Counter(item.document for name in ("r1", "r2") for item in assignments(site.workspace, name))
    assert sorted(held.values()) == [1, 2, 2]
    topped = site.push(name="r1", wanted=Wanted(number=2))
    assert (topped.documents, topped.tasks_new, topped.tasks_there) == (2, 1, 1)
    site.pull()
    rows = {(row.round, row.project): row.tasks for row in read_status(site.workspace, site.studio)}
    assert sum(rows.values()) == 2 + 2 * 2


def test_documents_by_id_and_what_is_refused(site: Site) -> None:
    one = Shares(annotators=("lan@e.vn",))
    assert site.push(name="r1", shares=one, wanted=Wanted(ids=frozenset({"hard"}))).documents == 1
    with pytest.raises(UsageError, match="'nothing'"):
        site.push(name="r1", wanted=Wanted(ids=frozenset({"nothing"})))
    with pytest.raises(UsageError, match="shared out otherwise"):
        site.push(name="r1", shares=TWO)
    with pytest.raises(UsageError, match="--round"):
        site.push(name="../r1")


def test_a_newer_merge_stays_hidden_where_the_old_one_was(site: Site) -> None:
    site.push(name="r1", shares=TWO)
    site.push(merged("m2"), name="r1")
    plan = {(item.annotator, item.document) for item in assignments(site.workspace, "r1") if item.blind}
    for annotator, project in zip(TWO.annotators, projects(site, "r1"), strict=True):
        for row in site.studio.tasks(
            project, "id,data,predictions", condition("data.round", "equal", "String", "r1")
        ):
            if (annotator, row["data"]["document"]) in plan:
                assert [item["result"] for item in row["predictions"]] == [[], []]
