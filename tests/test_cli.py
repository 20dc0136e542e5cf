"""The one command: every verb helps, ends with the right code, and never shows a traceback."""

import json
import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

import vicivic
from corpus.store import FORMAT, Workspace

SEEDS = Path(__file__).parents[1] / "seeds"
WITHOUT_WORKSPACE = {"numbers", "evaluate", "verify"}
VERBS = [name for name, _, _ in vicivic.VERBS]


def vic(*arguments, cwd=None, **environment):
    done = subprocess.run(
        [sys.executable, "-m", "vicivic", *map(str, arguments)],
        cwd=cwd,
        env={**os.environ, "COLUMNS": "120", **environment},
        capture_output=True,
        text=True,
        check=False,
    )
    assert "Traceback" not in done.stderr
    return done


@pytest.mark.parametrize("verb", VERBS)
def test_every_verb_helps_with_examples(verb):
    done = vic(*verb.split(), "--help")
    assert done.returncode == 0
    assert "Examples:" in done.stdout
    assert f"vicivic {verb}" in done.stdout
    assert "--json" in done.stdout
    assert "--work" in done.stdout or verb in WITHOUT_WORKSPACE


def test_help_lists_the_verbs_in_the_order_of_the_work():
    shown = vic("--help").stdout
    first = dict.fromkeys(verb.split()[0] for verb in VERBS)
    places = [shown.index(f"│ {verb} ") for verb in first]
    assert places == sorted(places)


def test_the_work_option_stands_before_or_behind_the_verb(tmp_path):
    behind = vic("ingest", SEEDS, "--work", tmp_path / "a", "--json")
    before = vic("--work", tmp_path / "b", "ingest", SEEDS, "--json")
    by_name = vic("ingest", SEEDS, "--json", VICIVIC_WORK=str(tmp_path / "c"))
    assert behind.returncode == before.returncode == by_name.returncode == 0
    assert behind.stdout == before.stdout == by_name.stdout
    assert json.loads(behind.stdout)["verb"] == "ingest"
    assert {path.name for path in tmp_path.iterdir()} == {"a", "b", "c"}


def test_default_workspace_is_work(tmp_path):
    environment = {key: value for key, value in os.environ.items() if key != "VICIVIC_WORK"}
    command = [sys.executable, "-m", "vicivic", "ingest", SEEDS]
    subprocess.run(command, cwd=tmp_path, env=environment, check=True, capture_output=True)
    assert (tmp_path / "work" / "workspace.json").exists()


@pytest.mark.parametrize("verb", ["prelabel", "settle", "release", "push", "pull", "status"])
def test_a_missing_workspace_is_one_line_and_exit_2(verb, tmp_path):
    done = vic(verb, "--work", tmp_path / "nowhere")
    assert done.returncode == 2
    assert len(done.stderr.strip().splitlines()) == 1
    assert "vicivic ingest" in done.stderr
    assert not (tmp_path / "nowhere").exists()


def test_a_workspace_of_a_newer_version_is_left_alone(tmp_path):
    Workspace(tmp_path, create=True)
    marker = tmp_path / "workspace.json"
    marker.write_text(json.dumps({"format": FORMAT + 1, "vicivic": "99.0"}), "utf-8")
    done = vic("ingest", SEEDS, "--work", tmp_path)
    assert done.returncode == 2
    assert "99.0" in done.stderr
    assert list(tmp_path.iterdir()) == [marker]


def test_a_folder_that_is_no_workspace_is_left_alone(tmp_path):
    (tmp_path / "mine.txt").write_text("x", "utf-8")
    done = vic("ingest", SEEDS, "--work", tmp_path)
    assert done.returncode == 2
    assert [path.name for path in tmp_path.iterdir()] == ["mine.txt"]


def test_one_writer_at_a_time(tmp_path):
    workspace = Workspace(tmp_path / "work", create=True)
    with workspace.writing():
        done = vic("ingest", SEEDS, "--work", workspace.root)
    assert done.returncode == 2
    assert "another vicivic command" in done.stderr
    assert vic("ingest", SEEDS, "--work", workspace.root).returncode == 0


@pytest.mark.parametrize("jobs", ["1", "2"])
def test_ctrl_c_is_130_and_leaves_things_whole(jobs, tmp_path):
    docs = tmp_path / "docs.jsonl"
    docs.write_text('{"text": "Đạt 13,71%, thu 5 tỷ đồng, ngày 21/10."}\n' * 60_000, "utf-8")
    command = [sys.executable, "-m", "vicivic", "prelabel", "--source", "quantities", "--in", docs]
    out = tmp_path / "out.jsonl"
    command += ["--jobs", jobs, "--out", out]
    run = subprocess.Popen(command, stderr=subprocess.PIPE, text=True, process_group=0)
    partial = tmp_path / "out.jsonl.partial"
    deadline = time.monotonic() + 30
    while not (partial.exists() and partial.stat().st_size) and time.monotonic() < deadline:
        time.sleep(0.01)
    os.killpg(run.pid, signal.SIGINT)  # as a terminal does: to the workers too
    _, said = run.communicate(timeout=60)
    assert run.returncode == 130, said
    assert "Traceback" not in said
    assert not out.exists()


def test_a_closed_pipe_is_no_traceback(tmp_path):
    docs = tmp_path / "docs.jsonl"
    docs.write_text('{"text": "Đạt 13,71%."}\n' * 5_000, "utf-8")
    command = f"{sys.executable} -m vicivic prelabel --source quantities --in {docs} | head -n 1"
    done = subprocess.run(["sh", "-c", command], capture_output=True, text=True, check=False)
    assert len(done.stdout.splitlines()) == 1
    assert "Traceback" not in done.stderr


def test_settings_of_the_workspace_stand_below_flags(tmp_path):
    work = Workspace(tmp_path / "work", create=True).root
    (work / "vicivic.toml").write_text("[ingest]\nmax-chars = 100\n", "utf-8")
    refused = vic("ingest", SEEDS, "--work", work, "--json")
    assert refused.returncode == 1
    assert json.loads(refused.stdout)["rejected"] == 5
    assert vic("ingest", SEEDS, "--work", work, "--max-chars", "100000").returncode == 0


@pytest.mark.parametrize("text", ["[ingest]\nmax-char = 1\n", "[nothing]\na = 1\n", "max = \n"])
def test_wrong_settings_are_named(text, tmp_path):
    work = Workspace(tmp_path / "work", create=True).root
    (work / "vicivic.toml").write_text(text, "utf-8")
    done = vic("ingest", SEEDS, "--work", work)
    assert done.returncode == 2
    assert "vicivic.toml" in done.stderr
    assert len(done.stderr.splitlines()) == 1
