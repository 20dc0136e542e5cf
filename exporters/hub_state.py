"""A dataset on the Hub as it stands, and what publishing a release would change in it."""

from __future__ import annotations

import hashlib
from pathlib import Path

import msgspec

from exporters.hub_calls import Calls, HubError
from exporters.manifest import FileEntry

KEPT = (".gitattributes",)  # the Hub's own: what goes to LFS
BRANCH = "main"


class Plan(msgspec.Struct, frozen=True, kw_only=True):
    """What a publication changes, by path."""

    new: list[str]
    changed: list[str]
    unchanged: list[str]
    removed: list[str]
    bytes: int


class Remote(msgspec.Struct, frozen=True, kw_only=True):
    """The dataset as it stands: head of the branch, tags, and the hashes of its files."""

    head: str
    private: bool
    tags: dict[str, str]
    files: dict[str, str]


def look(calls: Calls) -> Remote | None:
    """The dataset as it stands, or None when there is none (or none that the token may see)."""
    from huggingface_hub.hf_api import RepoFile

    try:
        info = calls("repo_info", revision=BRANCH)
    except HubError as error:
        if error.status == 404 or (error.status == 401 and calls.token is None):
            return None
        raise
    refs = calls("list_repo_refs")
    tree = calls.tried(
        lambda: list(
            calls.api.list_repo_tree(calls.repo, recursive=True, revision=info.sha, repo_type="dataset")
        )
    )
    return Remote(
        head=info.sha,
        private=bool(info.private),
        tags={ref.name: ref.target_commit for ref in refs.tags},
        files={
            item.path: item.lfs.sha256 if item.lfs else item.blob_id
            for item in tree
            if isinstance(item, RepoFile)
        },
    )


def planned(folder: Path, files: list[FileEntry], remote: Remote | None) -> Plan:
    """Which files the commit adds, changes, leaves and removes."""
    there = dict(remote.files) if remote else {}
    new: list[str] = []
    changed: list[str] = []
    unchanged: list[str] = []
    size = 0
    for entry in files:
        known = there.pop(entry.path, None)
        if known == entry.sha256 or (known is not None and known == _blob_id(folder / entry.path)):
            unchanged.append(entry.path)
            continue
        (new if known is None else changed).append(entry.path)
        size += entry.bytes
    removed = sorted(path for path in there if path not in KEPT)
    return Plan(new=new, changed=changed, unchanged=unchanged, removed=removed, bytes=size)


def _blob_id(path: Path) -> str:
    """The id under which git keeps a file."""
    digest = hashlib.sha1(b"blob %d\0" % path.stat().st_size, usedforsecurity=False)
    with path.open("rb") as file:
        while chunk := file.read(1 << 20):
            digest.update(chunk)
    return digest.hexdigest()
