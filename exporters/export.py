"""Write a release in another format: into a folder that appears whole, with what could not be held.

`export.json` in the folder says what was written from which release, what was lost and why, and the
SHA-256 of every file.  A folder that has one may be replaced; any other is left alone.
"""

from __future__ import annotations

import os
import re
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import msgspec

from corpus.errors import ReleaseError, UsageError
from corpus.store import Workspace, sync
from exporters.formats.base import Release, Settings, Tally
from exporters.formats.table import format_named
from exporters.manifest import listed
from exporters.versions import parse_version, released

NOTE = "export.json"


class Exported(msgspec.Struct, frozen=True, kw_only=True):
    """What an export did.  `lost` is reason → label → spans; `remarks` what the format never holds."""

    format: str
    version: str
    path: Path
    written: dict[str, int]
    lost: dict[str, dict[str, int]]
    remarks: list[str]


def find_release(workspace: Workspace, version: str | None) -> Path:
    """The folder of a version; by default the newest of settled records, else of machine proposals.

    Raises UsageError when there is no such release.
    """
    known = released(workspace.folder("releases"))
    if not known:
        raise UsageError(f"{workspace.root}: no release yet; run `vicivic release` first")
    if version is None:
        return known[-1][1]
    wanted = parse_version(version)
    for number, path in known:
        if number == wanted:
            return path
    there = ", ".join(str(number) for number, _ in known)
    raise UsageError(f"{workspace.root}: no release {version}; there are {there}")


def export(folder: Path, name: str, out: Path | None, settings: Settings | None = None) -> Exported:
    """Write the release in `folder` as format `name` into `out` (default: `NAME-VERSION` here).

    Raises UsageError for an unknown format or a folder that is not ours to replace, ReleaseError for a
    damaged release or a target that can't be written.
    """
    form = format_named(name)
    release = Release(folder)
    target = out if out is not None else Path(f"{form.name}-{release.version}")
    tally = Tally()
    with replacing(target) as temporary:
        form.writer()(release, temporary, tally, settings or Settings())
        done = Exported(
            format=form.name,
            version=release.version,
            path=target,
            written=dict(sorted(tally.written.items())),
            lost=tally.by_reason(),
            remarks=tally.remarks,
        )
        _note(temporary, done)
    return done


def _note(folder: Path, done: Exported) -> None:
    said = {name: getattr(done, name) for name in ("format", "version", "written", "lost", "remarks")}
    files = {entry.path: entry.sha256 for entry in listed(folder)}
    encoded = msgspec.json.Encoder(order="deterministic").encode({**said, "files": files})
    (folder / NOTE).write_bytes(msgspec.json.format(encoded, indent=1) + b"\n")


@contextmanager
def replacing(target: Path) -> Iterator[Path]:
    """An empty folder that takes the name `target` when the block ends well, in place of an older export."""
    if target.exists() and not (target / NOTE).is_file() and not (target.is_dir() and _empty(target)):
        raise UsageError(f"{target}: exists and is no export of ViCivic; name another folder with --out")
    _clear_after_killed_runs(target)
    temporary, old = (target.with_name(f".tmp-{os.getpid()}-{what}-{target.name}") for what in ("new", "old"))
    try:
        try:
            target.parent.mkdir(parents=True, exist_ok=True)
            temporary.mkdir()
            yield temporary
            for path in sorted(temporary.rglob("*"), reverse=True):
                sync(path)
            if target.exists():
                target.rename(old)
            temporary.rename(target)
            sync(target.parent)
        except OSError as error:
            raise ReleaseError(
                f"{target}: can't be written ({error.strerror or error}); nothing changed"
            ) from None
    finally:
        if old.exists() and not target.exists():
            old.rename(target)
        for left in (temporary, old):
            shutil.rmtree(left, ignore_errors=True)


def _clear_after_killed_runs(target: Path) -> None:
    """Put back the export that a killed run had moved away, and remove what it left half-written."""
    found = re.compile(rf"\.tmp-(\d+)-(new|old)-{re.escape(target.name)}")
    for path in target.parent.glob(".tmp-*") if target.parent.is_dir() else ():
        match = found.fullmatch(path.name)
        if match and not _running(int(match[1])):
            if match[2] == "old" and not target.exists():
                path.rename(target)
            else:
                shutil.rmtree(path, ignore_errors=True)


def _running(process: int) -> bool:
    try:
        os.kill(process, 0)
    except ProcessLookupError:
        return False
    except PermissionError:
        return True
    return True


def _empty(folder: Path) -> bool:
    return not any(folder.iterdir())
