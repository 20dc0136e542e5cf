"""The locks of the slow suite's environments: hashed, without addresses, without a GPU's gigabytes."""

import re

import pytest

from tests.slow_environment import ROOT, python

LOCKS = sorted(ROOT.glob("requirements-slow-*.lock"))
NAMES = [path.name.removeprefix("requirements-slow-").removesuffix(".lock") for path in LOCKS]


def test_there_is_one_for_each_environment_that_tests_name():
    sources = "".join(path.read_text("utf-8") for path in (ROOT / "tests").glob("test_*.py"))
    named = set(re.findall(r'\bpython\(\s*"(\w+)"', sources)) | {"datasets3", "datasets4"}
    assert named == set(NAMES)


@pytest.mark.parametrize("path", LOCKS, ids=NAMES)
def test_pinned_by_hash_and_small(path):
    text = path.read_text("utf-8")
    assert not re.search(r"https?://|^--(index|extra|find)", text, re.MULTILINE)
    blocks = re.findall(r"^([a-z0-9][\w.-]*)==[^\n]*((?:\n    --hash=\S+.*)*)", text, re.MULTILINE)
    assert len(blocks) > 10
    assert not [name for name, hashes in blocks if "--hash=sha256:" not in hashes]
    names = {name for name, _ in blocks}
    assert not {name for name in names if name.startswith(("nvidia-", "cuda-"))} | (
        names & {"triton", "jax", "tensorflow"}
    )
    if "torch" in names:
        assert re.search(r"^torch==[\d.]+\+cpu ", text, re.MULTILINE)


@pytest.mark.slow
@pytest.mark.parametrize("name", NAMES)
def test_the_environment_is_there(name):
    assert python(name, "-c", "print(1)") == "1\n"
