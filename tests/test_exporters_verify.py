"""`vicivic verify` names every planted fault, also where all hashes were made to fit again."""

import csv
import json
import random
import shutil
import stat

import msgspec
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from corpus.errors import ReleaseError
from exporters.manifest import Manifest, content_hash, hash_of_test, read_manifest, write_manifest
from exporters.parquet import file_sha256, logical_sha256
from exporters.release import release
from exporters.splits import bucket
from exporters.verify import verify
from labeling.scheme import load_scheme
from tests.releasing import TEXT, annotation, document, kept, settled, vicivic, workspace_of

SCHEME = load_scheme()
# two documents that a grown workspace draws for test, and one for validation, among sixty
NAMES = [f"doc/{number:02d}" for number in range(60)]
TEST = [name for name in NAMES if bucket(name) == "test"]
VALIDATION = [name for name in NAMES if bucket(name) == "validation"]
TRAIN = [name for name in NAMES if bucket(name) == "train"]
WORDS = [
    "lúa",
    "ngô",
    "khoai",
    "sắn",
    "chè",
    "cam",
    "quýt",
    "mía",
    "đậu",
    "lạc",
    "bưởi",
    "nhãn",
    "vải",
    "tiêu",
    "điều",
]


def text(name):
    """A text of its own for each document: no two are near duplicates."""
    own = " ".join(random.Random(name).choices(WORDS, k=200))
    return f"{TEXT}\n{own}"


@pytest.fixture(scope="module")
def made(tmp_path_factory):
    """A release 1.1.0 with three splits beside its predecessor 1.0.0."""
    root = tmp_path_factory.mktemp("verify")
    documents = {name: document(name, text=text(name)) for name in NAMES}
    workspace = workspace_of(root / "work", list(documents.values()))
    first = [*TRAIN[:3], TEST[0], VALIDATION[0]]
    for round_, names in enumerate((first, [TEST[1], TRAIN[3]])):
        settled(
            workspace,
            *(
                annotation(documents[name], kept(documents[name]), number=100 * round_ + number)
                for number, name in enumerate(names)
            ),
        )
        release(workspace)
    return workspace.folder("releases")


@pytest.fixture
def copy(made, tmp_path):
    """A writable copy of both releases; the path of the newer one."""
    shutil.copytree(made, tmp_path / "releases")
    for path in (tmp_path / "releases").rglob("*"):
        path.chmod(path.stat().st_mode | stat.S_IWUSR)
    return tmp_path / "releases" / "1.1.0"


def seal(folder, **more):
    """Make every hash and count of the manifest fit the files again, as a careful forger would."""
    manifest = read_manifest(folder)
    configs = {
        name: msgspec.structs.replace(
            config,
            splits={
                split: msgspec.structs.replace(
                    file,
                    rows=pq.read_metadata(folder / file.path).num_rows,
                    bytes=(folder / file.path).stat().st_size,
                    sha256=file_sha256(folder / file.path),
                    logical_sha256=logical_sha256(folder / file.path),
                )
                for split, file in config.splits.items()
            },
        )
        for name, config in manifest.configs.items()
    }
    said = {
        "configs": configs,
        "content": content_hash(msgspec.structs.replace(manifest, configs=configs)),
        "test_digest": hash_of_test(folder, manifest.labels),
    }
    write_manifest(folder, msgspec.structs.replace(manifest, **{**said, **more}))


def edit(folder, config, change, split="train"):
    """Apply `change` to the rows of a config and write them back with the same schema."""
    path = folder / "data" / config / f"{split}-00000-of-00001.parquet"
    table = pq.read_table(path)
    rows = table.to_pylist()
    rows = change(rows) or rows
    pq.write_table(pa.Table.from_pylist(rows, table.schema), path, compression="zstd")


def edit_text(folder, name, old, new):
    path = folder / name
    held = path.read_text(encoding="utf-8")
    assert old in held
    path.write_text(held.replace(old, new, 1), encoding="utf-8")


def everywhere(folder, old, new, split="train"):
    """Replace a surface in the texts of all configs of a split, as if the text had been edited."""

    def change(rows):
        for row in rows:
            for column in ("text",):
                if column in row and old in row[column]:
                    row[column] = row[column].replace(old, new)

    for config in ("spans", "documents"):
        edit(folder, config, change, split)


def test_a_sound_release_has_no_fault(made, copy, tmp_path):
    done = verify(made / "1.1.0")
    assert done.faults == []
    assert (done.documents, done.spans) == (7, 49)
    assert done.checks == ["hashes", "columns", "rows", "counts", "card", "splits", "leaks", "history"]
    alone = tmp_path / "alone"
    shutil.copytree(copy, alone)
    assert verify(alone).faults == []  # a plain copy, with nothing beside it
    seal(copy)
    assert verify(copy).faults == []


def test_the_release_has_all_splits(made):
    assert sorted(read_manifest(made / "1.1.0").configs["spans"].splits) == ["test", "train", "validation"]


# --- faults that hashes show ----------------------------------------------------------------------


def flip(folder):
    path = folder / "data" / "tokens" / "train-00000-of-00001.parquet"
    held = bytearray(path.read_bytes())
    held[len(held) // 2] ^= 1
    path.write_bytes(held)


BY_HASH = {
    "a flipped bit": (flip, "hashes", "its SHA-256 is not the one in SHA256SUMS"),
    "a missing file": (
        lambda f: (f / "data" / "spans" / "test-00000-of-00001.parquet").unlink(),
        "hashes",
        "listed in SHA256SUMS, but missing",
    ),
    "an extra file": (lambda f: (f / "notes.txt").write_text("x"), "hashes", "not listed in SHA256SUMS"),
    "an edited card": (
        lambda f: edit_text(f, "README.md", "half of", "most of") if "half of" in (f / "README.md").read_text()
        else edit_text(f, "README.md", "Quick start", "Slow start"),
        "hashes",
        "README.md",
    ),
    "an edited manifest": (
        lambda f: edit_text(f, "manifest.json", '"released": 7', '"released": 8'),
        "hashes",
        "its SHA-256 is not the one in SHA256SUMS",
    ),
    "an edited SHA256SUMS": (
        lambda f: edit_text(f, "SHA256SUMS", "  README.md", "  LIESMICH.md"),
        "hashes",
        "LIESMICH.md",
    ),
}  # fmt: skip


@pytest.mark.parametrize("name", BY_HASH)
def test_hashes_name_the_file(copy, name):
    plant, check, words = BY_HASH[name]
    plant(copy)
    assert any(
        fault.check == check and words in f"{fault.path} {fault.message}" for fault in verify(copy).faults
    )


# --- faults behind fitting hashes -----------------------------------------------------------------


def in_rows(config, change, split="train"):
    return lambda folder: edit(folder, config, change, split)


def first_span(rows, **more):
    rows[0]["spans"][0].update(more)


def tokens(rows, column, place, value):
    rows[0][column][place] = value


def swap_documents(rows):
    rows[0], rows[1] = rows[1], rows[0]


def swap_labels_in_yaml(folder):
    edit_text(folder, "README.md", "'0': PER\n            '1': ORG", "'0': ORG\n            '1': PER")


def move_in_ledger(folder):
    lines = (
        (folder / "splits.csv").read_text().replace(f"{TEST[0]},{TEST[0]},test", f"{TEST[0]},{TEST[0]},train")
    )
    (folder / "splits.csv").write_text(lines)


def one_family(folder):
    lines = (folder / "splits.csv").read_text().replace(f"{TEST[0]},{TEST[0]},", f"{TEST[0]},{TRAIN[0]},")
    (folder / "splits.csv").write_text(lines)


def leak(folder):
    """A test document gets the text of a train document, everywhere and with all its spans."""
    for config in ("tokens", "spans", "documents", "provenance", "vlsp", "vlsp2021", "ontonotes"):
        key = "id" if config in ("spans", "documents") else "doc_id"
        source = folder / "data" / config / "train-00000-of-00001.parquet"
        rows = [row for row in pq.read_table(source).to_pylist() if row[key] == TRAIN[0]]

        def change(found, rows=rows, key=key):
            kept_ = [row for row in found if row[key] != TEST[0]]
            new = [json.loads(json.dumps(row).replace(f'"{TRAIN[0]}', f'"{TEST[0]}')) for row in rows]
            for row in new:
                if "split" in row:
                    row["split"] = "test"
            return sorted(kept_ + new, key=lambda row: (row[key], row.get("sent_id", 0), row.get("start", 0)))

        edit(folder, config, change, "test")


def bury(folder):
    with (folder / "tombstones.csv").open("w", newline="") as file:
        csv.writer(file, lineterminator="\n").writerows([("doc_id", "since"), (TRAIN[0], "1.1.0")])


BEHIND = {
    "an edge moved by one": (
        in_rows("spans", lambda rows: first_span(rows, start=1)), "spans", "does not equal the text",
    ),
    "a surface that is not the text": (
        in_rows("spans", lambda rows: first_span(rows, text="Phó Chủ tịch UBND huyện Đầm Ha")),
        "spans", "does not equal the text",
    ),
    "a text edited by one character": (
        lambda f: everywhere(f, "dự hội nghị", "dự hội nghì"), "documents", "digest",
    ),
    "texts that differ between configs": (
        in_rows("documents", lambda rows: rows[0].update(text=rows[0]["text"] + "!")),
        "spans", "different texts",
    ),
    "crossing spans": (
        in_rows("spans", lambda rows: rows[0]["spans"][2].update(
            start=28, end=34, text=rows[0]["text"][28:34])),
        "spans", "cross",
    ),
    "two spans on the same characters": (
        in_rows("spans", lambda rows: rows[0]["spans"][1].update(start=0, text=rows[0]["text"][0:30])),
        "spans", "cross or coincide",
    ),
    "a relabelled span": (
        in_rows("spans", lambda rows: first_span(rows, label=1)), "tokens", "ner_tags",
    ),
    "a label beyond the scheme": (
        in_rows("spans", lambda rows: first_span(rows, label=16)), "spans", "tuple index out of range",
    ),
    "a wrong parent": (
        in_rows("spans", lambda rows: rows[0]["spans"][1].update(parent=-1)), "spans", "row 0, spans",
    ),
    "a wrong depth": (
        in_rows("spans", lambda rows: rows[0]["spans"][1].update(depth=0)), "spans", "row 0, spans",
    ),
    "a float that is not its value": (
        in_rows("spans", lambda rows: rows[0]["spans"][4].update(value_float=5.2)), "spans", "row 0, spans",
    ),
    "two spans of one id": (
        in_rows("spans", lambda rows: rows[0]["spans"][1].update(id=rows[0]["spans"][0]["id"])),
        "spans", "same id",
    ),
    "a span that nobody accounts for": (
        in_rows("provenance", lambda rows: rows[1:]), "spans", TRAIN[0],
    ),
    "a tag turned to O": (
        in_rows("tokens", lambda rows: tokens(rows, "ner_tags", 0, 0)), "tokens", "row 0, ner_tags",
    ),
    "an inside tag that opens": (
        in_rows("tokens", lambda rows: tokens(rows, "ner_tags_inner", 0, 2)), "tokens", "row 0, ner_tags_inner",
    ),
    "a token's edge moved": (
        in_rows("tokens", lambda rows: tokens(rows, "token_ends", 0, 2)), "tokens", "row 0, token_ends",
    ),
    "a token's surface changed": (
        in_rows("tokens", lambda rows: tokens(rows, "tokens", 0, "Pho")), "tokens", "row 0, tokens",
    ),
    "a lost space": (
        in_rows("tokens", lambda rows: tokens(rows, "space_after", 0, False)), "tokens", "row 0, space_after",
    ),
    "a lost sentence": (in_rows("tokens", lambda rows: rows[1:]), "tokens", "rows"),
    "a wrong tag in a view": (
        in_rows("vlsp", lambda rows: tokens(rows, "ner_tags", 0, 1)), "vlsp", "row 0, ner_tags",
    ),
    "a quality that was raised": (
        in_rows("documents", lambda rows: rows[0].update(quality_names="curator")), "documents", "quality_names",
    ),
    "a document that vanished from one config": (
        in_rows("documents", lambda rows: rows[1:]), "configs", "0 rows instead of one",
    ),
    "documents out of order": (in_rows("documents", swap_documents), "order", "not in the order"),
    "a document that says another split": (
        in_rows("documents", lambda rows: rows[0].update(split="test")), "splits", "says it is in test",
    ),
    "a half-settled document in test": (
        lambda f: [
            edit(f, config, lambda rows: [row.update(quality_numbers="machine") for row in rows] and None, "test")
            for config in ("tokens", "spans", "documents", "provenance", "vlsp", "vlsp2021", "ontonotes")
        ],
        "splits", "is not settled in both layers",
    ),
    "label names swapped in the YAML": (swap_labels_in_yaml, "columns", "columns differ"),
    "a config without its version": (
        lambda f: edit_text(f, "README.md", "  version: 1.1.0\n", ""), "columns", "version None",
    ),
    "a number of the card": (
        lambda f: edit_text(f, "README.md", "| documents | 4 |", "| documents | 5 |"), "card", "'| documents | 5 |",
    ),
    "a document moved to another split": (move_in_ledger, "history", f"{TEST[0]} was test, is train"),
    "a family in two splits": (one_family, "splits", f"family {TRAIN[0]}"),
    "a near duplicate across splits": (leak, "leaks", "near duplicates: Jaccard 1.00"),
    "a taken-down document that is here": (bury, "history", f"{TRAIN[0]} was taken down with 1.1.0, and is here"),
    "a changelog of another version": (
        lambda f: edit_text(f, "CHANGELOG.md", "## 1.1.0", "## 1.2.0"), "history", "does not begin with 1.1.0",
    ),
}  # fmt: skip


@pytest.mark.parametrize("name", BEHIND)
def test_faults_behind_fitting_hashes_are_named(copy, name):
    plant, check, words = BEHIND[name]
    plant(copy)
    seal(copy)
    faults = verify(copy).faults
    assert not any(fault.check == "hashes" for fault in faults)
    assert any(fault.check == check and words in fault.message for fault in faults), faults


IN_MANIFEST = {
    "a count": ({"counts": {"released": 8}}, "counts", "released is 8, the rows have 7"),
    "a date": ({"created": "2021-01-01"}, "card", "2021-01-01"),
    "a version that does not follow": ({"version": "1.0.9"}, "history", "follows 1.1.0"),
    "label order": ({"labels": ["ORG", "PER", *SCHEME.names[2:]]}, "columns", "labels are not those"),
}


@pytest.mark.parametrize("name", IN_MANIFEST)
def test_faults_of_the_manifest_are_named(copy, name):
    change, check, words = IN_MANIFEST[name]
    seal(copy, **change)
    assert any(fault.check == check and words in fault.message for fault in verify(copy).faults)


def test_a_swollen_number_of_faults_stays_readable(copy):
    edit(copy, "tokens", lambda rows: [row.update(start=0) for row in rows] and None)
    assert len(verify(copy).faults) < 120


def test_a_folder_without_a_release_is_refused(tmp_path):
    with pytest.raises(ReleaseError, match=r"no release here \(manifest.json is missing\)"):
        verify(tmp_path)


def test_the_command_says_what_it_found(made, copy):
    run = vicivic("verify", made / "1.1.0")
    assert (run.returncode, run.stdout) == (0, "1.1.0: 7 documents, 49 spans: no fault\n")
    flip(copy)
    run = vicivic("verify", copy, "--json")
    assert run.returncode == 1
    said = json.loads(run.stdout)
    assert said["counts"]["hashes"] >= 1
    assert "tokens/train-00000-of-00001.parquet" in json.dumps(said["faults"])
    assert "Traceback" not in run.stderr


def test_manifest_reads_back_what_it_wrote(made):
    path = made / "1.1.0" / "manifest.json"
    assert msgspec.json.decode(path.read_bytes(), type=Manifest) == read_manifest(made / "1.1.0")
