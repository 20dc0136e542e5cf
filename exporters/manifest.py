"""manifest.json and SHA256SUMS: what a release holds, hash by hash, for strangers to check.

`content` is one hash over everything that users load: columns, labels, versions of scheme and
guideline, licence, and the logical hash of every split.  Two releases with the same content are the
same release.
"""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import msgspec

from corpus.errors import ReleaseError
from corpus.events import canonical_json
from exporters.parquet import Written, file_sha256, parquet_rows

CHANGES = "changes"
MANIFEST = "manifest.json"
SUMS = "SHA256SUMS"


class FileEntry(msgspec.Struct, frozen=True, kw_only=True):
    """One file of the release."""

    path: str
    bytes: int
    sha256: str


class Config(msgspec.Struct, frozen=True, kw_only=True):
    """One config: its columns as in the README's YAML, and a file for each split."""

    features: list[dict[str, Any]]
    splits: dict[str, Written]


class Whole(msgspec.Struct, frozen=True, kw_only=True):
    """A config whose texts were left out, as it was: columns, fields of structs, logical hashes."""

    columns: list[str]
    fields: dict[str, list[str]]
    splits: dict[str, str]


class Agreed(msgspec.Struct, frozen=True, kw_only=True):
    """How far annotators agree on documents that several of them did: exact F1 of spans, and α."""

    documents: int
    spans: int
    exact: float | None
    exact_low: float | None
    exact_high: float | None
    alpha: float | None


class Manifest(msgspec.Struct, frozen=True, kw_only=True):
    """The whole of manifest.json.  `created` is a date of the data, never of the clock."""

    format: int = 1
    version: str
    kind: str
    previous: str | None
    created: str | None
    annotations_creators: str
    license: str
    contact: str | None = None
    authors: list[str] = []
    agreement: Agreed | None = None
    baselines_wanted: bool = False
    baselines: list[dict[str, Any]] = []
    hydrated: dict[str, Whole] = {}
    scheme: str
    guideline: str
    labels: list[str]
    code: str
    tools: dict[str, str]
    content: str
    test_digest: str | None = None
    counts: dict[str, int]
    configs: dict[str, Config]
    files: list[FileEntry] = []


def content_hash(manifest: Manifest) -> str:
    """One hash over what users load and are told; files, tools and version numbers are not in it.

    The config `changes` is not in it either: it follows from this release and the one before.
    """
    said = {
        "labels": manifest.labels,
        "scheme": manifest.scheme,
        "guideline": manifest.guideline,
        "license": manifest.license,
        "contact": manifest.contact,
        "authors": manifest.authors,
        "baselines": manifest.baselines_wanted,
        "configs": {
            name: {
                "features": config.features,
                "splits": {split: file.logical_sha256 for split, file in config.splits.items()},
            }
            for name, config in manifest.configs.items()
            if name != CHANGES
        },
    }
    return hashlib.sha256(canonical_json(said)).hexdigest()


def hash_of_test(folder: Path, labels: Sequence[str]) -> str | None:
    """One hash over what scores on test depend on: texts, spans, labels, values.  None without test."""
    digest = hashlib.sha256()
    rows = 0
    for path in sorted((folder / "data" / "spans").glob("test-*.parquet")):
        for row in parquet_rows(path):
            spans = [
                {**span, "label": labels[span["label"]], "id": None} for span in row["spans"]
            ]  # ids live on when nothing else changes, and scores do not depend on them
            digest.update(canonical_json([row["id"], row["text"], spans]) + b"\n")
            rows += 1
    return digest.hexdigest() if rows else None


def listed(folder: Path, *, but: tuple[str, ...] = ()) -> list[FileEntry]:
    """Every file below a folder with size and hash, in order of its path."""
    return [
        FileEntry(path=name, bytes=path.stat().st_size, sha256=file_sha256(path))
        for path in sorted(folder.rglob("*"), key=lambda path: path.relative_to(folder).as_posix())
        if path.is_file() and (name := path.relative_to(folder).as_posix()) not in but
    ]


def write_manifest(folder: Path, manifest: Manifest) -> None:
    """Write manifest.json (with the hash of every other file) and SHA256SUMS (with that of the manifest)."""
    whole = msgspec.structs.replace(manifest, files=listed(folder, but=(MANIFEST, SUMS)))
    (folder / MANIFEST).write_bytes(msgspec.json.format(msgspec.json.encode(whole), indent=1) + b"\n")
    lines = [f"{entry.sha256}  {entry.path}\n" for entry in listed(folder, but=(SUMS,))]
    (folder / SUMS).write_text("".join(lines), encoding="utf-8")


def read_manifest(folder: Path) -> Manifest:
    """The manifest of a release.  Raises ReleaseError when the folder has none that can be read."""
    path = folder / MANIFEST
    try:
        return msgspec.json.decode(path.read_bytes(), type=Manifest)
    except OSError:
        raise ReleaseError(f"{folder}: no release here ({MANIFEST} is missing)") from None
    except msgspec.DecodeError as error:
        raise ReleaseError(f"{path}: can't be read as a manifest ({error})") from None
