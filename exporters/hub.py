"""Publish a frozen release to the Hub: one commit, one tag pinned to it, read back.

The tag is made after the commit.  A run that was cut off in between is found by its commit (same
manifest, byte for byte) and only tagged.  The branch must be where the last release left it, else
somebody else changed the dataset: that is refused until a person has looked (`over`).
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from pathlib import Path
from typing import Any

import msgspec

from corpus.errors import ReleaseError, ServiceError, UsageError
from exporters.hub_calls import Calls, HubError
from exporters.hub_state import BRANCH, Plan, Remote, look, planned
from exporters.manifest import MANIFEST, SUMS, FileEntry, listed, read_manifest
from exporters.versions import parse_version


class Publication(msgspec.Struct, frozen=True, kw_only=True):
    """How a publication ended.  `state`: planned, published, tagged (the commit was there), unchanged."""

    repo: str
    version: str
    tag: str
    state: str
    commit: str | None
    private: bool
    plan: Plan | None
    url: str


def frozen_files(folder: Path) -> tuple[str, list[FileEntry]]:
    """(version, files) of a release.  Raises ReleaseError when it is not as it was frozen."""
    manifest = read_manifest(folder)
    inside = listed(folder, but=(MANIFEST, SUMS))
    said = {entry.path: entry for entry in manifest.files}
    for entry in inside:
        if said.pop(entry.path, None) != entry:
            raise ReleaseError(
                f"{folder / entry.path}: is not as the release was frozen; publish another copy"
            )
    if said:
        raise ReleaseError(f"{folder / next(iter(said))}: is missing; publish a whole copy of the release")
    return manifest.version, listed(folder)


def publish(
    folder: Path,
    calls: Calls,
    *,
    public: bool = False,
    over: str | None = None,
    dry_run: bool = False,
    tell: Callable[[str], None] = lambda line: None,
) -> Publication:
    """Publish the release in `folder`, or say with `dry_run` what would be done.

    `over` is the commit that a person has looked at and publishes over.  Raises ReleaseError for a
    damaged release, UsageError without a token, ServiceError when the Hub or its state refuses.
    """
    version, files = frozen_files(folder)
    if calls.token is None and not dry_run:
        raise UsageError("no token: set HF_TOKEN to a token that may write to the dataset")
    tag = f"v{version}"
    manifest = (folder / MANIFEST).read_bytes()
    remote = look(calls)

    def ended(state: str, commit: str | None, plan: Plan | None = None) -> Publication:
        private = remote.private if remote is not None else not public
        url = f"{calls.endpoint}/datasets/{calls.repo}/tree/{tag}"
        return Publication(
            repo=calls.repo,
            version=version,
            tag=tag,
            state=state,
            commit=commit,
            private=private,
            plan=plan,
            url=url,
        )

    plan = planned(folder, files, remote)
    commit = None
    if remote is not None:
        if tag in remote.tags:
            _same_as_tagged(calls, remote, tag, manifest)
            return ended("unchanged", remote.tags[tag])
        commit = landed(calls, version, manifest)
        if commit is None:
            _may_follow(calls, remote, version, over)
    if dry_run:
        return ended("planned", commit, plan)
    state = "tagged" if commit else "published"
    if commit is None:
        if remote is None:
            tell(f"making the {'public' if public else 'private'} dataset {calls.repo}")
            calls("create_repo", private=not public, exist_ok=True)
            remote = look(calls)
            if remote is None:
                raise ServiceError(f"{calls.repo}: the Hub made it but does not show it; run this again")
            plan = planned(folder, files, remote)
        tell(f"sending {len(plan.new) + len(plan.changed)} files, {plan.bytes:,} bytes, in one commit")
        commit = send(folder, calls, version, plan, remote.head, manifest)
    pin(calls, tag, commit, version)
    if calls.file(MANIFEST, tag) != manifest:
        raise ServiceError(f"{calls.repo}: {tag} does not give back the manifest that was sent; look at it")
    return ended(state, commit, plan)


def _title(version: str) -> str:
    return f"Release {version}"


def landed(calls: Calls, version: str, manifest: bytes) -> str | None:
    """The commit of this very release in the history of the branch, when it is there already."""
    for commit in calls("list_repo_commits", revision=BRANCH):
        if commit.title == _title(version) and calls.file(MANIFEST, commit.commit_id) == manifest:
            return str(commit.commit_id)
    return None


def _same_as_tagged(calls: Calls, remote: Remote, tag: str, manifest: bytes) -> None:
    if calls.file(MANIFEST, remote.tags[tag]) != manifest:
        raise ServiceError(
            f"{calls.repo}: {tag} is published with other content (commit {remote.tags[tag][:12]}); a "
            "version is never changed: release the next one"
        )


def _may_follow(calls: Calls, remote: Remote, version: str, over: str | None) -> None:
    """Raise ServiceError when the head of the branch is nothing that this release may follow."""
    found = calls.file(MANIFEST, remote.head)
    if found is not None:
        try:
            there = str(msgspec.json.decode(found)["version"])
        except (msgspec.DecodeError, KeyError, TypeError):
            there = "0.0.0"
        if parse_version(there) > parse_version(version):
            raise ServiceError(
                f"{calls.repo}: holds {there}, which is newer than {version}; publish the newer one"
            )
    if remote.head in remote.tags.values() or (over and len(over) >= 7 and remote.head.startswith(over)):
        return
    if len(calls("list_repo_commits", revision=BRANCH)) > 1:
        raise ServiceError(
            f"{calls.repo}: its branch {BRANCH} is at {remote.head[:12]}, which is no release: somebody "
            f"changed it. Look at it, then publish over it with --over {remote.head[:12]}"
        )


def send(folder: Path, calls: Calls, version: str, plan: Plan, parent: str, manifest: bytes) -> str:
    """Make the one commit on top of `parent`; its id.  A lost answer is looked up, never sent twice."""
    from huggingface_hub import CommitOperationAdd, CommitOperationDelete

    def operations() -> list[Any]:
        paths = [*plan.new, *plan.changed]
        adds = [CommitOperationAdd(path, folder / path) for path in paths]
        return [*adds, *(CommitOperationDelete(path) for path in plan.removed)]

    digest = hashlib.sha256(manifest).hexdigest()
    attempts = calls.patience.attempts
    for attempt in range(1, attempts + 1):
        try:
            made = calls.once(
                "create_commit",
                operations(),
                commit_message=_title(version),
                commit_description=f"sha256 of {MANIFEST}: {digest}",
                revision=BRANCH,
                parent_commit=parent,
            )
            return str(made.oid)
        except HubError as error:
            known = landed(calls, version, manifest) if error.status not in (400, 401, 403, 404) else None
            if known is not None:
                return known
            passing = error.status is None or error.status == 429 or error.status >= 500
            if not passing or attempt == attempts:
                raise
            calls.wait(attempt)
    raise AssertionError("unreachable")


def pin(calls: Calls, tag: str, commit: str, version: str) -> None:
    """Tag the commit, and read the tag back: the Hub does not complain about one that points elsewhere."""
    try:
        calls("create_tag", tag=tag, revision=commit, tag_message=_title(version))
    except HubError as error:
        if error.status != 409:
            raise
    found = {ref.name: ref.target_commit for ref in calls("list_repo_refs").tags}.get(tag)
    if found != commit:
        raise ServiceError(
            f"{calls.repo}: {tag} points at {str(found)[:12]}, not at the release's commit {commit[:12]}; "
            "remove that tag, then run this again"
        )
