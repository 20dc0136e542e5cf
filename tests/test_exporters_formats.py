"""The formats of `vicivic export`: golden folders, round trips, what is not held, damaged releases.

VICIVIC_GOLDEN=write makes the golden folders anew; look at the difference before committing it.
"""

import csv
import json
import os
import re
import shutil
from collections import Counter
from itertools import pairwise
from pathlib import Path

import pytest
from hypothesis import given, settings

from corpus.document import Document
from corpus.errors import ReleaseError, UsageError
from exporters import export as exporting
from exporters.export import export, find_release
from exporters.formats import base, brat, conll, gliner, numbers_csv, spacy
from exporters.formats.base import NORM, Release, Settings, Tally
from exporters.formats.table import FORMATS
from exporters.views import spans_of
from tests.civic_release import published, record, shared
from tests.nested import nested
from tests.releasing import contents, vicivic

GOLDEN = Path(__file__).parent / "cases" / "formats"
HERE = [each.name for each in FORMATS if each.name != "spacy"]


@pytest.fixture(scope="module")
def written():
    return shared("written")


@pytest.fixture(scope="module")
def gold():
    return shared("gold")[1]


@pytest.fixture(scope="module")
def exports(written, tmp_path_factory):
    """format → the folder it was exported to, from the written documents."""
    root = tmp_path_factory.mktemp("exports")
    return {name: export(written[1], name, root / name).path for name in HERE}


def rows(folder, split="train"):
    return list(Release(folder).documents(split, tokens=True, about=True))


def edges(spans):
    return [(span["start"], span["end"], span["label"]) for span in spans]


# --- every format -------------------------------------------------------------------------------


def ours(tasks):
    """The part of Label Studio tasks that is written here."""
    kept = ("document", "text", "title")
    found = [
        {"data": {key: task["data"][key] for key in kept}, "annotations": task["annotations"]}
        for task in json.loads(tasks)
    ]
    return json.dumps(found, ensure_ascii=False, indent=1).encode() + b"\n"


@pytest.mark.parametrize("name", HERE)
def test_golden_folder(name, exports):
    made = contents(exports[name])
    if name == "label-studio":  # the interface and the other data of a task belong to the studio room
        made = {"train.json": ours(made["train.json"])}
    if os.environ.get("VICIVIC_GOLDEN") == "write":
        shutil.rmtree(GOLDEN / name, ignore_errors=True)
        for path, data in made.items():
            (GOLDEN / name / path).parent.mkdir(parents=True, exist_ok=True)
            (GOLDEN / name / path).write_bytes(data)
    assert made == contents(GOLDEN / name)


@pytest.mark.parametrize("name", HERE)
def test_note_names_every_file_and_counts_add_up(name, exports, written):
    import hashlib

    note = json.loads((exports[name] / "export.json").read_text("utf-8"))
    found = {path: hashlib.sha256(data).hexdigest() for path, data in contents(exports[name]).items()}
    del found["export.json"]
    assert note["files"] == found
    assert note["written"]["documents"] == 3
    spans = Counter(label for document in rows(written[1]) for *_, label in edges(document.spans))
    absent = {
        "conll": ("belongs to another column", conll.HIDDEN),
        "numbers-csv": (numbers_csv.NAMES,),
    }.get(name, ())
    gone = sum((Counter(note["lost"].get(reason, {})) for reason in absent), Counter())
    assert note["written"]["spans"] == (spans - gone).total()


def test_every_format_is_in_the_table_once_and_documented():
    names = [each.name for each in FORMATS]
    assert len(set(names)) == len(names) == 6
    assert all(each.about and callable(each.writer()) for each in FORMATS)


# --- round trips --------------------------------------------------------------------------------


def test_conll_loads_with_datasets_as_the_same_tokens_and_tags(gold, tmp_path):
    from datasets import ClassLabel, Features, List, Value, load_dataset

    names = Release(gold).names("tokens", "number_tags")
    done = export(gold, "conll", tmp_path / "c", Settings(column="number_tags"))
    loaded = load_dataset(
        "conll",
        data_files={"test": str(done.path / "test.conll")},
        column_names=["tokens", "pos", "chunk", "tags"],
        delimiter="\t",
        features=Features(
            tokens=List(Value("string")),
            pos=List(Value("string")),
            chunk=List(Value("string")),
            tags=List(ClassLabel(names=list(names))),
        ),
        split="test",
        cache_dir=str(tmp_path / "cache"),
    )
    sentences = [row for document in rows(gold, "test") for row in document.sentences]
    assert [row["tokens"] for row in loaded] == [row["tokens"] for row in sentences]
    assert [[names[tag] for tag in row["tags"]] for row in loaded] == [
        row["number_tags"] for row in sentences
    ]
    ids = (done.path / "test.documents.txt").read_text("utf-8").splitlines()
    assert ids == [document.id for document in rows(gold, "test")]
    opened = (done.path / "test.conll").read_text("utf-8").count("-DOCSTART-\t")
    assert opened == len(ids)


@pytest.mark.parametrize("column", base.COLUMNS)
def test_conll_counts_what_its_column_hides(column, gold, tmp_path):
    done = export(gold, "conll", tmp_path / "c", Settings(column=column))
    release = Release(gold)
    documents = [each for split in release.splits() for each in release.documents(split, tokens=True)]
    exact = whole = 0
    for document in documents:
        known = set(edges(document.spans))
        whole += len(known)
        for row in document.sentences:
            pieces = spans_of(row[column], row["token_starts"], row["token_ends"])
            exact += len(known & set(pieces))
    missing = sum(sum(labels.values()) for reason, labels in done.lost.items() if reason != conll.VALUE)
    assert missing == whole - exact


def read_gliner(items, sentences):
    """(start, end, label) in the document for each item beside its sentence."""
    for item, sentence in zip(items, sentences, strict=True):
        assert item["tokenized_text"] == sentence["tokens"]
        for first, last, label in item["ner"]:
            yield sentence["token_starts"][first], sentence["token_ends"][last], label


def test_gliner_round_trip(gold, tmp_path):
    export(gold, "gliner", tmp_path / "g")
    items = json.loads((tmp_path / "g" / "train.json").read_text("utf-8"))
    documents = rows(gold)
    sentences = [row for document in documents for row in document.sentences]
    found = Counter(read_gliner(items, sentences))
    assert found == Counter(edge for document in documents for edge in edges(document.spans))


_t = re.compile(r"T(\d+)\t(\w+) ([\d ;]+)\t(.*)")
_note = re.compile(r"#\d+\tAnnotatorNotes T(\d+)\t(.*)")


def read_brat(text, ann):
    """The spans of an .ann file as (start, end, label, value), every text line checked against the text."""
    spans = {}
    for line in ann.split("\n")[:-1]:
        if found := _t.fullmatch(line):
            pieces = [tuple(map(int, piece.split())) for piece in found[3].split(";")]
            assert " ".join(text[start:end] for start, end in pieces) == found[4]
            spans[found[1]] = (pieces[0][0], pieces[-1][1], found[2], {})
        else:
            found = _note.fullmatch(line)
            spans[found[1]] = (*spans[found[1]][:3], json.loads(found[2]))
    return list(spans.values())


def test_brat_round_trip(exports, written):
    home = exports["brat"] / "train"
    ids = dict(line.split("\t") for line in (home / brat.INDEX).read_text("utf-8").splitlines())
    files = sorted(path.name for path in home.glob("*.txt"))
    assert sorted(f"{name}.txt" for name in ids) == files
    documents = {document.id: document for document in rows(written[1])}
    assert set(ids.values()) == set(documents)
    for name, identity in ids.items():
        text = (home / f"{name}.txt").read_bytes().decode("utf-8")
        assert text == documents[identity].text
        found = read_brat(text, (home / f"{name}.ann").read_text("utf-8"))
        gold = [
            (*edge, base.value_of(span))
            for edge, span in zip(edges(documents[identity].spans), documents[identity].spans, strict=True)
        ]
        assert found == gold


def test_numbers_round_trip(exports, written):
    with (exports["numbers-csv"] / "numbers.csv").open(encoding="utf-8", newline="") as file:
        found = list(csv.DictReader(file))
    kept = [
        (document, span)
        for document in rows(written[1])
        for span in document.spans
        if span["label"] not in ("PER", "ORG", "LOC", "TITLE", "EVENT", "LAW", "PROGRAM")
    ]
    assert len(found) == len(kept) == 6
    for row, (document, span) in zip(found, kept, strict=True):
        assert document.text[int(row["start"]) : int(row["end"])] == row["text"] == span["text"]
        back = {name: row[name] or None for name in NORM}
        back["per"] = row["per"].split("/") if row["per"] else []
        back |= {name: {"true": True, "false": False}.get(row[name]) for name in ("low_open", "high_open")}
        back["value_float"] = float(row["value_float"]) if row["value_float"] else None
        assert back == {name: span[name] for name in NORM}


def test_numbers_load_with_pandas(exports):
    import pandas as pd

    table = pd.read_csv(exports["numbers-csv"] / "numbers.csv", dtype={"value": "string"})
    assert table.loc[table.label == "MONEY", "value"].tolist() == ["63400000", "52000000000"]
    assert table["value_float"].sum() == pytest.approx(52063400000 + 20 + 0.407407 + 13.71)


def test_label_studio_tasks_give_back_the_gold(exports, written):
    tasks = json.loads((exports["label-studio"] / "train.json").read_text("utf-8"))
    for task, document in zip(tasks, rows(written[1]), strict=True):
        text = task["data"]["text"]
        assert (text, task["data"]["document"]) == (document.text, document.id)
        (annotation,) = task["annotations"]
        found = [
            (item["id"], item["value"]["start"], item["value"]["end"], *item["value"]["labels"])
            for item in annotation["result"]
        ]
        assert found == [
            (span["id"], *edge) for span, edge in zip(document.spans, edges(document.spans), strict=True)
        ]
        assert all(
            text[item["value"]["start"] : item["value"]["end"]] == item["value"]["text"]
            for item in annotation["result"]
        )
    config = (exports["label-studio"] / "label_config.xml").read_text("utf-8")
    assert all(f'value="{label}"' in config for label in Release(written[1]).labels)


# --- properties over nested spans ---------------------------------------------------------------


def made(text, spans):
    document = Document(id="x", text=text)
    return published(document, record(document, [(s.start, s.end, s.label, None) for s in spans]))


@settings(max_examples=60, deadline=None)
@given(nested())
def test_brat_and_gliner_hold_every_nested_span(case):
    document = made(*case)
    wanted = edges(document.spans)
    assert [found[:3] for found in read_brat(document.text, brat.standoff(document))] == wanted
    items = list(gliner.items(document, Tally()))
    assert Counter(read_gliner(items, document.sentences)) == Counter(wanted)


@settings(max_examples=60, deadline=None)
@given(nested())
def test_spacy_tokens_give_back_the_text_and_entities_never_overlap(case):
    document = made(*case)
    places = [
        edge
        for row in document.sentences
        for edge in zip(row["token_starts"], row["token_ends"], strict=True)
    ]
    words, spaces = spacy.words_and_spaces(document.text, places)
    assert "".join(word + " " * space for word, space in zip(words, spaces, strict=True)) == document.text
    ents = list(spacy.entities(document))
    assert all(left[1] <= right[0] for left, right in pairwise(ents))
    assert {
        name
        for row in document.sentences
        for name in spans_of(row["ner_tags"], row["token_starts"], row["token_ends"])
    } <= set(ents)


@settings(max_examples=60, deadline=None)
@given(nested())
def test_conll_tally_adds_up(case):
    document = made(*case)
    for column, held in (("ner_tags", {"PER", "ORG"}), ("number_tags", {"DATE", "MONEY"})):
        tally = Tally()
        conll.count(document, column, held, tally)
        seen = sum(count for (reason, _), count in tally.lost.items() if reason != conll.VALUE)
        assert seen <= len(document.spans)
        assert sum(tally.lost[conll.ELSEWHERE, label] for label in held) == 0


@pytest.mark.parametrize(
    ("identity", "name"),
    [("a/b", "a%2Fb"), ("..", "%2E."), ("tin 1", "tin%201"), ("đ", "%C4%91"), ("a.ann", "a.ann")],
)
def test_brat_file_names(identity, name):
    assert brat.file_name(identity) == name


def test_brat_long_names_stay_apart():
    one, two = (brat.file_name("đ" * 300 + end) for end in "ab")
    assert one != two
    assert len(one) == len(two) == brat.LONGEST_NAME


# --- folders, releases, errors ------------------------------------------------------------------


def test_export_again_replaces_and_gives_the_same_bytes(written, tmp_path):
    first = contents(export(written[1], "brat", tmp_path / "out").path)
    (tmp_path / "out" / "train" / "stray.ann").write_text("T1\tPER 0 1\tx\n")
    again = export(written[1], "brat", tmp_path / "out")
    assert contents(again.path) == first
    assert [path.name for path in tmp_path.iterdir()] == ["out"]


def test_a_folder_that_is_no_export_is_left_alone(written, tmp_path):
    (tmp_path / "mine").mkdir()
    (tmp_path / "mine" / "thesis.txt").write_text("x")
    with pytest.raises(UsageError, match="no export of ViCivic"):
        export(written[1], "conll", tmp_path / "mine")
    assert contents(tmp_path / "mine") == {"thesis.txt": b"x"}


def test_a_failed_export_leaves_the_older_one(written, tmp_path, monkeypatch):
    before = contents(export(written[1], "gliner", tmp_path / "out").path)

    def full(*_):
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(exporting, "sync", full)
    with pytest.raises(ReleaseError, match="No space left on device"):
        export(written[1], "gliner", tmp_path / "out")
    assert contents(tmp_path / "out") == before
    assert [path.name for path in tmp_path.iterdir()] == ["out"]


def test_what_a_killed_run_left_is_put_right(written, tmp_path):
    import subprocess

    process = subprocess.Popen(["true"])
    process.wait()
    first = contents(export(written[1], "gliner", tmp_path / "out").path)
    (tmp_path / f".tmp-{process.pid}-new-out").mkdir()
    (tmp_path / "out").rename(tmp_path / f".tmp-{process.pid}-old-out")
    living = tmp_path / f".tmp-{os.getppid()}-new-out"
    living.mkdir()
    with pytest.raises(UsageError):
        export(written[1], "conll", tmp_path / "out", Settings(column="none"))
    assert contents(tmp_path / "out") == first
    assert sorted(path.name for path in tmp_path.iterdir()) == sorted(["out", living.name])


def test_unknown_names_are_refused_with_those_there_are(written, tmp_path):
    with pytest.raises(UsageError, match="conll, spacy, gliner, label-studio, brat, numbers-csv"):
        export(written[1], "conllu", tmp_path / "out")
    with pytest.raises(UsageError, match="ner_tags, ner_tags_inner"):
        export(written[1], "conll", tmp_path / "out", Settings(column="tags"))
    with pytest.raises(UsageError, match=r"no release 9\.0\.0; there are 1\.0\.0"):
        find_release(written[0], "9.0.0")
    assert find_release(written[0], None) == find_release(written[0], "1.0.0") == written[1]
    assert not list(tmp_path.iterdir())


def test_spacy_without_spacy_says_what_to_do(written, tmp_path):
    with pytest.raises(UsageError, match="pip install spacy"):
        export(written[1], "spacy", tmp_path / "out")
    assert not list(tmp_path.iterdir())


def broken(folder, tmp_path, path, data=None):
    """A copy of a release with one file's bytes replaced, or removed when `data` is None."""
    copy = tmp_path / "copy"
    shutil.copytree(folder, copy, copy_function=shutil.copyfile)
    target = copy / path
    if data is None:
        target.unlink()
    else:
        target.write_bytes(data)
    return copy


@pytest.mark.parametrize(
    ("path", "data", "message"),
    [
        ("manifest.json", None, "no release here"),
        ("manifest.json", b"{", "can't be read as a manifest"),
        ("data/spans/train-00000-of-00001.parquet", None, "has no files"),
        ("data/spans/train-00000-of-00001.parquet", b"PAR1 not", "can't be read"),
    ],
)
def test_damaged_releases_are_named(path, data, message, written, tmp_path):
    copy = broken(written[1], tmp_path, path, data)
    with pytest.raises(ReleaseError, match=message):
        export(copy, "brat", tmp_path / "out")
    assert not (tmp_path / "out").exists()


def rewritten(folder, tmp_path, config, change):
    """A copy of a release in which `change` was applied to the rows of a config."""
    import pyarrow as pa
    import pyarrow.parquet as pq

    copy = tmp_path / "copy"
    shutil.copytree(folder, copy, copy_function=shutil.copyfile)
    path = copy / "data" / config / "train-00000-of-00001.parquet"
    table = pq.read_table(path)
    found = table.to_pylist()
    change(found)
    pq.write_table(pa.Table.from_pylist(found, table.schema), path)
    return copy


def shift(found):
    found[0]["spans"][0]["start"] += 1


def test_a_span_that_does_not_fit_its_text_is_refused_by_name(written, tmp_path):
    copy = rewritten(written[1], tmp_path, "spans", shift)
    with pytest.raises(ReleaseError, match="tin 2: đặc biệt: 7ee406001029 at 2 says 'ĐẠI HỘI"):
        export(copy, "brat", tmp_path / "out")


def test_a_release_without_texts_says_what_it_needs(written, tmp_path):
    copy = rewritten(written[1], tmp_path, "spans", lambda found: [row.update(text=None) for row in found])
    with pytest.raises(ReleaseError, match=r"holds no texts; put yours in with its hydrate\.py"):
        export(copy, "brat", tmp_path / "out")


def test_configs_that_hold_other_documents_are_refused(written, tmp_path):
    copy = rewritten(written[1], tmp_path, "tokens", lambda found: found.pop())
    with pytest.raises(ReleaseError, match="tin3: is not in every config"):
        export(copy, "gliner", tmp_path / "out")


# --- the verb -----------------------------------------------------------------------------------


def test_the_verb_says_what_is_not_held(written, tmp_path):
    work, out = written[1].parents[1], tmp_path / "out"
    done = vicivic("export", "conll", "--work", work, "--out", out)
    assert done.returncode == 0, done.stderr
    assert done.stdout.startswith(
        "exported 1.0.0 as conll: 3 documents, 6 sentences, 5 spans; 10 spans not held"
    )
    assert "not held: 1 spans, each of which is cut back to what the column shows (TITLE 1)" in done.stderr
    again = vicivic("export", "conll", "--from", written[1], "--out", out, "--json")
    body = json.loads(again.stdout)
    assert (body["verb"], body["counts"]["not_held"]) == ("export", 10)
    assert body["lost"]["is cut back to what the column shows"] == {"TITLE": 1}


@pytest.mark.parametrize(
    ("arguments", "code", "message"),
    [
        (("conllu",), 2, "no format 'conllu'; the formats are conll"),
        (("brat", "--version", "3.0.0"), 2, "no release 3.0.0; there are 1.0.0"),
        (("spacy",), 2, "pip install spacy"),
        (("brat", "--from", "nowhere"), 1, "nowhere: no release here"),
    ],
)
def test_wrong_usage_of_the_verb(arguments, code, message, written, tmp_path):
    done = vicivic("export", *arguments, "--work", written[1].parents[1], "--out", tmp_path / "out")
    assert (done.returncode, message in done.stderr) == (code, True), done.stderr
    assert done.stderr.count("\n") == 1
    assert not (tmp_path / "out").exists()


def test_no_release_yet(tmp_path):
    from corpus.store import Workspace

    Workspace(tmp_path / "w", create=True)
    done = vicivic("export", "brat", "--work", tmp_path / "w")
    assert (done.returncode, "no release yet; run `vicivic release` first" in done.stderr) == (2, True)
