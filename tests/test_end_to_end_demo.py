"""The demo without the server: run twice, nothing harmed, a release that loads and is marked as the machine's."""

import json
import os
import subprocess
from pathlib import Path

ROOT = Path(__file__).parents[1]


def demo(work, *arguments):
    return subprocess.run(
        ["sh", ROOT / "scripts" / "demo", *arguments],
        env={**os.environ, "VICIVIC_WORK": str(work), "HF_HOME": str(work.parent / "hf"), "COLUMNS": "100"},
        capture_output=True,
        text=True,
        check=False,
    )


def test_the_demo_without_a_server_runs_twice(tmp_path):
    work = tmp_path / "work"
    first = demo(work, "--no-studio")
    assert first.returncode == 0, first.stdout + first.stderr
    assert "5 kept of 5" in first.stdout
    assert "machine-generated" in first.stdout
    assert "Spans per label" in first.stdout
    assert "]TITLE" in first.stdout
    before = {path: path.read_bytes() for path in (work / "releases").rglob("*") if path.is_file()}
    second = demo(work, "--no-studio")
    assert second.returncode == 0, second.stdout + second.stderr
    assert "nothing changed since 0.1.0" in second.stdout
    assert {path: path.read_bytes() for path in (work / "releases").rglob("*") if path.is_file()} == before
    manifest = json.loads((work / "releases" / "0.1.0" / "manifest.json").read_text("utf-8"))
    assert manifest["annotations_creators"] == "machine-generated"


def test_set_up_has_nothing_to_do_when_it_is_up_to_date():
    done = subprocess.run(["sh", ROOT / "scripts" / "setup"], capture_output=True, text=True, check=True)
    assert done.stdout + done.stderr == ""


def test_wrong_usage_is_said(tmp_path):
    done = demo(tmp_path / "work", "--nothing")
    assert done.returncode == 2
    assert "--no-studio" in done.stderr
