"""Every command that the README shows runs, in its order; its Python too."""

import json
import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from corpus.store import Workspace
from labeling.studio import server

ROOT = Path(__file__).parents[1]
README = (ROOT / "README.md").read_text("utf-8")


def blocks(language):
    return re.findall(rf"^```{language}\n(.*?)^```", README, re.MULTILINE | re.DOTALL)


def commands():
    lines = [line.strip() for block in blocks("sh") for line in block.splitlines() if line.strip()]
    return [line for line in lines if not line.startswith("scripts/")]


def test_the_two_commands_are_there():
    shown = [line for block in blocks("sh") for line in block.splitlines()]
    assert "scripts/demo" in shown
    assert "scripts/test" in shown
    for name in ("demo", "test", "setup"):
        assert (ROOT / "scripts" / name).stat().st_mode & 0o111


def test_error_codes_are_documented():
    from labeling.lines import ERRORS

    for code in ERRORS:
        assert f"`{code}`" in README


@pytest.fixture
def place(tmp_path, studio_template, port):
    """A folder as a newcomer has it, but with Label Studio's database migrated and a free port."""
    (tmp_path / "seeds").symlink_to(ROOT / "seeds")
    docs = [{"id": number, "text": f"Đạt {number}%."} for number in range(3)]
    (tmp_path / "docs.jsonl").write_text("".join(json.dumps(doc) + "\n" for doc in docs), "utf-8")
    work = Workspace(tmp_path / "work", create=True)
    shutil.copytree(studio_template, work.folder("studio"))
    (work.root / "vicivic.toml").write_text(f'["studio up"]\nport = {port}\n', "utf-8")
    yield tmp_path
    server.down(work)


def run(words, place):
    environment = {key: value for key, value in os.environ.items() if key != "VICIVIC_WORK"}
    environment["HF_HOME"] = str(place / "hf")
    return subprocess.run(
        [sys.executable, *words], cwd=place, env=environment, capture_output=True, text=True, check=False
    )


def test_every_command_runs(place):
    shown = commands()
    assert len(shown) >= 13
    for command in shown:
        words = command.split()
        assert words[0] == "vicivic"
        done = run(["-m", "vicivic", *words[1:]], place)
        assert done.returncode == 0, f"{command}\n{done.stdout}\n{done.stderr}"
    for block in blocks("python"):
        if "airflow" not in block:
            done = run(["-c", block], place)
            assert done.returncode == 0, f"{block}\n{done.stderr}"


def test_the_airflow_task_is_python_and_a_command_that_exists():
    (block,) = [block for block in blocks("python") if "airflow" in block]
    compile(block, "README.md", "exec")
    assert_flags_exist(re.search(r"bin/vicivic (prelabel[^)]*)", block).group(1).replace('"', " "))


def test_the_cron_line_is_a_command_that_exists():
    (line,) = blocks("cron")
    assert_flags_exist(line.split("bin/vicivic ", 1)[1])


def assert_flags_exist(line):
    verb, *words = line.split()
    done = subprocess.run(
        [sys.executable, "-m", "vicivic", verb, "--help"], capture_output=True, text=True, check=True
    )
    given = [word for word in words if word.startswith("--")]
    assert given
    for flag in given:
        assert flag in done.stdout
