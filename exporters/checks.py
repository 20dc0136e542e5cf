"""Checks of `vicivic verify` on files and numbers: hashes, columns, counts, the card."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from corpus.errors import ReleaseError
from exporters.card import card
from exporters.formats.huggingface import check_features, features
from exporters.manifest import MANIFEST, SUMS, Manifest, content_hash, hash_of_test, listed
from exporters.parquet import Written, logical_sha256
from exporters.recount import Fault
from exporters.rows import Tally
from labeling.scheme import load_scheme

CARD = "README.md"


def _files(manifest: Manifest) -> Iterator[tuple[str, str, Written]]:
    for config, said in manifest.configs.items():
        for split, file in said.splits.items():
            yield config, split, file


def check_hashes(folder: Path, manifest: Manifest) -> Iterator[Fault]:
    """Every file is listed and has its hash; every listed file is there; rows have their logical hash."""
    there = {entry.path: entry for entry in listed(folder, but=(SUMS,))}
    sums = {}
    for line in (folder / SUMS).read_text(encoding="utf-8").splitlines():
        digest, _, name = line.partition("  ")
        sums[name] = digest
    known = {entry.path: entry.sha256 for entry in manifest.files}
    for name, digest in sums.items():
        if name not in there:
            yield Fault("hashes", name, f"listed in {SUMS}, but missing")
        elif there[name].sha256 != digest:
            yield Fault("hashes", name, f"its SHA-256 is not the one in {SUMS}")
    for name, entry in there.items():
        if name not in sums:
            yield Fault("hashes", name, f"not listed in {SUMS}")
        if name != MANIFEST and known.get(name) != entry.sha256:
            yield Fault("hashes", name, f"its SHA-256 is not the one in {MANIFEST}")
    for name in known.keys() - there.keys():
        yield Fault("hashes", name, f"listed in {MANIFEST}, but missing")
    for _, _, file in _files(manifest):
        if (folder / file.path).exists() and logical_sha256(folder / file.path) != file.logical_sha256:
            yield Fault("hashes", file.path, f"its rows do not have the logical hash in {MANIFEST}")


def check_columns(folder: Path, manifest: Manifest) -> Iterator[Fault]:
    """YAML, Parquet and manifest say the same columns, labels are the scheme's, versions are in the YAML."""
    from huggingface_hub import DatasetCard

    scheme = load_scheme(manifest.scheme)
    if list(scheme.names) != manifest.labels:
        yield Fault("columns", MANIFEST, f"its labels are not those of scheme {manifest.scheme}")
    right = features(scheme)
    for name, config in manifest.configs.items():
        if name not in right or config.features != right[name]._to_yaml_list():
            yield Fault("columns", MANIFEST, f"config {name}: its columns are not those of this ViCivic")
    try:
        check_features(folder, {name: config.splits for name, config in manifest.configs.items()})
    except ReleaseError as error:
        yield Fault("columns", CARD, str(error))
    front = DatasetCard.load(folder / CARD).data.to_dict()
    for entry in front["configs"]:
        if str(entry.get("version")) != manifest.version:
            yield Fault("columns", CARD, f"config {entry['config_name']}: version {entry.get('version')!r}")


def check_counts(folder: Path, manifest: Manifest, tally: Tally) -> Iterator[Fault]:
    """The manifest's numbers and hashes over contents are those of the rows."""
    import pyarrow.parquet as pq

    found = {
        "released": tally.documents.total(),
        **{split: tally.documents[split] for split in ("train", "validation", "test")},
        "sentences": tally.sentences.total(),
        "tokens": tally.tokens.total(),
        "spans": tally.labels.total(),
    }
    for name, number in found.items():
        if manifest.counts.get(name) != number:
            yield Fault("counts", MANIFEST, f"{name} is {manifest.counts.get(name)}, the rows have {number}")
    for _, _, file in _files(manifest):
        rows = pq.read_metadata(folder / file.path).num_rows
        if rows != file.rows:
            yield Fault("counts", file.path, f"{rows} rows, {MANIFEST} says {file.rows}")
    if content_hash(manifest) != manifest.content:
        yield Fault("counts", MANIFEST, "`content` is not the hash of what users load")
    if hash_of_test(folder, manifest.labels) != manifest.test_digest:
        yield Fault("counts", MANIFEST, "`test_digest` is not the hash of the test split")


def check_card(folder: Path, manifest: Manifest, tally: Tally) -> Iterator[Fault]:
    """Every number of the card follows from the rows."""
    written = {name: config.splits for name, config in manifest.configs.items()}
    right = card(manifest, tally, written, load_scheme(manifest.scheme)).splitlines()
    found = (folder / CARD).read_text(encoding="utf-8").splitlines()
    for number, (line, wanted) in enumerate(zip(found, right, strict=False), 1):
        if line != wanted:
            yield Fault("card", CARD, f"line {number} is {line!r}, from the rows follows {wanted!r}")
            return
    if len(found) != len(right):
        yield Fault("card", CARD, f"{len(found)} lines, from the rows follow {len(right)}")
