"""croissant.json: the release in the vocabulary of MLCommons Croissant 1.0, with a hash for each file.

A record set for each config lists its columns; of a column of structs the fields are sub-fields.
"""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from exporters.citation import TITLE, bibtex
from exporters.manifest import Manifest

CROISSANT = "croissant.json"
Node = dict[str, Any]

# The context of the Croissant 1.0 specification: the prefixes and the terms that it defines.
_CONTEXT: Node = {
    "@language": "en",
    "@vocab": "https://schema.org/",
    "cr": "http://mlcommons.org/croissant/",
    "dct": "http://purl.org/dc/terms/",
    "rai": "http://mlcommons.org/croissant/RAI/",
    "sc": "https://schema.org/",
    "conformsTo": "dct:conformsTo",
    "data": {"@id": "cr:data", "@type": "@json"},
    "dataType": {"@id": "cr:dataType", "@type": "@vocab"},
    "examples": {"@id": "cr:examples", "@type": "@json"},
    **{
        term: f"cr:{term}"
        for term in [
            "citeAs",
            "column",
            "equivalentProperty",
            "extract",
            "field",
            "fileObject",
            "fileProperty",
            "fileSet",
            "format",
            "includes",
            "isLiveDataset",
            "jsonPath",
            "key",
            "md5",
            "parentField",
            "path",
            "recordSet",
            "references",
            "regex",
            "repeated",
            "replace",
            "samplingRate",
            "separator",
            "source",
            "subField",
            "transform",
        ]
    },
}
_TYPES = {"string": "sc:Text", "int32": "sc:Integer", "float64": "sc:Float", "bool": "sc:Boolean"}


def write_croissant(target: Path, manifest: Manifest) -> None:
    """Write croissant.json."""
    said: Node = {
        "@context": _CONTEXT,
        "@type": "sc:Dataset",
        "conformsTo": "http://mlcommons.org/croissant/1.0",
        "name": "ViCivic",
        "description": TITLE,
        "version": manifest.version,
        "inLanguage": "vi",
        "license": manifest.license,
        "citeAs": bibtex(manifest),
    }
    if manifest.created:
        said["datePublished"] = manifest.created
    said["distribution"] = [node for name in manifest.configs for node in _files(manifest, name)]
    said["recordSet"] = [_records(manifest, name) for name in manifest.configs]
    text = json.dumps(said, ensure_ascii=False, indent=1)
    (target / CROISSANT).write_text(text + "\n", encoding="utf-8")


def _files(manifest: Manifest, config: str) -> list[Node]:
    return [
        {
            "@type": "cr:FileObject",
            "@id": f"{config}-{split}",
            "name": f"{config}-{split}",
            "contentUrl": file.path,
            "contentSize": f"{file.bytes} B",
            "encodingFormat": "application/x-parquet",
            "sha256": file.sha256,
        }
        for split, file in manifest.configs[config].splits.items()
    ]


def _records(manifest: Manifest, config: str) -> Node:
    """The record set of a config, read from its first file; the other splits have the same columns."""
    said = manifest.configs[config]
    first = f"{config}-{next(iter(said.splits))}"
    return {
        "@type": "cr:RecordSet",
        "@id": config,
        "name": config,
        "field": [_field(config, first, column) for column in said.features],
    }


def _field(config: str, file: str, column: Node) -> Node:
    name = column["name"]
    kind = column.get("list", column.get("dtype"))
    node: Node = {"@type": "cr:Field", "@id": f"{config}/{name}", "name": f"{config}/{name}"}
    if "list" in column:
        node["repeated"] = True
    source = {"fileObject": {"@id": file}, "extract": {"column": name}}
    if isinstance(kind, list):
        node["source"] = source
        node["subField"] = [
            {
                "@type": "cr:Field",
                "@id": f"{config}/{name}/{inner['name']}",
                "name": f"{config}/{name}/{inner['name']}",
                "dataType": _type(inner.get("list", inner.get("dtype"))),
                **({"repeated": True} if "list" in inner else {}),
                "source": {**source, "transform": {"jsonPath": inner["name"]}},
            }
            for inner in kind
        ]
        return node
    return {**node, "dataType": _type(kind), "source": source}


def _type(said: Any) -> str:
    """A column's type; labels are integers, their names stand in the card and in the Parquet file."""
    return _TYPES[said] if isinstance(said, str) else "sc:Integer"
