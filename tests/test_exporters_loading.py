"""Releases are read by what people use: pandas and DuckDB here, older `datasets` in the slow suite."""

import json

import duckdb
import pandas as pd
import pytest

from exporters.parquet import parquet_rows
from exporters.release import release
from exporters.show import load_config
from tests.releasing import TEXT, annotation, document, kept, settled, workspace_of
from tests.slow_environment import python

CONFIGS = ["tokens", "spans", "documents", "provenance", "vlsp", "vlsp2021", "ontonotes", "changes"]

LOADER = """
import json, sys
import datasets
datasets.disable_progress_bars()
path, cache, configs = sys.argv[1:]
said = {"version": datasets.__version__}
for config in json.loads(configs):
    loaded = datasets.load_dataset(path, config, cache_dir=cache)
    streamed = datasets.load_dataset(path, config, cache_dir=cache, streaming=True)
    rows = {split: list(part) for split, part in loaded.items()}
    assert rows == {split: list(part) for split, part in streamed.items()}, config
    names = {}
    for column, feature in loaded["train"].features.items():
        inner = feature[0] if isinstance(feature, list) else getattr(feature, "feature", feature)
        inner = inner.get("label") if isinstance(inner, dict) else inner
        if hasattr(inner, "names"):
            names[column] = inner.names
    said[config] = {"rows": rows, "names": names}
print(json.dumps(said))
"""


@pytest.fixture(scope="module")
def made(tmp_path_factory):
    """A release 1.1.0 with every config."""
    docs = [
        document(f"doc/{number}", text=f"{TEXT}\nTin số {number} 🇻🇳.", published="2022-01-02")
        for number in range(4)
    ]
    workspace = workspace_of(tmp_path_factory.mktemp("loading") / "work", docs)
    for number, of in enumerate(docs):
        settled(workspace, annotation(of, kept(of), number=number))
        if number in (2, 3):
            path = release(workspace).path
    return path


def rows(path, config):
    return [row for file in sorted((path / "data" / config).glob("*.parquet")) for row in parquet_rows(file)]


@pytest.mark.parametrize("config", CONFIGS)
def test_pandas_reads_the_same_rows(made, config):
    frame = pd.read_parquet(made / "data" / config / "train-00000-of-00001.parquet")
    wanted = rows(made, config)
    assert len(frame) == len(wanted)
    assert list(frame.columns) == list(wanted[0])
    for column in ("id", "doc_id", "text", "change"):
        if column in frame:
            assert frame[column].tolist() == [row[column] for row in wanted]


def test_duckdb_counts_labels(made):
    path = str(made / "data" / "spans" / "*.parquet")
    found = duckdb.sql(
        "SELECT span.label, count(*) FROM (SELECT unnest(spans) AS span FROM read_parquet($path)) GROUP BY 1 ORDER BY 1",
        params={"path": path},
    ).fetchall()
    expected = {}
    for row in rows(made, "spans"):
        for span in row["spans"]:
            expected[span["label"]] = expected.get(span["label"], 0) + 1
    assert found == sorted(expected.items())
    assert len(found) == 6


@pytest.mark.slow
@pytest.mark.parametrize("environment", ["datasets3", "datasets4"])
def test_older_datasets_load_the_same_rows_and_labels(made, tmp_path, environment):
    said = json.loads(python(environment, "-c", LOADER, made, tmp_path / "cache", json.dumps(CONFIGS)))
    assert said["version"].startswith(environment.removeprefix("datasets") + ".")
    for config in CONFIGS:
        now = load_config(made, config)
        assert said[config]["rows"] == json.loads(
            json.dumps({split: list(part) for split, part in now.items()})
        )
    assert said["tokens"]["names"]["ner_tags"][:3] == ["O", "B-PER", "I-PER"]
    assert said["spans"]["names"]["spans"][0] == "PER"
