"""The verbs around Label Studio from the command line: one line each, exit codes, nothing secret."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from corpus.store import Workspace
from labeling.studio.client import Studio

SECRET = "secret-token-that-nobody-may-see"
Result = subprocess.CompletedProcess[str]


def vicivic(work: Path, *arguments: str, **environment: str) -> Result:
    program = Path(sys.executable).parent / "vicivic"
    kept = {name: value for name, value in os.environ.items() if not name.startswith("LABEL_STUDIO")}
    return subprocess.run(
        [str(program), *arguments, "--work", str(work)],
        capture_output=True,
        text=True,
        env=kept | environment,
        check=False,
    )


def refused(done: Result, code: int, *words: str) -> None:
    assert done.returncode == code, done.stdout + done.stderr
    assert done.stdout == ""
    lines = done.stderr.strip().splitlines()
    assert len(lines) == 1, done.stderr
    for word in words:
        assert word in lines[0]
    assert SECRET not in done.stderr


@pytest.fixture
def work(tmp_path: Path) -> Path:
    Workspace(tmp_path / "work", create=True)
    folder = tmp_path / "work" / "proposals"
    folder.mkdir()
    (folder / "current.json").write_text('{"merge":"m1","scheme":"1","sources":{}}')
    return tmp_path / "work"


@pytest.mark.parametrize("verb", ["push", "pull", "status"])
def test_without_a_server_each_verb_says_how_to_start_one(work: Path, verb: str) -> None:
    refused(vicivic(work, verb), 1, "no Label Studio is up", "vicivic studio up")


def test_a_server_that_is_down_a_wrong_token_and_a_wrong_address(work: Path, studio: Studio) -> None:
    verb = "push"  # all three verbs connect and check in the same two lines
    down = vicivic(work, verb, LABEL_STUDIO_URL="http://127.0.0.1:1", LABEL_STUDIO_API_KEY=SECRET)
    refused(down, 1, "http://127.0.0.1:1", "can't be reached")
    wrong = vicivic(work, verb, LABEL_STUDIO_URL=studio.address, LABEL_STUDIO_API_KEY=SECRET)
    refused(wrong, 1, studio.address, "refuses the token", "LABEL_STUDIO_API_KEY")
    elsewhere = vicivic(
        work, verb, LABEL_STUDIO_URL=f"{studio.address}/static", LABEL_STUDIO_API_KEY=studio._token
    )
    refused(elsewhere, 1, "LABEL_STUDIO_URL")
    nonsense = vicivic(work, verb, LABEL_STUDIO_URL="label.example", LABEL_STUDIO_API_KEY=SECRET)
    refused(nonsense, 2, "label.example", "LABEL_STUDIO_URL")
    half = vicivic(work, verb, LABEL_STUDIO_URL=studio.address)
    refused(half, 2, "LABEL_STUDIO_API_KEY")


def test_studio_up_status_down_as_people_type_them(work: Path, studio_template: Path, port: int) -> None:
    assert "is down" in vicivic(work, "studio", "status").stdout
    assert "no Label Studio was running" in vicivic(work, "studio", "down").stdout
    shutil.copytree(studio_template, work / "studio")
    started = vicivic(work, "studio", "up", "--port", str(port), "--json")
    assert started.returncode == 0, started.stderr
    said = json.loads(started.stdout)
    assert (said["verb"], said["counts"]) == ("studio up", {"started": 1})
    assert said["address"] == f"http://127.0.0.1:{port}"
    try:
        again = vicivic(work, "studio", "up")
        assert "is running already" in again.stdout
        asked = json.loads(vicivic(work, "studio", "status", "--json").stdout)
        assert (asked["version"], asked["counts"]) == ("1.23.2", {"up": 1, "projects": 0})
        nothing = vicivic(work, "pull")
        refused(nothing, 2, "nothing was pushed", "vicivic push")
        pushed = json.loads(vicivic(work, "push", "--json").stdout)
        assert pushed["counts"]["documents"] == 0
        state = json.loads(vicivic(work, "status", "--json").stdout)
        assert state["counts"] == {"tasks": 0, "annotated": 0, "skipped": 0, "open": 0, "drafts": 0}
    finally:
        stopped = vicivic(work, "studio", "down")
    assert "is stopped" in stopped.stdout


def test_port_in_use(work: Path, studio: Studio) -> None:
    taken = studio.address.rpartition(":")[2]
    refused(vicivic(work, "studio", "up", "--port", taken), 1, f"port {taken}", "in use", "--port")


@pytest.mark.parametrize("verb", [["push"], ["pull"], ["status"], ["studio", "up"], ["studio", "down"]])
def test_help_shows_examples(work: Path, verb: list[str]) -> None:
    done = subprocess.run(
        [str(Path(sys.executable).parent / "vicivic"), *verb, "--help"],
        capture_output=True,
        text=True,
        check=True,
    )
    assert f"vicivic {' '.join(verb)}" in done.stdout.partition("Examples")[2]
