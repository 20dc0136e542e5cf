"""`vicivic diff`: what changed between two releases, in words, as a table, as JSON or as Markdown."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from corpus.command import WORK, Json, Work, report
from corpus.errors import UsageError
from corpus.store import Workspace

DIFF_EXAMPLES = (
    "vicivic diff 1.0.0 1.1.0",
    "vicivic diff 1.0.0 latest --markdown",
    "vicivic diff old/ new/ --json",
)


def diff(
    before: Annotated[str, typer.Argument(metavar="A", help="A version, or the folder of a release.")],
    after: Annotated[
        str, typer.Argument(metavar="B", help="A later version or folder; `latest` is the newest.")
    ],
    markdown: Annotated[bool, typer.Option("--markdown", help="As a section of a changelog.")] = False,
    work: Work = WORK,
    json: Json = False,
) -> None:
    """Show what changed between two releases: documents, spans, labels, values, columns."""
    from exporters.changelog import counted, examples, in_words, section, table
    from exporters.diff import Side, changes, difference
    from exporters.manifest import read_manifest
    from exporters.tombstones import read_tombstones
    from exporters.versions import parse_version

    old, new = (Side(path, read_manifest(path)) for path in (_folder(name, work) for name in (before, after)))
    versions = old.manifest.version, new.manifest.version
    kinds = [parse_version(version).kind for version in versions]
    if kinds[0] != kinds[1]:
        raise UsageError(
            f"{versions[0]} is of {kinds[0]} spans, {versions[1]} of {kinds[1]} ones; "
            "name two releases of one series"
        )
    gone = frozenset(name for name, _ in read_tombstones(new.folder))
    found = difference(old, new, gone)
    shown = examples(changes(old, new, gone))
    if markdown:
        new_test = old.manifest.test_digest != new.manifest.test_digest
        print(section(versions[1], new.manifest.created, versions[0], found, shown, new_test=new_test))
        return
    if not json:
        table(found, shown)
    counts = found.by_change()
    summary = ", ".join(counted(change, number) for change, number in counts.items()) or "nothing changed"
    report(
        "diff",
        f"{versions[0]} → {versions[1]} ({found.level}): {summary}",
        counts,
        as_json=json,
        before=versions[0],
        after=versions[1],
        level=found.level,
        structure=[{"what": what, "level": level} for what, level in found.structure],
        labels=[
            {"change": change, "label": label, "spans": count}
            for (change, label), count in sorted(found.counts.items())
            if label
        ],
        examples=[in_words(change) for kept in shown.values() for change in kept],
    )


def _folder(name: str, work: Path) -> Path:
    """A release by version (in the workspace) or by its folder."""
    from exporters.show import find_release

    folder = Path(name)
    return folder if folder.is_dir() else find_release(Workspace(work).folder("releases"), name)
