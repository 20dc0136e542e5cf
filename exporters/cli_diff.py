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

    sides = [Side(path, read_manifest(path)) for path in (_folder(name, work) for name in (before, after))]
    kinds = [parse_version(side.manifest.version).kind for side in sides]
    if kinds[0] != kinds[1]:
        raise UsageError(
            f"{sides[0].manifest.version} is of {kinds[0]} spans, {sides[1].manifest.version} of {kinds[1]} "
            "ones; name two releases of one series"
        )
    gone = frozenset(name for name, _ in read_tombstones(sides[1].folder))
    found = difference(*sides, gone)
    shown = examples(changes(*sides, gone))
    versions = [side.manifest.version for side in sides]
    if markdown:
        tests = [side.manifest.test_digest for side in sides]
        print(
            section(
                versions[1],
                sides[1].manifest.created,
                versions[0],
                found,
                shown,
                new_test=tests[0] != tests[1],
            )
        )
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
