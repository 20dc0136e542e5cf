"""What is shipped: data files are in the wheel, the locks are whole, nothing giant comes in by accident."""

import re
import subprocess
import sys
import tomllib
import zipfile
from importlib import resources
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
PACKAGES = ("corpus", "labeling", "exporters")
SHIPPED = (
    ".toml",
    ".tsv",
    ".txt",
    ".html",
    ".css",
    ".md",
    ".json",
    ".parquet",
    ".jinja",
    ".j2",
    ".csv",
    ".gz",
    ".zst",
)


@pytest.fixture(scope="module")
def wheel(tmp_path_factory):
    folder = tmp_path_factory.mktemp("wheel")
    command = [sys.executable, "-m", "pip", "wheel", "-qq", "--no-deps", "--no-build-isolation", "--no-index"]
    subprocess.run([*command, "-w", folder, ROOT], check=True, capture_output=True)
    (path,) = folder.glob("*.whl")
    return zipfile.ZipFile(path)


def tracked(*suffixes):
    listed = subprocess.run(
        ["git", "ls-files", *PACKAGES], cwd=ROOT, capture_output=True, text=True, check=True
    )
    return [name for name in listed.stdout.splitlines() if name.endswith(suffixes)]


def test_every_module_and_data_file_is_in_the_wheel(wheel):
    names = set(wheel.namelist())
    missing = [name for name in tracked(".py", *SHIPPED) if name not in names]
    assert not missing
    assert "vicivic.py" in names
    assert not [name for name in names if name.startswith(("tests/", "scripts/", "seeds/"))]


def test_every_data_file_is_read_through_resources():
    for name in tracked(*SHIPPED):
        package, _, file = name.rpartition("/")
        found = resources.files(package.replace("/", "."))
        assert (found / file).read_bytes(), name


@pytest.mark.parametrize("lock", ["requirements.lock", "requirements-studio.lock"])
def test_locks_are_pinned_by_hash_without_addresses(lock):
    text = (ROOT / lock).read_text("utf-8")
    assert not re.search(r"https?://|^--(index|extra|find)", text, re.MULTILINE)
    blocks = re.findall(r"^([a-z0-9][\w.-]*)==[^\n]*((?:\n    --hash=\S+.*)*)", text, re.MULTILINE)
    assert len(blocks) > 50
    assert not [name for name, hashes in blocks if "--hash=sha256:" not in hashes]


def test_no_giant_comes_in_by_accident():
    for lock in ROOT.glob("requirements*.lock"):
        if "slow" in lock.name:
            continue
        names = set(re.findall(r"^([a-z0-9][\w.-]*)==", lock.read_text("utf-8"), re.MULTILINE))
        assert not names & {"torch", "tensorflow", "jax", "transformers", "triton", "ray", "pyspark"}
        assert not [name for name in names if name.startswith("nvidia-")]


def test_the_lock_holds_what_pyproject_asks_for():
    asked = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))
    wanted = asked["project"]["dependencies"] + asked["dependency-groups"]["dev"]
    names = {re.split(r"[<>=!~ ;\[]", item)[0].lower() for item in wanted}
    locked = set(
        re.findall(r"^([a-z0-9][\w.-]*)==", (ROOT / "requirements.lock").read_text("utf-8"), re.MULTILINE)
    )
    assert names <= locked
