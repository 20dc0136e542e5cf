"""The shape that `datasets` loads: one Features object per config, its YAML, and the Parquet files.

README YAML and the metadata inside each Parquet file are made from the same Features: where they
differ, `datasets` takes the YAML in silence and swaps labels.  Files are written with
`pyarrow.parquet.ParquetWriter` (zstd, fixed row groups): the same rows give the same bytes.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable
from pathlib import Path
from typing import Any

import msgspec

from corpus.errors import ReleaseError
from corpus.events import canonical_json
from exporters.views import column_labels, tag_names
from labeling.scheme import Scheme

# Rows of a row group: enough for fast scans, few enough that memory stays flat.
ROW_GROUP = {"tokens": 2_000, "spans": 200, "documents": 500}
DEFAULT_ROW_GROUP = 500

_COMMON = {"quality_names": "string", "quality_numbers": "string", "proposals_shown": "bool"}
_NORM = {
    "value": "string",
    "value_float": "float64",
    "low": "string",
    "high": "string",
    "low_open": "bool",
    "high_open": "bool",
    "mod": "string",
    "unit": "string",
    "per": ["string"],
    "noun": "string",
    "numerator": "string",
    "denominator": "string",
    "edtf": "string",
    "resolved": "string",
}


def features(scheme: Scheme) -> dict[str, Any]:
    """config → `datasets.Features`.  ClassLabel ids follow the scheme's order, which only grows."""
    from datasets import ClassLabel

    tags = {column: [ClassLabel(names=tag_names(labels))] for column, labels in column_labels(scheme).items()}
    return {
        "tokens": _features(
            {
                "id": "string",
                "doc_id": "string",
                "sent_id": "int32",
                "text": "string",
                "start": "int32",
                "tokens": ["string"],
                "token_starts": ["int32"],
                "token_ends": ["int32"],
                "space_after": ["bool"],
                **tags,
                **_COMMON,
            }
        ),
        "spans": _features(
            {
                "id": "string",
                "text": "string",
                "spans": [
                    {
                        "id": "string",
                        "start": "int32",
                        "end": "int32",
                        "text": "string",
                        "label": ClassLabel(names=list(scheme.names)),
                        "parent": "int32",
                        "depth": "int32",
                        **_NORM,
                    }
                ],
                **_COMMON,
            }
        ),
        "documents": _features(
            {
                "id": "string",
                "text": "string",
                "title": "string",
                "published": "string",
                "source": "string",
                "url": "string",
                "split": "string",
                **_COMMON,
            }
        ),
    }


def _features(columns: dict[str, Any]) -> Any:
    from datasets import Features

    return Features({name: _feature(said) for name, said in columns.items()})


def _feature(said: Any) -> Any:
    from datasets import List, Value

    if isinstance(said, str):
        return Value(said)
    if isinstance(said, list):
        return List(_feature(said[0]))
    if isinstance(said, dict):
        return {name: _feature(inner) for name, inner in said.items()}
    return said


class Written(msgspec.Struct, frozen=True, kw_only=True):
    """One file of a split.  `logical_sha256` is over its rows as canonical JSON, one a line."""

    path: str
    rows: int
    memory: int
    bytes: int
    sha256: str
    logical_sha256: str


class SplitWriter:
    """Writes the rows of one config and split to one Parquet file, a row group at a time."""

    def __init__(self, path: Path, config: str, features: Any) -> None:
        import pyarrow.parquet as pq

        path.parent.mkdir(parents=True, exist_ok=True)
        self.path = path
        self.schema = features.arrow_schema
        self.columns = tuple(features)
        self.size = ROW_GROUP.get(config, DEFAULT_ROW_GROUP)
        self.waiting: list[dict[str, Any]] = []
        self.rows = self.memory = 0
        self.logical = hashlib.sha256()
        self.file = pq.ParquetWriter(path, self.schema, compression="zstd", write_page_index=True)

    def write(self, rows: Iterable[dict[str, Any]]) -> None:
        """Add rows.  Raises ReleaseError when one has other columns than the config."""
        for row in rows:
            if tuple(row) != self.columns:
                raise ReleaseError(
                    f"{self.path.name}: a row has columns {list(row)}, not {list(self.columns)}"
                )
            self.logical.update(canonical_json(row) + b"\n")
            self.waiting.append(row)
            if len(self.waiting) == self.size:
                self._flush()

    def _flush(self) -> None:
        import pyarrow as pa

        table = pa.Table.from_pylist(self.waiting, self.schema)
        self.file.write_table(table, row_group_size=self.size)
        self.rows += table.num_rows
        self.memory += table.nbytes
        self.waiting.clear()

    def close(self, root: Path) -> Written:
        """Finish the file; what is in it, with its path below `root`."""
        if self.waiting:
            self._flush()
        self.file.close()
        return Written(
            path=self.path.relative_to(root).as_posix(),
            rows=self.rows,
            memory=self.memory,
            bytes=self.path.stat().st_size,
            sha256=file_sha256(self.path),
            logical_sha256=self.logical.hexdigest(),
        )


def file_sha256(path: Path) -> str:
    """SHA-256 (hex) of a file's bytes."""
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def logical_sha256(path: Path) -> str:
    """The logical hash of a Parquet file, recounted from its rows; equal whatever wrote the file."""
    import pyarrow.parquet as pq

    digest = hashlib.sha256()
    with pq.ParquetFile(path) as file:
        for batch in file.iter_batches(batch_size=500):
            for row in batch.to_pylist():
                digest.update(canonical_json(row) + b"\n")
    return digest.hexdigest()


def card_data(
    features: dict[str, Any], written: dict[str, dict[str, Written]], version: str, default: str
) -> dict[str, Any]:
    """The keys `configs` and `dataset_info` of the README's YAML.

    Each config entry carries `version`: without it the cache of `load_dataset` on a local folder is
    stale in silence after a relabelling.
    """
    from datasets import DatasetInfo
    from datasets.info import DatasetInfosDict
    from datasets.splits import SplitDict, SplitInfo
    from huggingface_hub import DatasetCardData

    configs, infos = [], DatasetInfosDict()
    for config, splits in written.items():
        entry: dict[str, Any] = {"config_name": config}
        if config == default:
            entry["default"] = True
        entry["version"] = version
        entry["data_files"] = [{"split": split, "path": file.path} for split, file in splits.items()]
        configs.append(entry)
        found = SplitDict(dataset_name="vicivic")
        for split, file in splits.items():
            found.add(SplitInfo(split, num_bytes=file.memory, num_examples=file.rows))
        infos[config] = DatasetInfo(
            features=features[config],
            config_name=config,
            splits=found,
            download_size=sum(file.bytes for file in splits.values()),
            dataset_size=sum(file.memory for file in splits.values()),
        )
    card = DatasetCardData()
    infos.to_dataset_card_data(card)
    return {"configs": configs, "dataset_info": card.to_dict()["dataset_info"]}


def check_features(folder: Path, written: dict[str, dict[str, Written]]) -> None:
    """Raise ReleaseError when README YAML and a Parquet file disagree about the columns."""
    import pyarrow.parquet as pq
    from datasets import Features
    from datasets.info import DatasetInfosDict
    from huggingface_hub import DatasetCard

    infos = DatasetInfosDict.from_dataset_card_data(DatasetCard.load(folder / "README.md").data)
    for config, splits in written.items():
        for file in splits.values():
            inside = Features.from_arrow_schema(pq.read_schema(folder / file.path))
            if infos[config].features != inside:
                raise ReleaseError(f"{file.path}: its columns differ from those in README.md ({config})")
