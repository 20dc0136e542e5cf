"""A release without texts: ids, addresses, digests, offsets, labels, values; and `hydrate.py` to fill it.

For those who may share annotations but not the texts.  Made from a finished release, under
`releases/standoff/<its version>/`: a series of its own beside it, with the same numbers.  Every column
that holds a surface is taken out (a counted noun stays: it is a value); `hydrate.py` puts them back from
somebody's own copies of the texts, refuses a text whose digest differs, and proves by logical hashes that
the rows are those of the release.
"""

from __future__ import annotations

from importlib import resources
from pathlib import Path
from typing import Any

import msgspec
import yaml

from corpus.errors import ReleaseError
from exporters.build import freeze, temporary
from exporters.formats.huggingface import card_data
from exporters.manifest import CHANGES, Manifest, Whole, read_manifest, write_manifest
from exporters.parquet import SplitWriter, Written, parquet_rows

FOLDER = "standoff"
HYDRATE = "hydrate.py"
FULL_CARD = "README.full.md"
# config → the columns that hold surfaces; fields of structs as (column, field)
SURFACES: dict[str, tuple[str, ...]] = {
    "tokens": ("text", "tokens"),
    "spans": ("text", "spans.text"),
    "documents": ("text", "title"),
    "provenance": ("text",),
    "vlsp": ("tokens",),
    "vlsp2021": ("tokens",),
    "ontonotes": ("tokens",),
    "changes": ("before", "after"),
}


def standoff(source: Path) -> Path:
    """Make the release in `source` without its texts; returns the new folder, or the one that is there."""
    manifest = read_manifest(source)
    final = source.parent / FOLDER / manifest.version
    if final.exists():
        return final
    with temporary(final.parent) as (target, _):
        written = {name: _strip(source, target, manifest, name) for name in manifest.configs}
        for name in ("splits.csv", "tombstones.csv"):
            if (source / name).exists():
                (target / name).write_bytes((source / name).read_bytes())
        held = (resources.files("exporters") / "templates" / HYDRATE).read_bytes()
        (target / HYDRATE).write_bytes(held)
        (target / FULL_CARD).write_bytes((source / "README.md").read_bytes())
        (target / "README.md").write_text(_card(manifest, written), encoding="utf-8")
        configs = {
            name: msgspec.structs.replace(
                config, features=_features(manifest, name)._to_yaml_list(), splits=written[name]
            )
            for name, config in manifest.configs.items()
        }
        hydrated = {
            name: Whole(
                columns=[column["name"] for column in config.features],
                fields={
                    column["name"]: [field["name"] for field in column["list"]]
                    for column in config.features
                    if isinstance(column.get("list"), list)
                },
                splits={split: file.logical_sha256 for split, file in config.splits.items()},
            )
            for name, config in manifest.configs.items()
            if name != CHANGES
        }
        write_manifest(target, msgspec.structs.replace(manifest, configs=configs, hydrated=hydrated))
        freeze(target, final)
    return final


def _features(manifest: Manifest, config: str) -> Any:
    """The columns of a config without those that hold surfaces."""
    from datasets import Features, List

    columns = Features._from_yaml_list(manifest.configs[config].features)
    gone = SURFACES[config]

    def stripped(name: str, feature: Any) -> Any:
        inner = getattr(feature, "feature", None)
        if not isinstance(inner, dict):
            return feature
        return List({field: of for field, of in inner.items() if f"{name}.{field}" not in gone})

    return Features({name: stripped(name, feature) for name, feature in columns.items() if name not in gone})


def _strip(source: Path, target: Path, manifest: Manifest, config: str) -> dict[str, Written]:
    if config not in SURFACES:
        raise ReleaseError(f"{config}: it is not said which of its columns hold texts")
    columns = _features(manifest, config)
    written = {}
    for split, file in manifest.configs[config].splits.items():
        writer = SplitWriter(target / file.path, config, columns)
        try:
            writer.write(_without(row, config) for row in parquet_rows(source / file.path))
        except BaseException:
            writer.abandon()
            raise
        written[split] = writer.close(target)
    return written


def _without(row: dict[str, Any], config: str) -> dict[str, Any]:
    gone = SURFACES[config]

    def stripped(name: str, value: Any) -> Any:
        if not (isinstance(value, list) and value and isinstance(value[0], dict)):
            return value
        return [
            {field: said for field, said in item.items() if f"{name}.{field}" not in gone} for item in value
        ]

    return {name: stripped(name, value) for name, value in row.items() if name not in gone}


def _card(manifest: Manifest, written: dict[str, dict[str, Written]]) -> str:
    columns = {name: _features(manifest, name) for name in written}
    front = {
        "language": ["vi"],
        "license": manifest.license,
        "annotations_creators": [manifest.annotations_creators],
        "task_categories": ["token-classification"],
        **card_data(columns, written, manifest.version, "tokens"),
    }
    said = yaml.safe_dump(front, allow_unicode=True, sort_keys=False, width=1_000)
    return f"""---
{said}---

# ViCivic {manifest.version}, without texts

Offsets, labels and values of the release {manifest.version}; its texts are not here. `documents` names each
text by id, address (`url`) and `digest` (SHA-256 of its canonical text in UTF-8). With your own copies
as JSONL (`{{"id", "text"}}` a line, canonical text):

    python hydrate.py texts.jsonl --out full

It needs pyarrow. A text whose digest differs is refused by name; at the end logical hashes prove that
the rows are those of the release.
"""
