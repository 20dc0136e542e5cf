"""Releases without texts: nothing of a text is in them, and hydrate.py makes the full rows again."""

import hashlib
import json
import shutil
import subprocess
import sys

import pytest

from exporters.manifest import read_manifest
from exporters.parquet import logical_sha256
from exporters.release import release
from exporters.show import load_config
from exporters.standoff import standoff
from exporters.verify import verify
from labeling.norm import Norm
from tests.releasing import TEXT, annotation, contents, document, drawn, kept, settled, vicivic, workspace_of

WORDS = ("Chuyện", "🇻🇳", "Đầm", "hội nghị", "Lan", "ngân sách")
DOCS = [
    document(
        f"doc/{n}", text=f"{TEXT}\nChuyện số {n} 🇻🇳\u00a0.", title=f"Tít {n}", url=f"https://example.com/{n}"
    )
    for n in range(3)
]


@pytest.fixture(scope="module")
def work(tmp_path_factory):
    workspace = workspace_of(tmp_path_factory.mktemp("standoff") / "work", DOCS)
    huge = Norm(value="12000000000000000000000", unit="VND", noun="chỉ tiêu")
    for number, of in enumerate(DOCS):
        settled(
            workspace,
            annotation(of, [*kept(of), drawn(of, "CARDINAL", f"{number}", norm=huge)], number=number),
        )
        release(workspace)
    return workspace


@pytest.fixture(scope="module")
def full(work):
    return work.folder("releases") / "1.2.0"


@pytest.fixture(scope="module")
def bare(full):
    return standoff(full)


def texts(path, documents=DOCS, **more):
    lines = [json.dumps({"id": of.id, "text": of.text, "title": of.title, **more}) for of in documents]
    path.write_text("\n".join(lines) + "\n")
    return path


def run(bare, *arguments):
    command = [sys.executable, bare / "hydrate.py", *map(str, arguments)]
    return subprocess.run(command, capture_output=True, text=True, check=False)


def test_nothing_of_a_text_is_left(bare):
    for config in read_manifest(bare).configs:
        held = json.dumps([list(part) for part in load_config(bare, config).values()], ensure_ascii=False)
        assert not [word for word in WORDS if word in held], config
    for name, held in contents(bare).items():
        if name != "README.full.md":  # its examples are the scheme's
            assert not [word for word in ("Chuyện", "🇻🇳", "Trần Thị") if word.encode() in held], name


def test_offsets_labels_and_addresses_are_there(bare, full):
    here, there = (load_config(path, "spans")["train"] for path in (bare, full))
    for mine, whole in zip(here, there, strict=True):
        assert mine["spans"] == [{k: v for k, v in span.items() if k != "text"} for span in whole["spans"]]
    about = load_config(bare, "documents")["train"]
    assert [(row["id"], row["url"], row["digest"]) for row in about] == [
        (of.id, of.url, of.digest) for of in DOCS
    ]
    assert (
        load_config(bare, "tokens")["train"][0]["ner_tags"]
        == load_config(full, "tokens")["train"][0]["ner_tags"]
    )


def test_hydration_makes_the_full_rows(bare, full, tmp_path):
    done = run(bare, texts(tmp_path / "texts.jsonl"), "--out", tmp_path / "out")
    assert (done.returncode, done.stderr) == (0, "")
    assert done.stdout == f"3 documents filled in {tmp_path / 'out'}, 0 files differ from the full release\n"
    for name, config in read_manifest(full).configs.items():
        if name == "changes":
            continue
        for file in config.splits.values():
            assert logical_sha256(tmp_path / "out" / file.path) == file.logical_sha256
        whole, again = (load_config(path, name)["train"] for path in (full, tmp_path / "out"))
        assert (whole.features, list(whole)) == (again.features, list(again))


def test_a_text_that_differs_by_one_character_is_refused(bare, tmp_path):
    other = [document(DOCS[0].id, text=DOCS[0].text.replace("hội nghị", "hội nghi")), *DOCS[1:2]]
    done = run(bare, texts(tmp_path / "texts.jsonl", other), "--out", tmp_path / "out")
    assert done.returncode == 1
    assert f"doc/0: this is another text (its SHA-256 is not {DOCS[0].digest[:12]}…)" in done.stderr
    assert "doc/2: no text in" in done.stderr
    assert not (tmp_path / "out").exists()


def test_a_line_that_is_no_text_is_refused(bare, tmp_path):
    (tmp_path / "texts.jsonl").write_text('{"id": "doc/0"}\n')
    done = run(bare, tmp_path / "texts.jsonl", "--out", tmp_path / "out")
    assert (done.returncode, 'texts.jsonl:1: not a JSON object with "id" and "text"' in done.stderr) == (
        1,
        True,
    )


def test_it_is_frozen_with_sums_and_made_once(bare, full):
    subprocess.run(["sha256sum", "--check", "--strict", "--quiet", "SHA256SUMS"], cwd=bare, check=True)
    before = contents(bare)
    assert standoff(full) == bare
    assert contents(bare) == before
    assert (
        hashlib.sha256(before["splits.csv"]).hexdigest()
        == hashlib.sha256((full / "splits.csv").read_bytes()).hexdigest()
    )


def test_its_hashes_are_verified(bare, tmp_path):
    done = verify(bare)
    assert (done.faults, done.checks) == ([], ["hashes"])
    copy = tmp_path / "copy"
    shutil.copytree(bare, copy)
    (copy / "splits.csv").chmod(0o644)
    (copy / "splits.csv").write_text("doc_id,family,split,since\n")
    assert {fault.path for fault in verify(copy).faults} == {"splits.csv"}


def test_the_command_makes_both(work, tmp_path):
    copy = tmp_path / "work"
    shutil.copytree(work.root, copy)
    shutil.rmtree(copy / "releases" / "standoff", ignore_errors=True)
    done = vicivic("release", "--text", "none", "--work", copy)
    assert done.returncode == 0, done.stderr
    assert done.stdout == f"nothing changed since 1.2.0; without texts: {copy}/releases/standoff/1.2.0\n"
    assert (copy / "releases" / "standoff" / "1.2.0" / "hydrate.py").exists()
    assert vicivic("release", "--work", copy).stdout == "nothing changed since 1.2.0\n"
