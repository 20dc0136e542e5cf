"""Copy a frozen release to any place that fsspec reaches: a folder, s3://bucket/prefix, memory://…

The copy is `TARGET/VERSION/`.  SHA256SUMS goes last: a copy without it is not whole, and the next run
goes on with it.  Where the place can rename (a local folder) the copy is made under a temporary name.
Every file is read back and its hash compared.
"""

from __future__ import annotations

import hashlib
import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Any

import msgspec

from corpus.errors import ReleaseError, ServiceError, UsageError
from exporters.hub import frozen_files
from exporters.manifest import SUMS, FileEntry

CHUNK = 1 << 20


class Mirrored(msgspec.Struct, frozen=True, kw_only=True):
    """What a copy did.  `state`: planned, copied, unchanged."""

    version: str
    target: str
    state: str
    files: int
    sent: int
    bytes: int


def mirror(
    folder: Path, target: str, *, dry_run: bool = False, tell: Callable[[str], None] = lambda line: None
) -> Mirrored:
    """Copy the release in `folder` below `target`.

    Raises ReleaseError when the release is damaged or its version stands there with other content,
    UsageError for a place that fsspec does not know, ServiceError when the place fails.
    """
    version, files = frozen_files(folder)
    system, root = _place(target)
    ordered = sorted(files, key=lambda entry: (entry.path == SUMS, entry.path))
    try:
        final, staging = _folders(system, root, version, (folder / SUMS).read_bytes(), target)
        missing = [entry for entry in ordered if _digest(system, f"{staging}/{entry.path}") != entry.sha256]
        done = staging == final and not missing
        if not dry_run and not done:
            tell(f"copying {len(missing)} of {len(ordered)} files to {target}")
            for entry in missing:
                _send(system, folder, staging, entry, target)
            if staging != final:
                Path(staging).rename(final)
    except (OSError, RuntimeError) as error:
        raise ServiceError(
            f"{target}: {error}; run this again to go on, what is there is found by its hash"
        ) from None
    return Mirrored(
        version=version,
        target=f"{target.rstrip('/')}/{version}",
        state="unchanged" if done else "planned" if dry_run else "copied",
        files=len(files),
        sent=len(missing),
        bytes=sum(entry.bytes for entry in missing),
    )


def _folders(system: Any, root: str, version: str, sums: bytes, target: str) -> tuple[str, str]:
    """(final, staging): where the copy ends up, and where it is made; the same where nothing is renamed.

    Raises ReleaseError when something else stands at the final place.
    """
    home = root.rstrip("/")
    final = f"{home}/{version}"
    if system.exists(f"{final}/{SUMS}"):
        if system.cat_file(f"{final}/{SUMS}") != sums:
            raise ReleaseError(
                f"{target}: {version} is there with other content; a version is never changed: release the "
                "next one"
            )
        return final, final
    if not _local(system):
        return final, final
    if system.exists(final):
        raise ReleaseError(f"{target}: {version} is there but is no whole release; move it away")
    return final, f"{home}/.tmp-{version}"


def _place(target: str) -> tuple[Any, str]:
    """The file system and the path in it that a target names."""
    from fsspec.core import url_to_fs  # type: ignore[import-untyped]

    try:
        system, root = url_to_fs(target)
    except (ImportError, ValueError) as error:
        raise UsageError(f"{target}: {error}; install what it names, or give a folder") from None
    return system, str(root)


def _local(system: Any) -> bool:
    from fsspec.implementations.local import LocalFileSystem  # type: ignore[import-untyped]

    return isinstance(system, LocalFileSystem)


def _digest(system: Any, path: str) -> str | None:
    """SHA-256 of what stands at a path; None where nothing does."""
    try:
        with system.open(path, "rb") as file:
            digest = hashlib.sha256()
            while chunk := file.read(CHUNK):
                digest.update(chunk)
    except FileNotFoundError:
        return None
    return digest.hexdigest()


def _send(system: Any, folder: Path, root: str, entry: FileEntry, target: str) -> None:
    path = f"{root}/{entry.path}"
    system.makedirs(path.rpartition("/")[0], exist_ok=True)
    with (folder / entry.path).open("rb") as source, system.open(path, "wb") as file:
        shutil.copyfileobj(source, file, CHUNK)
    if _digest(system, path) != entry.sha256:
        raise ServiceError(f"{target}: {entry.path} does not come back as it was sent; look at the place")
