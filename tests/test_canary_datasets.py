"""What `datasets` does to us, held fast: each test asserts the foreign behaviour that a workaround answers.

When an upgrade makes one fail, the workaround named in it can go.
"""

import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from datasets import ClassLabel, Dataset, Features, List, Value, load_dataset
from datasets.exceptions import DatasetGenerationError
from datasets.utils.info_utils import NonMatchingSplitsSizesError

NAMES = ["PER", "ORG", "LOC"]
FEATURES = Features({"id": Value("string"), "label": ClassLabel(names=NAMES)})


@pytest.fixture
def load(tmp_path):
    return lambda path, *more, **options: load_dataset(
        str(path), *more, cache_dir=str(tmp_path / "cache"), **options
    )


def write(folder, labels, *, names=None, version=None, info=True, split="train", counted=None):
    """A local dataset of one config as a release lays it out."""
    file = folder / "data" / f"{split}-00000-of-00001.parquet"
    file.parent.mkdir(parents=True, exist_ok=True)
    rows = [{"id": str(number), "label": NAMES.index(label)} for number, label in enumerate(labels)]
    pq.write_table(pa.Table.from_pylist(rows, FEATURES.arrow_schema), file)
    lines = ["---", "configs:", "- config_name: spans"]
    lines += [f"  version: {version}"] if version else []
    lines += ["  data_files:", f"  - split: {split}", f"    path: data/{file.name}"]
    if info:
        listed = "".join(f", '{place}': {name}" for place, name in enumerate(names or NAMES))[2:]
        lines += [
            "dataset_info:",
            "- config_name: spans",
            "  features:",
            "  - {name: id, dtype: string}",
            "  - name: label",
            f"    dtype: {{class_label: {{names: {{{listed}}}}}}}",
        ]
        lines += [f"  splits: [{{name: {split}, num_bytes: 1, num_examples: {counted}}}]"] if counted else []
    (folder / "README.md").write_text("\n".join([*lines, "---", ""]))
    return folder


def labels(loaded):
    feature = loaded["train"].features["label"]
    return [feature.int2str(label) for label in loaded["train"]["label"]]


def test_the_cache_of_a_local_folder_is_stale_without_a_version(tmp_path, load):
    """Why every config entry of our README has `version:`."""
    folder = tmp_path / "set"
    assert labels(load(write(folder, ["PER", "ORG"]), "spans")) == ["PER", "ORG"]
    write(folder, ["LOC", "LOC"])
    assert labels(load(folder, "spans")) == ["PER", "ORG"]  # the old rows, without a warning


def test_the_cache_of_a_local_folder_is_fresh_with_another_version(tmp_path, load):
    folder = tmp_path / "set"
    assert labels(load(write(folder, ["PER", "ORG"], version="1.0.0"), "spans")) == ["PER", "ORG"]
    write(folder, ["LOC", "LOC"], version="1.0.1")
    assert labels(load(folder, "spans")) == ["LOC", "LOC"]


def test_two_folders_of_the_same_name_share_a_cache(tmp_path, load):
    """Why every config entry of our README has a hash of its rows as its description."""
    one = write(tmp_path / "one" / "1.0.0", ["PER"], version="1.0.0")
    two = write(tmp_path / "two" / "1.0.0", ["LOC"], version="1.0.0")
    assert labels(load(one, "spans")) == ["PER"]
    assert labels(load(two, "spans")) == ["PER"]  # the other folder's rows, without a warning


def test_streaming_is_never_stale(tmp_path, load):
    folder = write(tmp_path / "set", ["PER"])
    assert [row["label"] for row in load(folder, "spans", split="train", streaming=True)] == [0]
    write(folder, ["LOC"])
    assert [row["label"] for row in load(folder, "spans", split="train", streaming=True)] == [2]


def test_a_revision_of_a_local_folder_is_ignored(tmp_path, load):
    """Why a version is a folder of its own, and why the card says so."""
    folder = write(tmp_path / "set", ["PER"])
    assert labels(load(folder, "spans", revision="v9.9.9")) == ["PER"]


def test_features_of_the_readme_beat_those_of_the_file(tmp_path, load):
    """Why YAML and Parquet metadata are made from one Features object and compared before a release is frozen."""
    folder = write(tmp_path / "set", ["PER", "LOC"], names=["LOC", "ORG", "PER"])
    assert labels(load(folder, "spans")) == ["LOC", "PER"]  # swapped in silence


def test_features_inside_the_file_count_without_those_of_the_readme(tmp_path, load):
    folder = write(tmp_path / "set", ["PER", "LOC"], info=False)
    assert labels(load(folder, "spans")) == ["PER", "LOC"]


def test_an_empty_split_breaks_loading(tmp_path, load):
    """Why empty splits are left out of a release."""
    folder = write(tmp_path / "set", [])
    with pytest.raises((ValueError, DatasetGenerationError)):
        load(folder, "spans", split="train")


def test_wrong_row_counts_in_the_readme_are_refused(tmp_path, load):
    """Why the counts of `dataset_info` come from the writer, and why they protect those who load."""
    with pytest.raises(NonMatchingSplitsSizesError):
        load(write(tmp_path / "set", ["PER"], counted=2), "spans")


def test_several_configs_without_a_default_need_a_name(tmp_path, load):
    """Why one config is marked `default: true`."""
    folder = write(tmp_path / "set", ["PER"], info=False)
    readme = (folder / "README.md").read_text()
    entry = readme[readme.index("- config_name") : readme.rindex("---")]
    (folder / "README.md").write_text(readme.replace(entry, entry + entry.replace("spans", "tokens")))
    with pytest.raises(ValueError, match="Config name is missing"):
        load(folder)


def test_rows_that_do_not_fit_are_bent_in_silence():
    """Why rows are compared with the columns before they are written."""
    features = Features({"spans": List({"start": Value("int32"), "label": ClassLabel(names=NAMES)})})
    made = Dataset.from_list(
        [{"spans": [{"start": 1.7, "label": "1", "lost": "?"}, {"label": None}]}], features
    )
    assert made[0]["spans"] == [{"start": 1, "label": 1}, {"start": None, "label": None}]
    assert pa.Table.from_pylist([{"id": "a", "other": 1}], FEATURES.arrow_schema).to_pylist() == [
        {"id": "a", "label": None}
    ]


def test_to_parquet_takes_no_compression(tmp_path):
    """Why files are written by `pyarrow.parquet.ParquetWriter`."""
    with pytest.raises(TypeError, match="compression"):
        Dataset.from_list([{"id": "a"}]).to_parquet(tmp_path / "a.parquet", compression="zstd")
