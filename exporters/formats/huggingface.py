"""The shape that `datasets` loads: one Features object per config, its YAML, and the Parquet files.

README YAML and the metadata inside each Parquet file are made from the same Features: where they
differ, `datasets` takes the YAML in silence and swaps labels.
"""

from __future__ import annotations

import hashlib
from pathlib import Path
from typing import Any

from corpus.errors import ReleaseError
from exporters.foreign import FOREIGN
from exporters.manifest import CHANGES
from exporters.parquet import Written
from exporters.views import column_labels, tag_names
from labeling.scheme import Scheme

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
                "time_split": "string",
                "event_date": "string",
                "site": "string",
                "places": ["string"],
                "family": "string",
                "digest": "string",
                "regions": [{"start": "int32", "end": "int32", "kind": "string", "rule": "string"}],
                **_COMMON,
            }
        ),
        "provenance": _features(
            {
                "id": "string",
                "doc_id": "string",
                "start": "int32",
                "end": "int32",
                "text": "string",
                "label": ClassLabel(names=list(scheme.names)),
                "sources": [{"source": "string", "version": "string", "rule": "string", "score": "float64"}],
                "fate": "string",
                "how": "string",
                "by": ["string"],
                "round": "string",
                "guideline": "string",
                "scheme": "string",
                **_COMMON,
            }
        ),
        **{view.name: _features(_foreign(view.labels)) for view in FOREIGN},
        CHANGES: _features(
            dict.fromkeys(("version", "doc_id", "span_id", "change", "label", "before", "after"), "string")
        ),
    }


def _foreign(labels: tuple[str, ...]) -> dict[str, Any]:
    """The columns of a view in another scheme's labels."""
    from datasets import ClassLabel

    return {
        "id": "string",
        "doc_id": "string",
        "sent_id": "int32",
        "tokens": ["string"],
        "token_starts": ["int32"],
        "token_ends": ["int32"],
        "ner_tags": [ClassLabel(names=tag_names(labels))],
        **_COMMON,
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


def card_data(
    features: dict[str, Any], written: dict[str, dict[str, Written]], version: str, default: str
) -> dict[str, Any]:
    """The keys `configs` and `dataset_info` of the README's YAML.

    Each config entry carries `version` and, as its description, a hash of its rows: the cache of
    `load_dataset` on a local folder looks at this entry and the counts only.  Without the one it is stale
    in silence after a relabelling, without the other between two workspaces that both have a 1.0.0.
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
        entry["description"] = _rows_in_short(splits)
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


def _rows_in_short(splits: dict[str, Written]) -> str:
    """The rows of a config as 16 hex digits."""
    said = "".join(f"{split} {file.logical_sha256}\n" for split, file in splits.items())
    return f"rows {hashlib.sha256(said.encode()).hexdigest()[:16]}"


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
