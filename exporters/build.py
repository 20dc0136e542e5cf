"""The folder of a release while it grows: rows in, files out, then frozen.

Built under a temporary name in `releases/`, synced, made read-only, then renamed: no half release is
ever visible under its final name.
"""

from __future__ import annotations

import gc
import os
import re
import shutil
from collections import Counter
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import msgspec

from corpus.document import Document
from corpus.errors import ReleaseError
from corpus.store import sync
from exporters.configs import CONFIGS
from exporters.diff import Change
from exporters.formats.huggingface import features
from exporters.manifest import CHANGES, Config
from exporters.parquet import SplitWriter, Written
from exporters.rows import Item, Tally, check
from exporters.splits import HELD, SPLITS, Ledger
from exporters.versions import Kind
from labeling.scheme import Scheme

_day = re.compile(r"\d{4}-\d{2}-\d{2}")


class Build(msgspec.Struct, kw_only=True):
    """What grows while the rows are written."""

    tally: Tally = msgspec.field(default_factory=Tally)
    left_out: Counter[str] = msgspec.field(default_factory=Counter)
    documents: set[str] = set()
    newest: str | None = None
    written: dict[str, dict[str, Written]] = {}


def placed(
    items: Iterable[Item],
    ledger: Ledger,
    kind: Kind,
    build: Build,
    gone: Callable[[Document], bool],
    cuts: tuple[str, str] | None,
) -> Iterator[Item]:
    """The items that this release may hold, each with its split; the others are counted.

    A document drawn for validation or test waits as `pending` until it is settled in both layers; a
    release of machine proposals has a train split only; a `held` one would bridge two splits; what is
    `gone` was taken down.
    """
    for item in items:
        if gone(item.document):
            continue
        split = ledger.split(item.document.id)
        settled = "machine" not in item.record.quality.values()
        if split == HELD:
            build.left_out[HELD] += 1
        elif split != "train" and (kind == "machine" or not settled):
            build.left_out["pending"] += 1
        else:
            build.documents.add(item.document.id)
            build.newest = max(filter(None, (build.newest, item.record.annotated_at)), default=None)
            by_time = time_split(item.document.published, cuts)
            yield msgspec.structs.replace(item, split=split, time_split=by_time)


def time_split(published: str | None, cuts: tuple[str, str] | None) -> str | None:
    """The split by publication date; None without a whole date, or while too few documents have one."""
    if cuts is None or published is None or not _day.fullmatch(published):
        return None
    return "train" if published < cuts[0] else "validation" if published < cuts[1] else "test"


def time_cuts(dates: Iterable[str | None], least: int) -> tuple[str, str] | None:
    """The first days of validation and test: the newest 20 % and 10 % of dated documents."""
    days = sorted(day for day in dates if day is not None and _day.fullmatch(day))
    if len(days) < least:
        return None
    return days[len(days) * 8 // 10], days[len(days) * 9 // 10]


def write_rows(
    target: Path, items: Iterable[Item], scheme: Scheme, build: Build, progress: Callable[[str], None]
) -> None:
    """Write the rows of every config; empty splits get no file."""
    columns = features(scheme)
    writers: dict[tuple[str, str], SplitWriter] = {}
    try:
        with _fewer_collections():
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
    except BaseException:
        for writer in writers.values():
            writer.abandon()
        raise


@contextmanager
def _fewer_collections() -> Iterator[None]:
    """Rows hold no cycles; collecting as often as usual walks the waiting ones again and again (-25 %)."""
    before = gc.get_threshold()
    gc.set_threshold(50_000, 20, 50)
    try:
        yield
    finally:
        gc.set_threshold(*before)


def write_changes(
    target: Path, earlier: Iterable[dict[str, Any]], changes: Iterable[Change], version: str, scheme: Scheme
) -> Written | None:
    """Write the config `changes`: those of the releases before, then this one's; None when there are none."""
    writer: SplitWriter | None = None
    made = (
        {
            "version": version,
            "doc_id": change.document,
            "span_id": change.span,
            "change": change.change,
            "label": change.label,
            "before": change.before,
            "after": change.after,
        }
        for change in changes
    )
    for rows in (earlier, made):
        for row in rows:
            if writer is None:
                path = target / "data" / CHANGES / "train-00000-of-00001.parquet"
                writer = SplitWriter(path, CHANGES, features(scheme)[CHANGES])
            writer.write([row])
    return writer.close(target) if writer else None


def described(written: dict[str, dict[str, Written]], scheme: Scheme) -> dict[str, Config]:
    """The configs as the manifest lists them: columns as in the YAML, and the files."""
    columns = features(scheme)
    return {
        name: Config(features=columns[name]._to_yaml_list(), splits=splits)
        for name, splits in written.items()
    }


@contextmanager
def temporary(folder: Path) -> Iterator[tuple[Path, Path]]:
    """Two empty folders for the release and for scratch; what a killed run left behind is cleared.

    Raises ReleaseError when the disk is full or the target can't be written: nothing is left then.
    """
    target, scratch = (folder / f".tmp-{os.getpid()}-{name}" for name in ("release", "scratch"))
    try:
        folder.mkdir(parents=True, exist_ok=True)
        for left in folder.glob(".tmp-*"):
            _remove(left)
        target.mkdir()
        scratch.mkdir()
        yield target, scratch
    except OSError as error:
        reason = (os.strerror(error.errno) if error.errno else str(error)).lower()
        raise ReleaseError(
            f"{folder}: the release can't be written ({reason}); nothing was left there: "
            "free space or mend the permissions, then run the same command again"
        ) from error
    finally:
        _remove(target)
        _remove(scratch)


def _remove(folder: Path) -> None:
    shutil.rmtree(folder, ignore_errors=True)


def freeze(target: Path, final: Path) -> None:
    """Everything synced to disk and read-only, then under its final name."""
    for path in sorted(target.rglob("*"), reverse=True):
        if path.is_file():
            path.chmod(0o444)
        sync(path)
    sync(target)
    target.rename(final)
    sync(final.parent)
