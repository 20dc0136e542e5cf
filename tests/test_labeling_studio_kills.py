"""Push and pull killed with SIGKILL at any moment, and the server killed under them: nothing is lost or doubled."""

from __future__ import annotations

import os
import random
import shutil
import signal
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

import pytest

from corpus.document import Document
from corpus.store import Workspace
from labeling.studio import server
from labeling.studio.client import Studio
from labeling.studio.push import Merged
from labeling.studio.rounds import read_round
from tests.workbench import Site, propose

ROOT = Path(__file__).parent.parent
DOCUMENTS = 24
KILLS = pytest.mark.parametrize("kills", [1, pytest.param(20, marks=pytest.mark.slow)])
# A child that works in small steps, so that a kill falls between two of them.
CHILD = """
import sys
from corpus.store import Workspace
from labeling.studio import client, pull, push
from labeling.studio.client import Studio
from tests.test_labeling_studio_kills import many
push.CHUNK, client.EXPORT_A_TIME = 4, 3
work, verb, address, token, slug = sys.argv[1:]
workspace, studio = Workspace(work), Studio(address, token, slug=slug)
with workspace.writing():
    if verb == "push":
        push.push(workspace, studio, many)
    else:
        pull.pull(workspace, studio)
"""


def many() -> list[Merged]:
    """Documents that all differ, each with one proposal."""
    found = []
    for number in range(DOCUMENTS):
        document = Document(id=f"doc-{number}", text=f"Bài số {number} về xã Ya Tăng.")
        found.append((document, "m1", (propose(document, "xã Ya Tăng", "LOC", "m1"),)))
    return found


def start(site: Site, verb: str, studio: Studio) -> subprocess.Popen[bytes]:
    arguments = [str(site.workspace.root), verb, studio.address, studio._token, studio.slug]
    return subprocess.Popen(
        [sys.executable, "-c", CHILD, *arguments],
        cwd=ROOT,
        env=os.environ | {"PYTHONPATH": os.pathsep.join([str(ROOT), os.environ.get("PYTHONPATH", "")])},
        stderr=subprocess.DEVNULL,
    )


def kill_at_random(site: Site, verb: str, studio: Studio, longest: float, dice: random.Random) -> bool:
    """Start the verb and kill it; returns whether it was still at work."""
    child = start(site, verb, studio)
    time.sleep(dice.uniform(0.3, longest))
    working = child.poll() is None
    child.kill()
    child.wait()
    return working


def how_long(site: Site, verb: str, studio: Studio) -> float:
    began = time.monotonic()
    assert start(site, verb, studio).wait() == 0
    return time.monotonic() - began


def exact(site: Site) -> None:
    """Every document has one task, every task one prediction."""
    rows = list(site.studio.tasks(site.project, "id,data,total_predictions"))
    assert sorted(row["data"]["document"] for row in rows) == sorted(f"doc-{n}" for n in range(DOCUMENTS))
    assert {row["total_predictions"] for row in rows} == {1}


@KILLS
def test_push_killed_anywhere_ends_exact(tmp_path: Path, studio: Studio, kills: int) -> None:
    dice = random.Random(1)
    site = Site(Workspace(tmp_path / "work", create=True), studio)
    longest = how_long(Site(Workspace(tmp_path / "whole", create=True), studio), "push", studio)
    struck = sum(kill_at_random(site, "push", studio, longest, dice) for _ in range(kills))
    assert struck or kills == 1, "no kill fell into the work"
    assert how_long(site, "push", studio) > 0
    exact(site)
    projects = [item for item in studio.projects() if mark(site) in (item["description"] or "")]
    assert len(projects) == 1


def mark(site: Site) -> str:
    plan = read_round(site.workspace, "default")
    assert plan is not None
    return plan.mark


@KILLS
def test_pull_killed_anywhere_takes_everything_once(tmp_path: Path, studio: Studio, kills: int) -> None:
    dice = random.Random(2)
    site = Site(Workspace(tmp_path / "work", create=True), studio)
    assert how_long(site, "push", studio) > 0
    annotate_all(site)
    copy = Site(Workspace(tmp_path / "whole", create=True), studio)
    shutil.copytree(site.workspace.folder("rounds"), copy.workspace.folder("rounds"))
    longest = how_long(copy, "pull", studio)
    struck = sum(kill_at_random(site, "pull", studio, longest, dice) for _ in range(kills))
    assert struck or kills == 1, "no kill fell into the work"
    assert how_long(site, "pull", studio) > 0
    assert len({said.key for said in site.events()}) == len(site.events()) == DOCUMENTS


def annotate_all(site: Site) -> None:
    for row in site.studio.tasks(site.project, "id"):
        site.studio._send("POST", f"api/tasks/{row['id']}/annotations/", {"result": []})


@pytest.mark.slow
@pytest.mark.timeout(1800)
def test_the_server_killed_in_the_middle_of_pushes_and_pulls(
    tmp_path: Path, studio_template: Path, port: int
) -> None:
    dice = random.Random(3)
    home = Workspace(tmp_path / "work", create=True)
    shutil.copytree(studio_template, home.folder("studio"))
    server.up(home, port=port)
    try:
        for _ in range(20):
            strike(home, port, "push", dice)
        site = Site(home, server.connect(home))
        assert how_long(site, "push", site.studio) > 0
        exact(site)
        annotate_all(site)
        for _ in range(20):
            strike(home, port, "pull", dice)
        assert how_long(site, "pull", site.studio) > 0
        assert len({said.key for said in site.events()}) == len(site.events()) == DOCUMENTS
    finally:
        server.down(home)


def strike(home: Workspace, port: int, verb: str, dice: random.Random) -> None:
    """Kill the server under a running verb, see the verb fail in words, and start the server again."""
    studio = server.connect(home)
    child = start(Site(home, studio), verb, studio)
    time.sleep(dice.uniform(0.8, 2.5))
    found = server.running(home)
    assert found is not None
    os.kill(found.pid, signal.SIGKILL)
    child.wait()
    server.up(home, port=port)


def test_two_pushes_at_once_are_refused(tmp_path: Path, studio: Studio) -> None:
    site = Site(Workspace(tmp_path / "work", create=True), studio)
    with site.workspace.writing():
        assert start(site, "push", studio).wait() != 0


@pytest.mark.slow
def test_two_annotators_at_work_while_a_push_runs(tmp_path: Path, studio: Studio) -> None:
    """The writers make SQLite lock; the second step brings every prediction all the same."""
    import threading

    quiet = Site(Workspace(tmp_path / "quiet", create=True), studio)
    quiet.push()
    task = quiet.task("plain")
    stop = threading.Event()
    sent: list[Any] = []

    def write() -> None:
        mine = Studio(studio.address, studio._token, slug=studio.slug)
        while not stop.is_set():
            sent.append(mine._send("POST", f"api/tasks/{task}/annotations/", {"result": []})["id"])

    writers = [threading.Thread(target=write) for _ in range(2)]
    for writer in writers:
        writer.start()
    site = Site(Workspace(tmp_path / "work", create=True), studio)
    try:
        assert how_long(site, "push", studio) > 0
    finally:
        stop.set()
        for writer in writers:
            writer.join()
    exact(site)
    assert quiet.pull().new == len(sent) > 2
