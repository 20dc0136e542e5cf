"""Every command that the README shows runs, in its order; its Python too."""

import json
import re
import subprocess
import sys
from pathlib import Path

import pytest

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
def place(tmp_path):
    (tmp_path / "seeds").symlink_to(ROOT / "seeds")
    docs = [{"id": number, "text": f"Đạt {number}%."} for number in range(3)]
    (tmp_path / "docs.jsonl").write_text("".join(json.dumps(doc) + "\n" for doc in docs), "utf-8")
    return tmp_path


def test_every_command_runs(place, studio_environment):
    shown = commands()
    assert len(shown) >= 14
    for command in shown:
        words = command.split()
        assert words[0] == "vicivic"
        done = subprocess.run(
            [sys.executable, "-m", "vicivic", *words[1:]],
            cwd=place,
            env=studio_environment,
            capture_output=True,
            text=True,
            check=False,
        )
        assert done.returncode == 0, f"{command}\n{done.stdout}\n{done.stderr}"
    loaded = [block for block in blocks("python") if "load_dataset" in block]
    for block in [*loaded, *(block for block in blocks("python") if "import vicivic" in block)]:
        done = subprocess.run([sys.executable, "-c", block], cwd=place, env=studio_environment, check=False)
        assert done.returncode == 0, block


def test_the_cron_line_is_a_command_that_exists():
    (line,) = blocks("cron")
    words = line.split("vicivic/.venv/bin/vicivic ", 1)[1].replace("\\%", "%").split()
    help_text = subprocess.run(
        [sys.executable, "-m", "vicivic", words[0], "--help"], capture_output=True, text=True, check=True
    ).stdout
    for flag in (word for word in words if word.startswith("--")):
        assert flag in help_text
