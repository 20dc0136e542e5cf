"""Environments of the slow suite: `.venv-slow-NAME`, made from `requirements-slow-NAME.lock`."""

import os
import subprocess
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]


def python(name, *arguments, **environment):
    """Run Python in an environment, with ViCivic's packages in reach; its output, checked to have ended well."""
    program = ROOT / f".venv-slow-{name}" / "bin" / "python"
    if not program.exists():
        pytest.fail(f"{program.parents[1].name} is missing: run scripts/setup --slow")
    said = {
        **os.environ,
        "PYTHONPATH": str(ROOT),
        "HF_HUB_OFFLINE": "1",
        "CUDA_VISIBLE_DEVICES": "",
        **environment,
    }
    done = subprocess.run(
        [program, *map(str, arguments)], capture_output=True, text=True, check=False, env=said, cwd=ROOT
    )
    assert done.returncode == 0, done.stdout[-3000:] + done.stderr[-5000:]
    return done.stdout
