"""The scorer that every release ships: equal to `vicivic evaluate`, alone in its folder, on plain input."""

import ast
import importlib.util
import json
import random
import shutil
import subprocess
import sys
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from exporters.formats.base import COLUMNS, Release, value_of
from labeling import evaluate
from labeling.evaluate import count, read_gold
from labeling.scheme import load_scheme
from labeling.span import make_span
from tests.civic_release import GOLD, published, shared, written_pairs
from tests.nested import nested

SCORER = Path(__file__).parents[1] / "exporters" / "templates" / "score.py"
SCHEME = load_scheme()


def load_scorer():
    spec = importlib.util.spec_from_file_location("shipped_score", SCORER)
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


score = load_scorer()


@pytest.fixture(scope="module")
def articles():
    return read_gold(GOLD)[0]


@pytest.fixture(scope="module")
def said(articles):
    """Predictions with every kind of fault: moved edges, other labels, missing, invented."""
    source = random.Random(7)
    found = []
    for article in articles:
        spans = set()
        for span in article.spans:
            start, end, label, dice = span.start, span.end, span.label, source.random()
            if dice < 0.15:
                continue
            if dice < 0.3 and " " in span.text:
                start += span.text.index(" ") + 1
            elif dice < 0.4:
                label = source.choice(SCHEME.names)
            elif dice < 0.5 and " " in span.text:
                end = start + span.text.rindex(" ")
            spans.add((start, end, label))
            if dice > 0.95:
                spans.add((start, end, source.choice(SCHEME.names)))
        text = article.text
        found.append(
            [
                make_span(text, *each)
                for each in spans
                if text[each[0] : each[1]] == text[each[0] : each[1]].strip()
            ]
        )
    return found


def write(path, rows):
    path.write_text("".join(json.dumps(row, ensure_ascii=False) + "\n" for row in rows), encoding="utf-8")
    return path


def as_rows(articles, spans):
    return [
        {"id": article.id, "spans": [{"start": s.start, "end": s.end, "label": s.label} for s in each]}
        for article, each in zip(articles, spans, strict=True)
    ]


def run(*arguments, folder=SCORER.parent):
    return subprocess.run(
        [sys.executable, "-I", "-S", str(folder / "score.py"), *map(str, arguments)],
        capture_output=True, text=True, check=False, cwd="/",
    )  # fmt: skip


def scored(*arguments, folder=SCORER.parent):
    done = run(*arguments, "--json", folder=folder)
    assert done.returncode == 0, done.stderr
    return json.loads(done.stdout)


GROUPS = {
    "all": SCHEME.names,
    "names": [x for x in SCHEME.names if SCHEME.layer_of(x) == "names"],
    "numbers": [x for x in SCHEME.names if SCHEME.layer_of(x) == "numbers"],
    **{label: [label] for label in SCHEME.names},
}
SHOWN = [("exact", "all"), ("exact", "outer"), ("exact", "inner"), ("partial", "all")]


def test_equal_to_vicivic_evaluate(articles, said, tmp_path):
    gold = write(tmp_path / "gold.jsonl", as_rows(articles, [article.spans for article in articles]))
    predicted = write(tmp_path / "predicted.jsonl", as_rows(articles, said))
    report = scored(gold, predicted)["scores"]
    counts = count(articles, said, SCHEME.names)
    for group, labels in GROUPS.items():
        for measure, level in SHOWN:
            theirs = counts.score(labels, level=level, match=measure)
            if not (theirs.predicted or theirs.gold):
                assert level not in report[group].get(measure, {})
                continue
            ours = report[group][measure][level]
            for name in ("precision", "recall", "f1", "predicted", "gold"):
                assert ours[name] == pytest.approx(getattr(theirs, name), abs=1e-4), (group, measure, level)
            assert (ours["low"], ours["high"]) == pytest.approx((theirs.low, theirs.high), abs=1e-4)
    assert report["all"]["exact"]["all"]["f1"] < report["all"]["partial"]["all"]["f1"] < 1


@settings(max_examples=80, deadline=None)
@given(st.lists(st.tuples(nested(), st.integers(0, 2**32)), min_size=1, max_size=4))
def test_equal_to_vicivic_evaluate_on_any_nested_spans(cases):
    """Predictions are the gold with some spans gone, cut or relabelled, at random."""
    gold, said = [], []
    for number, ((text, spans), seed) in enumerate(cases):
        source = random.Random(seed)
        article = [make_span(text, span.start, span.end, span.label) for span in spans]
        other = {}
        for span in article:
            dice = source.random()
            start, end, label = span.start, span.end, span.label
            if dice < 0.2:
                continue
            if dice < 0.4:
                label = source.choice(SCHEME.names)
            elif dice < 0.6 and end - start > 1 and not text[end - 2].isspace():
                end -= 1
            other[start, end, label] = make_span(text, start, end, label)
        gold.append(evaluate.Gold(id=str(number), text=text, spans=tuple(article)))
        said.append(list(other.values()))
    counts = count(gold, said, SCHEME.names)

    def rows(spans):
        return {
            str(n): dict.fromkeys((s.start, s.end, s.label) for s in each) for n, each in enumerate(spans)
        }

    found = score.compare(rows([article.spans for article in gold]), rows(said), list(SCHEME.names), 0)
    for group, labels in GROUPS.items():
        for measure, level in SHOWN:
            theirs = counts.score(labels, level=level, match=measure)
            ours = found.get(group, {}).get(measure, {}).get(level)
            if ours is None:
                assert theirs.predicted == theirs.gold == 0
                continue
            for name in ("precision", "recall", "f1", "predicted", "gold"):
                assert ours[name] == pytest.approx(getattr(theirs, name), abs=1e-4), (group, measure, level)


def test_it_runs_on_old_pythons_with_nothing_installed():
    tree = ast.parse(SCORER.read_text("utf-8"), feature_version=(3, 9))
    imported = {alias.name for node in ast.walk(tree) if isinstance(node, ast.Import) for alias in node.names}
    imported |= {node.module for node in ast.walk(tree) if isinstance(node, ast.ImportFrom)}
    assert {name.partition(".")[0] for name in imported} <= set(sys.stdlib_module_names)


def test_its_layers_are_the_scheme_s():
    assert set(score.NUMBERS) == SCHEME.layer("numbers")


@pytest.fixture(scope="module")
def shipped(tmp_path_factory):
    """A release with the scorer in it, and its rows as JSONL by `datasets`, ids and all."""
    from datasets import load_dataset

    root = tmp_path_factory.mktemp("shipped")
    folder = shared("gold")[1]
    home = root / "release"
    shutil.copytree(folder, home, copy_function=shutil.copyfile)
    assert (home / "score.py").read_bytes() == SCORER.read_bytes()
    manifest = json.loads((home / "manifest.json").read_text("utf-8"))
    assert len(manifest["test_digest"]) == 64
    for config in ("spans", "tokens"):
        loaded = load_dataset(str(folder), config, split="test", cache_dir=str(root / "cache"))
        loaded.to_json(str(root / f"{config}.jsonl"), force_ascii=False)
    return home, root


def test_gold_against_itself_from_load_dataset(shipped):
    home, root = shipped
    report = scored(root / "spans.jsonl", root / "spans.jsonl", folder=home)
    release = Release(home)
    spans = [span["label"] for document in release.documents("test") for span in document.spans]
    assert report["scores"]["all"]["exact"]["all"] == {
        "precision": 1.0, "recall": 1.0, "f1": 1.0, "low": 1.0, "high": 1.0,
        "predicted": len(spans), "gold": len(spans),
    }  # fmt: skip
    for label in set(spans):
        assert report["scores"][label]["exact"]["all"]["gold"] == spans.count(label)
    assert report["test_digest"] == json.loads((home / "manifest.json").read_text("utf-8"))["test_digest"]
    assert report["dataset"] == "1.0.0"
    assert report["rows"] == report["rows_of_test"] == sum(1 for _ in release.documents("test"))


def test_a_part_of_test_is_said_to_be_one(shipped, tmp_path):
    home, root = shipped
    lines = (root / "spans.jsonl").read_text("utf-8").splitlines(keepends=True)
    (tmp_path / "part.jsonl").write_text("".join(lines[:-1]), encoding="utf-8")
    done = run(tmp_path / "part.jsonl", tmp_path / "part.jsonl", folder=home)
    assert f"the test split has {len(lines)} rows: this gold is another split or a part" in done.stdout
    whole = run(root / "tokens.jsonl", root / "tokens.jsonl", "--column", "ner_tags", folder=home)
    assert "another split" not in whole.stdout


@pytest.mark.parametrize("column", COLUMNS)
def test_bio_columns_by_id_and_by_name(column, shipped, tmp_path):
    home, root = shipped
    rows = [json.loads(line) for line in (root / "tokens.jsonl").read_text("utf-8").splitlines()]
    names = Release(home).names("tokens", column)
    gold = sum(names[tag].startswith("B-") for row in rows for tag in row[column])
    named = [{"id": row["id"], column: [names[tag] for tag in row[column]]} for row in rows]
    for row in named:  # the first span of each row goes astray
        first = next((place for place, tag in enumerate(row[column]) if tag != "O"), None)
        if first is not None:
            row[column][first] = "O"
    spoiled = sum(
        row[column].count("O") > sum(tag == 0 for tag in right[column])
        for row, right in zip(named, rows, strict=True)
    )
    path = write(tmp_path / "named.jsonl", named)
    exact = scored(root / "tokens.jsonl", path, "--column", column, folder=home)["scores"]["all"]["exact"][
        "all"
    ]
    assert exact["gold"] == gold
    assert exact["recall"] == pytest.approx((gold - spoiled) / gold, abs=1e-4)
    perfect = scored(root / "tokens.jsonl", root / "tokens.jsonl", "--column", column, folder=home)
    assert perfect["scores"]["all"]["exact"]["all"]["f1"] == 1


def test_bio_i_after_another_label_opens_a_span():
    assert list(score.tagged(["O", "I-LOC", "I-LOC", "I-PER", "B-PER", "I-PER", "O"])) == [
        (1, 3, "LOC"), (3, 4, "PER"), (4, 6, "PER"),
    ]  # fmt: skip


def test_values_of_numbers(tmp_path):
    gold, other = [], []
    for document, said in written_pairs():
        spans = published(document, said).spans
        gold.append({"id": document.id, "text": document.text, "spans": spans})
        other.append(
            {
                "id": document.id,
                "spans": [
                    {**{key: span[key] for key in ("start", "end", "label")}, "norm": value_of(span)}
                    for span in spans
                ],
            }
        )
    gold_path, path = write(tmp_path / "gold.jsonl", gold), write(tmp_path / "said.jsonl", other)
    assert scored(gold_path, path)["scores"]["numbers"]["value"]["all"]["f1"] == 1
    money = next(span for row in other for span in row["spans"] if span["label"] == "PERCENT")
    money["norm"]["value"] = "13.710"  # the same number
    assert scored(gold_path, write(path, other))["scores"]["PERCENT"]["value"]["all"]["f1"] == 1
    money["norm"]["value"] = "1371"
    report = scored(gold_path, write(path, other))["scores"]
    assert report["PERCENT"]["value"]["all"]["f1"] == 0
    assert report["PERCENT"]["exact"]["all"]["f1"] == 1
    assert report["numbers"]["value"]["all"]["recall"] == pytest.approx(5 / 6, abs=1e-4)


ONE = {"id": 1, "spans": [{"start": 0, "end": 2, "label": "PER"}]}


@pytest.mark.parametrize(
    ("gold", "said", "arguments", "message"),
    [
        ([ONE], [{"id": 2, "spans": []}], (), "'2' is not in"),
        ([ONE], [{"spans": []}], (), "said.jsonl:1: no object with an \"id\""),
        ([ONE], [ONE, ONE], (), "said.jsonl:2: id 1 stands twice"),
        ([ONE], [{"id": 1, "spans": [{"start": 0, "label": "PER"}]}], (), "needs start, end and label"),
        ([ONE], [{"id": 1, "spans": [{"start": 2, "end": 2, "label": "PER"}]}], (), "[2, 2) is no span"),
        ([ONE], [{"id": 1, "spans": [{"start": 0, "end": 2, "label": 3}]}], (), "label id 3"),
        ([{**ONE, "text": "An"}], [{**ONE, "text": "Ân"}], (), "has another text"),
        ([{**ONE, "text": "A"}], [ONE], (), "leaves the text of 1 characters"),
        ([{"id": 1, "t": ["O", "O"]}], [{"id": 1, "t": ["O"]}], ("--column", "t"), "1 tags for 2 tokens"),
        ([ONE], [ONE], ("--column", "ner_tags"), "no list 'ner_tags'"),
    ],
)  # fmt: skip
def test_what_does_not_fit_is_refused_in_one_line(gold, said, arguments, message, tmp_path):
    done = run(write(tmp_path / "gold.jsonl", gold), write(tmp_path / "said.jsonl", said), *arguments)
    assert done.returncode == 1
    assert message in done.stderr
    assert done.stderr.count("\n") == 1


def test_a_label_that_the_dataset_does_not_have(shipped, tmp_path):
    home, root = shipped
    first = json.loads((root / "spans.jsonl").read_text("utf-8").splitlines()[0])
    row = {"id": first["id"], "spans": [{"start": 0, "end": 2, "label": "PERSON"}]}
    done = run(root / "spans.jsonl", write(tmp_path / "said.jsonl", [row]), folder=home)
    assert (done.returncode, "label 'PERSON' is none of PER, ORG" in done.stderr) == (1, True)


def test_missing_predictions_count_as_empty_and_are_said(tmp_path):
    gold = write(tmp_path / "gold.jsonl", [ONE, {**ONE, "id": 2}])
    done = run(gold, write(tmp_path / "said.jsonl", [ONE]))
    assert "2 rows, 1 of them without prediction" in done.stdout
    assert "test_digest unknown" in done.stdout
    assert scored(gold, tmp_path / "said.jsonl")["scores"]["PER"]["exact"]["all"]["recall"] == 0.5


def test_same_output_under_any_hash_seed(articles, said, tmp_path):
    gold = write(tmp_path / "gold.jsonl", as_rows(articles, [article.spans for article in articles]))
    predicted = write(tmp_path / "predicted.jsonl", as_rows(articles, said))
    outputs = {
        subprocess.run(
            [sys.executable, str(SCORER), gold, predicted, "--resamples", "50"],
            env={"PYTHONHASHSEED": seed}, capture_output=True, check=True,
        ).stdout
        for seed in ("0", "1")
    }  # fmt: skip
    assert len(outputs) == 1
