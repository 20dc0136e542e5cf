"""Push and pull against the real server: exactly once out, whole and append-only back."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import msgspec
import pytest

from corpus.errors import ServiceError, UsageError
from corpus.events import read_events
from corpus.store import Workspace
from labeling.norm import Norm
from labeling.people import pseudonyms
from labeling.scheme import load_scheme
from labeling.span import Proposal
from labeling.studio.client import Studio
from labeling.studio.push import push
from labeling.studio.rounds import read_round, write_round
from labeling.studio.status import read_status
from tests.workbench import TEXTS, Site, manual, merged

SCHEME = load_scheme()


@pytest.fixture
def site(tmp_path: Path, studio: Studio) -> Iterator[Site]:
    yield Site(Workspace(tmp_path / "work", create=True), studio)


def test_push_makes_the_project_once_with_page_guideline_and_predictions(site: Site) -> None:
    done = site.push()
    assert (done.documents, done.tasks_new, done.tasks_there, done.predictions_new) == (4, 4, 0, 4)
    project = site.studio.project(site.project)
    assert project is not None
    assert project["title"] == "ViCivic: default"
    assert project["maximum_annotations"] == 1
    assert project["model_version"] == "merge@m1"
    assert project["show_instruction"]
    assert set(project["parsed_label_config"]["label"]["labels"]) == set(SCHEME.names)
    again = site.push()
    assert (again.documents, again.tasks_new, again.tasks_there, again.predictions_new) == (4, 0, 4, 0)
    assert again.projects == done.projects
    assert site.counts() == {"tasks": 4, "predictions": 4}


def test_push_sends_exactly_what_is_missing(site: Site) -> None:
    site.push()
    held = site.studio._get("api/predictions/", {"task": site.task("hard")})
    site.studio._http().request(f"api/predictions/{held[0]['id']}/", method="DELETE")
    site.studio._http().request(f"api/tasks/{site.task('plain')}/", method="DELETE")
    done = site.push(merged(late="Một bài mới về xã Ya Tăng."))
    assert (done.tasks_new, done.tasks_there, done.predictions_new) == (2, 3, 3)
    assert site.counts() == {"tasks": 5, "predictions": 5}


def test_a_changed_document_becomes_a_task_of_its_own(site: Site) -> None:
    site.push()
    done = site.push(merged(plain=TEXTS["plain"] + " Sửa."))
    assert (done.tasks_new, done.tasks_there) == (1, 3)


def test_a_newer_merge_reaches_only_tasks_that_nobody_worked_on(site: Site) -> None:
    site.push()
    site.annotate("plain", site.shown("plain"))
    site.annotate("crowd", [], was_cancelled=True)
    done = site.push(merged("m2"))
    assert (done.predictions_new, done.worked_on) == (2, 2)
    versions = {
        row["data"]["document"]: set(row["predictions_model_versions"].split(","))
        for row in site.studio.tasks(site.project, "id,data,predictions_model_versions")
    }
    assert versions == {
        "plain": {"merge@m1"},
        "crowd": {"merge@m1"},
        "hard": {"merge@m1", "merge@m2"},
        "empty": {"merge@m1", "merge@m2"},
    }
    assert (site.studio.project(site.project) or {})["model_version"] == "merge@m2"


def test_a_deleted_project_is_named_and_a_new_one_made_only_when_asked(site: Site) -> None:
    site.push()
    site.studio._http().request(f"api/projects/{site.project}/", method="DELETE")
    for verb in (site.push, site.pull, lambda: read_status(site.workspace, site.studio)):
        with pytest.raises(ServiceError, match=r"project \d+ .* is gone .*--new-project"):
            verb()
    old = site.project
    assert site.push(new_project=True).tasks_new == 4
    assert site.project != old


def test_a_project_made_just_before_a_crash_is_found_again(site: Site) -> None:
    site.push()
    plan = read_round(site.workspace, "default")
    assert plan is not None
    write_round(site.workspace, msgspec.structs.replace(plan, projects=()))
    assert site.push().projects == plan.projects


def test_a_new_guideline_reaches_the_page_and_only_what_is_done_under_it(site: Site) -> None:
    site.push()
    site.annotate("plain", [])
    newer = msgspec.structs.replace(SCHEME, guideline="9.9")
    site.push(scheme=newer)
    assert "9.9" in (site.studio.project(site.project) or {})["expert_instruction"]
    site.annotate("crowd", [])
    site.pull()
    said = {item.document: item.guideline for item in site.events()}
    assert said == {"plain": SCHEME.guideline, "crowd": "9.9"}


def test_a_round_stays_on_its_server(site: Site) -> None:
    site.push()
    elsewhere = Studio(site.studio.address, site.studio._token, slug="elsewhere")
    with pytest.raises(UsageError, match="lives on"):
        push(site.workspace, elsewhere, merged)


def test_nothing_to_pull_before_a_push(site: Site) -> None:
    with pytest.raises(UsageError, match="vicivic push"):
        site.pull()


def test_pull_brings_back_everything_once(site: Site) -> None:
    site.push()
    site.annotate("plain", site.shown("plain")[:1])
    site.annotate("hard", [*site.shown("hard"), manual(TEXTS["hard"], "👩‍🌾 Hội  nghị", "EVENT")])
    site.annotate("empty", [], was_cancelled=True)
    site.studio._send("POST", f"api/tasks/{site.task('crowd')}/drafts", {"result": [], "lead_time": 1})
    done = site.pull()
    assert (done.annotations, done.new, done.skipped, done.drafts, done.set_aside) == (3, 3, 1, 1, 0)
    said = {item.document: item for item in site.events()}
    assert {name: item.status for name, item in said.items()} == {
        "plain": "submitted",
        "hard": "submitted",
        "empty": "skipped",
    }
    for item in said.values():
        text = TEXTS[item.document]
        assert all(text[span.start : span.end] == span.text for span in item.spans)
        assert (item.author, item.merge_version, item.round) == ("admin@vicivic.local", "m1", "default")
    assert [span.text for span in said["hard"].spans] == [
        "👩‍🌾 Hội  nghị",
        "Ya Tăng",
        "63,4 triệu đồng/người/năm",
    ]
    assert said["hard"].spans[2].norm == Norm(value="63400000", unit="VND", per=("{person}", "a"))
    shown = [msgspec.convert(item, Proposal) for item in said["plain"].shown]
    assert shown == list(merged()[0][2])  # the deleted ones too: the snapshot is what was shown
    assert pseudonyms(site.workspace) == {"admin@vicivic.local": "annotator-01"}
    assert site.workspace.folder("people.jsonl").stat().st_mode & 0o777 == 0o600

    again = site.pull()
    assert (again.annotations, again.new, again.edited, again.held) == (3, 0, 0, 3)
    assert len(site.events()) == 3


def test_edits_are_new_lines_and_deletions_are_reports(site: Site) -> None:
    site.push()
    number = site.annotate("plain", site.shown("plain"))
    site.pull()
    (path,) = site.workspace.folder("annotations").glob("local-*.jsonl")
    before = path.read_bytes()
    site.studio._send("PATCH", f"api/annotations/{number}/", {"result": site.shown("plain")[:1]})
    assert site.pull().edited == 1
    first, second = site.events()
    assert (len(first.spans), len(second.spans)) == (3, 1)
    assert first.key[:3] == second.key[:3]
    assert first.updated_at < second.updated_at
    site.studio._http().request(f"api/annotations/{number}/", method="DELETE")
    assert site.pull().deleted == 1
    assert site.pull().deleted == 0
    gone = site.events()[-1]
    assert (gone.status, gone.key[3], gone.document) == ("deleted", "deleted", "plain")
    assert path.read_bytes().startswith(before)  # append-only


def test_what_does_not_fit_is_set_aside_whole_and_the_rest_goes_on(site: Site) -> None:
    site.push()
    text = TEXTS["crowd"]
    good = manual(text, "Năm 2021", "DATE")
    far = manual(text, "96%", "PERCENT", "far") | {}
    far["value"] = far["value"] | {"end": len(text) + 5}
    site.annotate("crowd", [good, far])
    site.annotate("crowd", [manual(text, "11/27", "SCORE")])
    site.annotate("plain", [])
    done = site.pull()
    assert (done.annotations, done.new, done.set_aside) == (3, 1, 2)
    assert {item["code"] for item in done.refused} == {"bad-span", "unknown-label"}
    assert all(item["record"] == "crowd" for item in done.refused)
    rejected = site.workspace.folder("annotations") / "rejected.jsonl"
    kept = [item.body for item in read_events(rejected)]
    assert {len(item["raw"]["result"]) for item in kept} == {1, 2}  # as it came
    again = site.pull()
    assert (again.new, again.held, again.set_aside) == (0, 1, 2)
    assert len(list(read_events(rejected))) == 2


def test_a_task_whose_text_was_changed_is_stale(site: Site) -> None:
    site.push()
    site.annotate("plain", [])
    changed = {"data": {"text": "Khác.", "document": "plain", "digest": "0" * 64, "round": "default"}}
    site.studio._send("PATCH", f"api/tasks/{site.task('plain')}/", changed)
    done = site.pull()
    assert [item["code"] for item in done.refused] == ["stale"]


def test_what_was_opened_counts_as_shown_though_a_newer_merge_came_in_between(site: Site) -> None:
    site.push()
    opened = site.studio._get("api/predictions/", {"task": site.task("plain")})[0]
    site.push(merged("m2"))
    site.annotate("plain", opened["result"], parent_prediction=opened["id"])
    site.pull()
    (said,) = site.events()
    assert said.merge_version == "m1"
    assert {span.region for span in said.spans} == {item["region"] for item in said.shown}


def test_status_counts_add_up(site: Site) -> None:
    site.push()
    site.annotate("plain", [])
    site.annotate("empty", [], was_cancelled=True)
    site.studio._send("POST", f"api/tasks/{site.task('crowd')}/drafts", {"result": [], "lead_time": 1})
    (row,) = read_status(site.workspace, site.studio)
    assert (row.tasks, row.annotated, row.skipped, row.open, row.drafts) == (4, 1, 1, 2, 1)
    assert row.annotators == ("admin@vicivic.local",)
    assert row.last_pull is None
    site.pull()
    assert read_status(site.workspace, site.studio)[0].last_pull is not None
