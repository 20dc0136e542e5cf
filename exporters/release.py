"""Build a release: a frozen folder that is the same, byte for byte, whenever it is made from the same work.

Built under a temporary name in `releases/`, synced, made read-only, then renamed: no half release is
ever visible under its final name.  Nothing in it comes from the clock, the host or a path.
"""

from __future__ import annotations

import os
import shutil
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import msgspec

from corpus import __version__
from corpus.documents import read_documents
from corpus.errors import ReleaseError, UsageError
from corpus.store import Workspace, sync
from exporters.card import write_card
from exporters.formats.huggingface import SplitWriter, Written, check_features, features
from exporters.manifest import Config, Manifest, content_hash, read_manifest, write_manifest
from exporters.material import has_records, human_items, machine_items
from exporters.rows import CONFIGS, Item, Tally, check
from exporters.splits import HELD, SMALL_WORKSPACE, SPLITS, Ledger, write_lines
from exporters.versions import Kind, Version, next_version, released
from labeling.scheme import Scheme, load_scheme

DEFAULT_CONFIG = "tokens"
LICENSE = "other"
CREATORS: dict[Kind, str] = {"machine": "machine-generated", "human": "expert-generated"}


class Outcome(msgspec.Struct, frozen=True, kw_only=True):
    """What a run of `release` did; `path` is None when nothing changed since `version`."""

    kind: Kind
    version: Version
    path: Path | None
    counts: dict[str, int]


class Build(msgspec.Struct, kw_only=True):
    """What grows while the rows are written."""

    tally: Tally = msgspec.field(default_factory=Tally)
    left_out: Counter[str] = msgspec.field(default_factory=Counter)
    documents: set[str] = set()
    newest: str | None = None
    written: dict[str, dict[str, Written]] = {}


def release(
    workspace: Workspace,
    *,
    machine: bool = False,
    progress: Callable[[str], None] = lambda document: None,
) -> Outcome:
    """Make the next release of a kind, unless nothing changed since the last one.

    Of settled records, or of machine proposals with `machine` or while no record exists.  Raises
    ReleaseError when there is nothing to release or what is there does not fit.
    """
    kind: Kind = "machine" if machine or not has_records(workspace) else "human"
    scheme = load_scheme()
    folder = workspace.folder("releases")
    before = released(folder, kind)
    previous = before[-1] if before else None
    version = next_version(previous[0] if previous else None, kind)
    ledger = Ledger(workspace.folder("ledger") / "splits.csv")
    for _, path in released(folder):
        ledger.check_against(path / "splits.csv")
    pairs = [(document.id, document.family or document.id) for document in read_documents(workspace)]
    fresh = ledger.draw(pairs, str(version), small=len(pairs) < SMALL_WORKSPACE)
    with _temporary(folder) as (target, scratch):
        items = (
            human_items(workspace, scratch) if kind == "human" else machine_items(workspace, scheme, scratch)
        )
        build = Build()
        _write_rows(target, placed(items, ledger, kind, build), scheme, build, progress)
        counts = _counts(len(pairs), build)
        if not build.documents:
            raise ReleaseError(_nothing(kind, counts))
        manifest = _manifest(scheme, kind, version, previous, build, counts)
        if previous and read_manifest(previous[1]).content == manifest.content:
            return Outcome(kind=kind, version=previous[0], path=None, counts=counts)
        write_lines(target / "splits.csv", (ledger.lines[name] for name in sorted(build.documents)))
        write_card(target, manifest, build.tally, build.written, scheme)
        check_features(target, build.written)
        write_manifest(target, manifest)
        if fresh:
            ledger.append(fresh)
        _freeze(target)
        target.rename(folder / str(version))
        sync(folder)
    return Outcome(kind=kind, version=version, path=folder / str(version), counts=counts)


def placed(items: Iterator[Item], ledger: Ledger, kind: Kind, build: Build) -> Iterator[Item]:
    """The items that this release may hold, each with its split; the others are counted.

    A document drawn for validation or test waits as `pending` until it is settled in both layers; a
    release of machine proposals has a train split only; a `held` one would bridge two splits.
    """
    for item in items:
        split = ledger.split(item.document.id)
        settled = "machine" not in item.record.quality.values()
        if split == HELD:
            build.left_out[HELD] += 1
        elif split != "train" and (kind == "machine" or not settled):
            build.left_out["pending"] += 1
        else:
            build.documents.add(item.document.id)
            build.newest = max(filter(None, (build.newest, item.record.annotated_at)), default=None)
            yield msgspec.structs.replace(item, split=split)


def _write_rows(
    target: Path, items: Iterator[Item], scheme: Scheme, build: Build, progress: Callable[[str], None]
) -> None:
    columns = features(scheme)
    writers: dict[tuple[str, str], SplitWriter] = {}
    for item in items:
        check(item, scheme)
        progress(item.document.id)
        for config, rows in CONFIGS.items():
            key = config, item.split
            if key not in writers:
                path = target / "data" / config / f"{item.split}-00000-of-00001.parquet"
                writers[key] = SplitWriter(path, config, columns[config])
            writers[key].write(rows(item, scheme, build.tally))
    for config in CONFIGS:
        present = [split for split in SPLITS if (config, split) in writers]
        build.written[config] = {split: writers[config, split].close(target) for split in present}


def _manifest(
    scheme: Scheme,
    kind: Kind,
    version: Version,
    previous: tuple[Version, Path] | None,
    build: Build,
    counts: dict[str, int],
) -> Manifest:
    import datasets
    import pyarrow as pa

    columns = features(scheme)
    configs = {
        name: Config(features=columns[name]._to_yaml_list(), splits=splits)
        for name, splits in build.written.items()
    }
    said: dict[str, Any] = {
        "labels": list(scheme.names),
        "scheme": scheme.version,
        "guideline": scheme.guideline,
    }
    return Manifest(
        version=str(version),
        kind=kind,
        previous=str(previous[0]) if previous else None,
        created=created(build.newest),
        annotations_creators=CREATORS[kind],
        code=f"vicivic {__version__}",
        tools={"datasets": datasets.__version__, "pyarrow": pa.__version__},
        license=LICENSE,
        content=content_hash(configs, licence=LICENSE, **said),
        counts=counts,
        configs=configs,
        **said,
    )


def created(newest: str | None) -> str | None:
    """The release's date: SOURCE_DATE_EPOCH, else the day of the newest annotation, else none."""
    epoch = os.environ.get("SOURCE_DATE_EPOCH")
    if epoch is None:
        return newest[:10] if newest else None
    if not epoch.isdigit():
        raise UsageError(f"SOURCE_DATE_EPOCH={epoch!r} is no count of seconds; unset it or give digits")
    return datetime.fromtimestamp(int(epoch), UTC).date().isoformat()


def _counts(documents: int, build: Build) -> dict[str, int]:
    """Counts that add up: documents = released + pending + held + waiting."""
    tally = build.tally
    left_out = build.left_out
    counts = {
        "documents": documents,
        "released": len(build.documents),
        "pending": left_out["pending"],
        "held": left_out[HELD],
    }
    counts["waiting"] = documents - sum(counts[name] for name in ("released", "pending", "held"))
    counts |= {split: tally.documents[split] for split in SPLITS}
    counts |= {
        "sentences": tally.sentences.total(),
        "tokens": tally.tokens.total(),
        "spans": tally.labels.total(),
    }
    return counts


def _nothing(kind: Kind, counts: dict[str, int]) -> str:
    if kind == "machine":
        return (
            f"nothing to release: {counts['documents']} documents, {counts['pending']} of them held back for "
            "validation and test, none pre-labelled for train; run `vicivic ingest` and `vicivic prelabel`"
        )
    return (
        f"nothing to release: {counts['pending']} settled documents wait for their other layer "
        f"(validation or test), {counts['waiting']} are not settled; annotate, pull and settle more"
    )


@contextmanager
def _temporary(folder: Path) -> Iterator[tuple[Path, Path]]:
    """Two empty folders for the release and for scratch; what a killed run left behind is cleared."""
    folder.mkdir(parents=True, exist_ok=True)
    for left in folder.glob(".tmp-*"):
        _remove(left)
    target, scratch = (folder / f".tmp-{os.getpid()}-{name}" for name in ("release", "scratch"))
    target.mkdir()
    scratch.mkdir()
    try:
        yield target, scratch
    finally:
        _remove(target)
        _remove(scratch)


def _remove(folder: Path) -> None:
    shutil.rmtree(folder, ignore_errors=True)


def _freeze(target: Path) -> None:
    """Everything synced to disk, every file read-only."""
    for path in sorted(target.rglob("*"), reverse=True):
        if path.is_file():
            path.chmod(0o444)
        sync(path)
    sync(target)
