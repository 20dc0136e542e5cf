"""Releases on real Parquet, read back by the real `load_dataset`."""

import hashlib
import json
import os
import shutil
import subprocess
import sys
from collections import Counter
from pathlib import Path

import pyarrow.parquet as pq
import pytest

from corpus.documents import add_documents
from corpus.errors import ReleaseError, SpanError, UsageError
from corpus.store import write_rows
from exporters.formats.huggingface import features
from exporters.manifest import read_manifest
from exporters.parquet import logical_sha256
from exporters.release import release
from exporters.show import find_release, show_release
from exporters.splits import bucket
from exporters.views import column_labels, spans_of, tag_names, views
from labeling.proposals import read_merged
from labeling.scheme import load_scheme
from labeling.settle import read_records, settle
from tests.releasing import (
    LAN,
    PAO,
    annotation,
    contents,
    document,
    kept,
    proposals,
    pulled,
    settled,
    vicivic,
    workspace_of,
)

SCHEME = load_scheme()
EMOJI = "Chủ tịch UBND xã 🇻🇳 Tân Lập: 5 tỷ đồng.\u00a0\u00a0Ông “Hà”\n\n😀 Ngày 21/10/2021, 8/8 xã."
DOCS = [
    document("a/1", title="Một", published="2021-07-21", source="Báo <b>A</b>", url="https://example.com/1"),
    document("a/2"),
    document("b/1", text=EMOJI),
]
MORE = [
    ("TITLE", "Chủ tịch UBND xã", 0),
    ("ORG", "UBND xã", 0),
    ("MONEY", "5 tỷ đồng", 0),
    ("RATIO", "8/8", 0),
]


@pytest.fixture
def workspace(tmp_path):
    made = workspace_of(tmp_path / "work", DOCS, prelabelled=False)
    rows = [
        (item.id, item.digest, proposals(item, MORE) if item.text == EMOJI else proposals(item))
        for item in DOCS
    ]
    folder = made.folder("proposals")
    write_rows(folder / "merge@m1" / "part-000001.parquet", rows)
    (folder / "current.json").write_text(json.dumps({"merge": "m1", "scheme": "1", "sources": {}}))
    return made


@pytest.fixture
def load(tmp_path, monkeypatch):
    """`load_dataset` with a cache of its own."""
    import datasets

    monkeypatch.setattr(datasets.config, "HF_DATASETS_CACHE", tmp_path / "cache")
    datasets.disable_progress_bars()
    return lambda path, *more, **options: datasets.load_dataset(
        str(path), *more, cache_dir=str(tmp_path / "cache"), **options
    )


def all_settled(workspace, docs=DOCS, **more):
    return settled(
        workspace,
        *(
            annotation(of, kept(of, spans=MORE) if of.text == EMOJI else kept(of), number=number, **more)
            for number, of in enumerate(docs)
        ),
    )


# --- what loads is what was settled ---------------------------------------------------------------


def recount(row):
    """What one `spans` row says, in plain values."""
    return [
        (span["id"], span["start"], span["end"], SCHEME.names[span["label"]], span["text"], span["value"])
        for span in row["spans"]
    ]


def told(record):
    return [
        (span.id, span.start, span.end, span.label, span.text, span.norm.value if span.norm else None)
        for span in record.spans
    ]


def test_loaded_spans_are_the_records(workspace, load):
    all_settled(workspace)
    done = release(workspace)
    assert str(done.version) == "1.0.0"
    loaded = load(done.path, "spans")
    assert list(loaded) == ["train"]
    assert loaded["train"].features == features(SCHEME)["spans"]
    assert loaded["train"].features["spans"].feature["label"].names == list(SCHEME.names)
    records = {record.document: record for record in read_records(workspace)}
    assert [row["id"] for row in loaded["train"]] == sorted(records)
    for row in loaded["train"]:
        assert recount(row) == told(records[row["id"]])
        assert all(row["text"][span["start"] : span["end"]] == span["text"] for span in row["spans"])
        assert (row["quality_names"], row["quality_numbers"], row["proposals_shown"]) == (
            "single",
            "single",
            True,
        )


def test_loaded_tokens_are_the_views_of_the_records(workspace, load):
    all_settled(workspace)
    done = release(workspace)
    loaded = load(done.path)["train"]  # the default config
    assert loaded.features == features(SCHEME)["tokens"]
    texts = {item.id: item.text for item in DOCS}
    for record in read_records(workspace):
        rows = [row for row in loaded if row["doc_id"] == record.document]
        assert [row["sent_id"] for row in rows] == list(range(len(rows)))
        found = views(texts[record.document], record.spans, SCHEME, Counter())
        for column, labels in column_labels(SCHEME).items():
            names = tag_names(labels)
            assert loaded.features[column].feature.names == names
            back = [
                span
                for row in rows
                for span in spans_of(
                    [names[tag] for tag in row[column]], row["token_starts"], row["token_ends"]
                )
            ]
            assert back == [piece[:3] for piece in getattr(found, column)]
        for row in rows:
            assert row["tokens"] == [
                texts[record.document][start:end]
                for start, end in zip(row["token_starts"], row["token_ends"], strict=True)
            ]


def test_loaded_documents_are_the_documents(workspace, load):
    all_settled(workspace)
    loaded = load(release(workspace).path, "documents")["train"]
    assert [
        (row["id"], row["text"], row["title"], row["published"], row["source"], row["url"], row["split"])
        for row in loaded
    ] == [(of.id, of.text, of.title, of.published, of.source, of.url, "train") for of in DOCS]


def test_columns_are_those_of_the_contract():
    norm = [
        "value",
        "value_float",
        "low",
        "high",
        "low_open",
        "high_open",
        "mod",
        "unit",
        "per",
        "noun",
        "numerator",
        "denominator",
        "edtf",
        "resolved",
    ]
    common = ["quality_names", "quality_numbers", "proposals_shown"]
    made = features(SCHEME)
    assert list(made["tokens"]) == [
        *["id", "doc_id", "sent_id", "text", "start", "tokens", "token_starts", "token_ends", "space_after"],
        *["ner_tags", "ner_tags_inner", "ner_tags_core", "number_tags"],
        *common,
    ]
    assert list(made["spans"]) == ["id", "text", "spans", *common]
    assert list(made["spans"]["spans"].feature) == [
        *["id", "start", "end", "text", "label", "parent", "depth"],
        *norm,
    ]
    assert list(made["documents"])[:7] == ["id", "text", "title", "published", "source", "url", "split"]
    assert list(made["documents"])[-3:] == common


def test_streaming_gives_the_same_rows(workspace, load):
    all_settled(workspace)
    path = release(workspace).path
    for config in ("tokens", "spans", "documents"):
        assert list(load(path, config, split="train", streaming=True)) == list(
            load(path, config, split="train")
        )


# --- kinds and series -----------------------------------------------------------------------------


def test_without_records_a_release_is_of_machine_proposals(workspace, load):
    done = release(workspace)
    assert (done.kind, str(done.version)) == ("machine", "0.1.0")
    loaded = load(done.path, "spans")["train"]
    merged = {of.id: said for of, _, said in read_merged(workspace)}
    for row in loaded:
        assert [span["id"] for span in row["spans"]] == [item.region for item in merged[row["id"]]]
        assert (row["quality_names"], row["quality_numbers"]) == ("machine", "machine")
        assert row["proposals_shown"] is None
    readme = (done.path / "README.md").read_text()
    assert "annotations_creators:\n- machine-generated\n" in readme
    assert "corrected by nobody" in readme


def test_the_two_series_count_apart(workspace):
    assert str(release(workspace).version) == "0.1.0"
    all_settled(workspace, DOCS[:1])
    first = release(workspace)
    assert (first.kind, str(first.version)) == ("human", "1.0.0")
    assert first.counts["released"] == 1
    assert first.counts["waiting"] == 2
    again = release(workspace, machine=True)
    assert (again.path, str(again.version)) == (None, "0.1.0")
    all_settled(workspace)
    second = release(workspace)
    assert str(second.version) == "1.1.0"
    assert read_manifest(second.path).previous == "1.0.0"
    assert read_manifest(second.path).annotations_creators == "expert-generated"


def test_a_document_without_a_record_is_in_no_human_release(workspace, load):
    all_settled(workspace, DOCS[1:2])
    loaded = load(release(workspace).path, "documents")
    assert [row["id"] for row in loaded["train"]] == ["a/2"]


def test_a_record_settled_in_one_layer_carries_the_machine_in_the_other(workspace, load):
    names = [span for span in kept(DOCS[0]) if span.label in SCHEME.layer("names") and span.label != "PER"]
    settled(workspace, annotation(DOCS[0], names, layer="names"))
    (row,) = load(release(workspace).path, "spans")["train"]
    assert (row["quality_names"], row["quality_numbers"]) == ("single", "machine")
    labels = {SCHEME.names[span["label"]] for span in row["spans"]}
    assert labels == {"TITLE", "ORG", "LOC", "MONEY", "PERCENT"}


def test_nothing_changed_makes_no_new_folder(workspace):
    first = release(workspace)
    before = contents(workspace.root)
    again = release(workspace)
    assert (again.path, again.version) == (None, first.version)
    assert contents(workspace.root) == before
    run = vicivic("release", "--work", workspace.root)
    assert (run.returncode, run.stdout) == (0, "nothing changed since 0.1.0\n")


def test_a_relabelled_span_makes_a_new_version_that_loads_anew(workspace, load):
    all_settled(workspace, DOCS[:1])
    first = release(workspace)
    assert SCHEME.names[load(first.path, "spans")["train"][0]["spans"][3]["label"]] == "PER"
    changed = [
        span if span.label != "PER" else type(span)(**{**_plain(span), "label": "ORG"})
        for span in kept(DOCS[0])
    ]
    settled(workspace, annotation(DOCS[0], changed, number=0, at="2022-04-01T00:00:00Z"))
    second = release(workspace)
    latest = workspace.root / "latest"
    latest.symlink_to(first.path.resolve())
    old = load(latest, "spans")["train"][0]["spans"][3]
    latest.unlink()
    latest.symlink_to(second.path.resolve())
    new = load(latest, "spans")["train"][0]["spans"][3]
    assert (SCHEME.names[old["label"]], SCHEME.names[new["label"]]) == ("PER", "ORG")
    assert old["id"] == new["id"]


def test_two_workspaces_with_the_same_version_do_not_share_a_cache(tmp_path, load):
    """Same folder name, same counts, same sizes: only a label differs."""
    found = []
    for label in ("PER", "ORG"):
        made = workspace_of(tmp_path / label, DOCS[:1], [(label, "Trần Thị Lan", 0)])
        (row,) = load(release(made).path, "spans")["train"]
        found.append(SCHEME.names[row["spans"][0]["label"]])
    assert found == ["PER", "ORG"]


def _plain(span):
    return {name: getattr(span, name) for name in span.__struct_fields__}


# --- frozen and reproducible ----------------------------------------------------------------------


def test_the_same_work_gives_the_same_bytes(tmp_path, workspace):
    all_settled(workspace)
    made = []
    for place, seed, docs in (("one", "1", DOCS), ("two", "2", DOCS[::-1])):
        copy = tmp_path / place / "copy"
        shutil.copytree(workspace.root, copy)
        shutil.rmtree(copy / "documents")
        shutil.rmtree(copy / "records")
        work = type(workspace)(copy)
        add_documents(work, docs)
        for verb in (("settle",), ("release",)):
            run = vicivic(*verb, "--work", copy, seed=seed)
            assert run.returncode == 0, run.stderr
        made.append(contents(copy / "releases" / "1.0.0"))
    assert made[0] == made[1]
    assert sorted(name for name in made[0] if "/" not in name) == [
        "CHANGELOG.md", "CITATION.cff", "README.md", "SHA256SUMS", "croissant.json", "manifest.json", "score.py", "splits.csv",
    ]  # fmt: skip


def test_nothing_of_people_or_places_is_in_a_release(workspace):
    all_settled(workspace)
    path = release(workspace).path
    for name, held in contents(path).items():
        for secret in (LAN, "@example.com", str(workspace.root), "127.0.0.1", os.uname().nodename):
            assert secret.encode() not in held, (name, secret)
    for file in path.glob("data/*/*.parquet"):
        rows = json.dumps(pq.read_table(file).to_pylist(), ensure_ascii=False)
        assert "@example.com" not in rows
        assert "127.0.0.1" not in rows


def test_dates_come_from_the_data_or_from_the_epoch(workspace, monkeypatch):
    monkeypatch.delenv("SOURCE_DATE_EPOCH", raising=False)
    assert read_manifest(release(workspace).path).created is None
    all_settled(workspace, at="2022-03-04T05:06:07Z")
    assert read_manifest(release(workspace).path).created == "2022-03-04"
    all_settled(workspace, DOCS[:2], at="2022-05-04T05:06:07Z")
    monkeypatch.setenv("SOURCE_DATE_EPOCH", "86400")
    settled(workspace, annotation(DOCS[2], [], number=2, at="2022-06-04T05:06:07Z"))
    assert read_manifest(release(workspace).path).created == "1970-01-02"
    monkeypatch.setenv("SOURCE_DATE_EPOCH", "soon")
    settled(workspace, annotation(DOCS[1], [], number=1, at="2022-07-04T05:06:07Z"))
    with pytest.raises(UsageError, match="SOURCE_DATE_EPOCH='soon'"):
        release(workspace)


def test_files_are_read_only_and_their_sums_hold(workspace):
    path = release(workspace).path
    assert all(file.stat().st_mode & 0o222 == 0 for file in path.rglob("*") if file.is_file())
    subprocess.run(["sha256sum", "--check", "--strict", "--quiet", "SHA256SUMS"], cwd=path, check=True)
    manifest = read_manifest(path)
    listed = {entry.path: entry.sha256 for entry in manifest.files}
    there = {name: hashlib.sha256(held).hexdigest() for name, held in contents(path).items()}
    assert listed == {
        name: digest for name, digest in there.items() if name not in ("manifest.json", "SHA256SUMS")
    }


def test_logical_hashes_do_not_depend_on_the_writer(workspace, tmp_path):
    manifest = read_manifest(path := release(workspace).path)
    for config in manifest.configs.values():
        for file in config.splits.values():
            other = tmp_path / "other.parquet"
            pq.write_table(pq.read_table(path / file.path), other, compression="snappy", row_group_size=1)
            assert logical_sha256(other) == file.logical_sha256
            assert pq.ParquetFile(other).metadata.num_rows == file.rows


def test_yaml_and_parquet_say_the_same_and_each_config_has_its_version(workspace):
    from datasets import Features
    from datasets.info import DatasetInfosDict
    from huggingface_hub import DatasetCard

    path = release(workspace).path
    data = DatasetCard.load(path / "README.md").data.to_dict()
    assert [entry["version"] for entry in data["configs"]] == ["0.1.0"] * 7
    assert [entry["config_name"] for entry in data["configs"] if entry.get("default")] == ["tokens"]
    infos = DatasetInfosDict.from_dataset_card_data(DatasetCard.load(path / "README.md").data)
    manifest = read_manifest(path)
    for entry in data["configs"]:
        for split in entry["data_files"]:
            inside = Features.from_arrow_schema(pq.read_schema(path / split["path"]))
            assert inside == infos[entry["config_name"]].features == features(SCHEME)[entry["config_name"]]
            assert inside == Features._from_yaml_list(manifest.configs[entry["config_name"]].features)


def test_a_killed_run_leaves_nothing_under_a_final_name(workspace, tmp_path):
    code = (
        "import os, sys\n"
        "from corpus.store import Workspace\n"
        "import exporters.release as made\n"
        "made.freeze = lambda target, final: os._exit(9)\n"
        "made.release(Workspace(sys.argv[1]))\n"
    )
    run = subprocess.run([sys.executable, "-c", code, str(workspace.root)], check=False)
    assert run.returncode == 9
    names = [path.name for path in workspace.folder("releases").iterdir()]
    assert names
    assert all(name.startswith(".tmp-") for name in names)
    done = release(workspace)
    assert [path.name for path in workspace.folder("releases").iterdir()] == ["0.1.0"]
    assert str(done.version) == "0.1.0"
    assert len((workspace.folder("ledger") / "splits.csv").read_text().splitlines()) == 1 + len(DOCS)


# --- splits ---------------------------------------------------------------------------------------


def many(count, start=0):
    return [document(f"doc/{number:03d}") for number in range(start, start + count)]


def test_a_small_workspace_trains_and_a_grown_one_is_drawn(tmp_path, load):
    early, late = many(49), many(71, 49)
    workspace = workspace_of(tmp_path / "work", early)
    first = release(workspace)
    assert first.counts["train"] == 49
    more = workspace_of(tmp_path / "work2", [*early, *late])
    shutil.copytree(workspace.folder("ledger"), more.folder("ledger"))
    shutil.copytree(workspace.folder("releases"), more.folder("releases"))
    second = release(more)
    expected = Counter(bucket(of.id) for of in late)
    assert expected["test"] > 0
    assert expected["validation"] > 0
    assert second.counts["train"] == 49 + expected["train"]
    assert second.counts["pending"] == expected["test"] + expected["validation"]
    assert second.counts["documents"] == 120
    # two test documents settled, one of them in names only: it still waits
    chosen = [of for of in late if bucket(of.id) == "test"][:2]
    names = [span for span in kept(chosen[1]) if span.label in SCHEME.layer("names")]
    settled(
        more,
        annotation(chosen[0], kept(chosen[0])),
        annotation(chosen[1], names, number=2, layer="names"),
        annotation(early[0], kept(early[0]), number=3),
    )
    third = release(more)
    assert (third.counts["train"], third.counts["test"], third.counts["pending"]) == (1, 1, 1)
    assert third.counts["waiting"] == 117
    loaded = load(third.path, "documents")
    assert sorted(loaded) == ["test", "train"]  # no empty validation split
    assert loaded["test"]["id"] == [chosen[0].id]
    assert loaded["test"]["split"] == ["test"]
    machine = release(more, machine=True)
    assert machine.path is None  # a settled test document does not enter a release of machine proposals


def test_nothing_to_release_says_so(tmp_path):
    workspace = workspace_of(tmp_path / "work", DOCS, prelabelled=False)
    run = vicivic("release", "--work", workspace.root)
    assert run.returncode == 1
    assert "no proposals yet" in run.stderr
    assert "Traceback" not in run.stderr


# --- what is refused ------------------------------------------------------------------------------


def test_a_record_whose_revision_is_gone_is_refused(workspace):
    all_settled(workspace)
    shutil.rmtree(workspace.folder("documents"))
    add_documents(workspace, [document("a/1", text="Khác."), *DOCS[1:]])
    with pytest.raises(ReleaseError, match=r"a/1: the text its record was made for .* is not in"):
        release(workspace)
    assert list(workspace.folder("releases").glob("*")) == []


def test_a_settled_record_stays_with_its_own_revision(workspace, load):
    all_settled(workspace)
    add_documents(workspace, [document("a/1", text="Khác hẳn.")])
    loaded = load(release(workspace).path, "documents")["train"]
    assert loaded[0]["text"] == DOCS[0].text


def test_a_record_that_does_not_fit_is_refused_by_name(workspace):
    import msgspec

    all_settled(workspace)
    path = workspace.folder("records") / "records.parquet"
    records = list(read_records(workspace))
    spoilt = msgspec.structs.replace(
        records[0],
        spans=(msgspec.structs.replace(records[0].spans[0], start=1, end=31), *records[0].spans[1:]),
    )
    write_rows(path, [(item.document, item.digest, item) for item in [spoilt, *records[1:]]])
    with pytest.raises(SpanError, match=r"a/1: span [0-9a-f]{12} \[1, 31\) 'Phó Chủ .*' does not equal"):
        release(workspace)
    assert list(workspace.folder("releases").glob("*")) == []
    settle(workspace)
    assert release(workspace).path is not None


@pytest.mark.parametrize("limit", [100, 3_000, 20_000])
def test_a_full_disk_leaves_nothing_and_says_so(workspace, limit):
    """No file may pass `limit` bytes: writing fails in the sort, in a Parquet file, in the card."""
    code = (
        "import resource, sys\n"
        "import duckdb, datasets\n"
        "import vicivic\n"
        f"resource.setrlimit(resource.RLIMIT_FSIZE, ({limit}, {limit}))\n"
        "vicivic.main(['release', '--work', sys.argv[1]])\n"
    )
    before = contents(workspace.root)
    run = subprocess.run(
        [sys.executable, "-c", code, str(workspace.root)], capture_output=True, text=True, check=False
    )
    assert run.returncode == 1, run.stderr
    assert "can't be written (file too large)" in run.stderr
    assert "Traceback" not in run.stderr
    assert contents(workspace.root).keys() - {".lock"} == before.keys()
    assert str(release(workspace).version) == "0.1.0"


def test_a_target_that_cannot_be_written_is_said(workspace):
    (workspace.root / "releases").write_text("a file where the folder should be")
    with pytest.raises(ReleaseError, match=r"releases: the release can't be written \(file exists\)"):
        release(workspace)


def test_settle_then_release_from_the_command_line(workspace):
    pulled(workspace, annotation(DOCS[0], kept(DOCS[0])), annotation(DOCS[1], [], number=2, author=PAO))
    assert vicivic("settle", "--work", workspace.root).stdout.startswith("2 settled of 2 annotated documents")
    run = vicivic("release", "--work", workspace.root, "--json")
    said = json.loads(run.stdout)
    assert said["verb"] == "release"
    assert said["version"] == "1.0.0"
    counts = said["counts"]
    assert counts["documents"] == sum(counts[name] for name in ("released", "pending", "held", "waiting"))
    assert Path(said["path"]).is_dir()


# --- looking at it --------------------------------------------------------------------------------


def test_a_release_is_shown_in_colour_with_counts(workspace, load):
    import io

    import rich.console

    release(workspace)
    screen = rich.console.Console(file=io.StringIO(), width=100, force_terminal=True)
    show_release(find_release(workspace.folder("releases")), documents=1, console=screen)
    shown = screen.file.getvalue()
    assert "machine-generated" in shown
    assert "Trần Thị Lan" in shown
    assert "\x1b[" in shown
    rows = [line for line in shown.splitlines() if " LOC " in line and "│" in line]
    assert rows
    assert " 4 " in rows[-1]
    with pytest.raises(UsageError, match=r"no release '9.9.9' in .*; there is: 0.1.0"):
        find_release(workspace.folder("releases"), "9.9.9")
