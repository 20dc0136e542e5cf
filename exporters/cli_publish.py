"""`vicivic publish`: a release goes to the Hub, or to any place that fsspec reaches."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Any

import typer

from corpus.command import WORK, Json, Work, report, tell
from corpus.errors import UsageError
from corpus.store import Workspace

PUBLISH_EXAMPLES = (
    "HF_TOKEN=… vicivic publish my-org/civic-news --version 1.2.0 --dry-run",
    "HF_TOKEN=… vicivic publish my-org/civic-news --version 1.2.0",
    "vicivic publish --version 1.2.0 --to s3://bucket/civic-news",
)


def publish(
    repo: Annotated[
        str | None,
        typer.Argument(metavar="[REPO]", help="NAMESPACE/NAME on the Hub.", show_default=False),
    ] = None,
    version: Annotated[
        str | None, typer.Option("--version", metavar="V", help="Which release; default the newest.")
    ] = None,
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Say what would be done, and stop.")] = False,
    public: Annotated[
        bool, typer.Option("--public", help="Make a new dataset public; without it, it is private.")
    ] = False,
    over: Annotated[
        str | None,
        typer.Option("--over", metavar="COMMIT", help="Publish over this commit, which somebody else made."),
    ] = None,
    to: Annotated[
        str | None,
        typer.Option(
            "--to", metavar="DIR|URL", help="Copy to TO/VERSION instead (fsspec: s3://…, a folder)."
        ),
    ] = None,
    source: Annotated[
        Path | None,
        typer.Option("--from", metavar="DIR", help="A release folder anywhere, instead of the workspace."),
    ] = None,
    work: Work = WORK,
    json: Json = False,
) -> None:
    """Publish a release: one commit and one tag on the Hub, or a checked copy elsewhere."""
    from exporters.export import find_release

    if (repo is None) == (to is None):
        raise UsageError("name a dataset on the Hub (NAMESPACE/NAME), or a place with --to; not both")
    folder = source if source is not None else find_release(Workspace(work), version)
    if to is not None:
        _copy(folder, to, dry_run=dry_run, json=json)
    else:
        assert repo is not None
        _send(folder, repo, public=public, over=over, dry_run=dry_run, json=json)


def _copy(folder: Path, target: str, *, dry_run: bool, json: bool) -> None:
    from exporters.mirror import mirror

    done = mirror(folder, target, dry_run=dry_run, tell=tell)
    said = {"planned": "would copy", "copied": "copied", "unchanged": "already there:"}[done.state]
    report(
        "publish",
        f"{said} {done.version}: {done.sent} of {done.files} files, {done.bytes:,} bytes → {done.target}",
        {"files": done.files, "sent": done.sent, "bytes": done.bytes},
        as_json=json,
        version=done.version,
        state=done.state,
        target=done.target,
    )


def _send(folder: Path, repo: str, *, public: bool, over: str | None, dry_run: bool, json: bool) -> None:
    from exporters.hub import publish as run
    from exporters.hub_calls import Calls

    done = run(folder, Calls(repo), public=public, over=over, dry_run=dry_run, tell=tell)
    plan = done.plan
    counts: dict[str, int] = {}
    files: dict[str, Any] = {}
    if plan is not None:
        files = {name: getattr(plan, name) for name in ("new", "changed", "unchanged", "removed")}
        counts = {name: len(paths) for name, paths in files.items()}
    if plan is not None and done.state == "planned":
        for name, paths in files.items():
            for path in paths:
                tell(f"  {name:9} {path}")
    changes = ", ".join(f"{count} {name}" for name, count in counts.items())
    visible = "private" if done.private else "public"
    said = {
        "planned": f"would publish {done.version} to the {visible} dataset {repo}: {changes}",
        "published": f"published {done.version} to the {visible} dataset {repo}: {changes}",
        "tagged": f"{done.version} was sent to {repo} before and is tagged now",
        "unchanged": f"{done.version} is published in {repo} already",
    }[done.state]
    if done.private and public and done.state != "planned":
        tell(f"{repo} was there before and stays private; make it public in its settings on the Hub")
    report(
        "publish",
        f"{said}; {done.tag} at {done.commit[:12] if done.commit else 'a new commit'} → {done.url}",
        counts,
        as_json=json,
        version=done.version,
        state=done.state,
        repo=repo,
        tag=done.tag,
        commit=done.commit,
        private=done.private,
        url=done.url,
        files=files,
    )
