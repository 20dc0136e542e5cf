"""Make the next release: the same folder, byte for byte, whenever it is made from the same work.

Nothing in it comes from the clock, the host or a path.  Its number follows from what changed since the
release before (`exporters.diff`, `exporters.versions`).
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import msgspec

from corpus.documents import read_documents
from corpus.errors import ReleaseError
from corpus.store import Workspace, atomic_file
from corpus.takedowns import Takedowns, read_takedowns
from exporters.build import Build, described, freeze, placed, temporary, time_cuts, write_changes, write_rows
from exporters.card import write_card
from exporters.changelog import examples, section, write_changelog
from exporters.citation import write_citation
from exporters.croissant import write_croissant
from exporters.diff import Difference, Side, changes, difference
from exporters.facts import Terms, agreement, counts_of, first_manifest, with_baselines, write_scorer
from exporters.formats.huggingface import check_features
from exporters.manifest import CHANGES, Manifest, read_manifest, write_manifest
from exporters.material import has_records, human_items, machine_items
from exporters.parquet import parquet_rows
from exporters.plots import write_plots
from exporters.splits import SMALL_WORKSPACE, Ledger, write_lines
from exporters.tombstones import buried, write_tombstones
from exporters.versions import Kind, Version, check_version, next_version, released
from labeling.scheme import Scheme, load_scheme


class Outcome(msgspec.Struct, frozen=True, kw_only=True):
    """What a run of `release` did; `path` is None when nothing changed since `version`."""

    kind: Kind
    version: Version
    path: Path | None
    counts: dict[str, int]
    difference: Difference | None = None


def release(
    workspace: Workspace,
    *,
    machine: bool = False,
    version: str | None = None,
    terms: Terms | None = None,
    progress: Callable[[str], None] = lambda document: None,
) -> Outcome:
    """Make the next release of a kind, unless nothing changed since the last one.

    Of settled records, or of machine proposals with `machine` or while no record exists.  Raises
    ReleaseError when there is nothing to release, when what is there does not fit, or when `version` is
    not the number that follows from what changed.
    """
    kind: Kind = "machine" if machine or not has_records(workspace) else "human"
    scheme = load_scheme()
    folder = workspace.folder("releases")
    before = released(folder, kind)
    previous = Side(before[-1][1], read_manifest(before[-1][1])) if before else None
    takedowns = read_takedowns(workspace)
    ledger, documents, cuts = _ledger(workspace, takedowns)
    fresh = ledger.draw(documents, small=len(documents) < SMALL_WORKSPACE)
    with temporary(folder) as (target, scratch):
        items = (
            human_items(workspace, scratch) if kind == "human" else machine_items(workspace, scheme, scratch)
        )
        build = Build()
        kept = placed(items, ledger, kind, build, takedowns.covers, cuts)
        write_rows(target, kept, scheme, build, progress)
        counts = counts_of(len(documents), build)
        if not build.documents:
            raise ReleaseError(_nothing(kind, counts))
        write_lines(target / "splits.csv", (ledger.lines[name] for name in sorted(build.documents)))
        manifest = first_manifest(target, scheme, kind, build, counts=counts, terms=terms or Terms())
        if previous and previous.manifest.content == manifest.content:
            return Outcome(kind=kind, version=before[-1][0], path=None, counts=counts)
        found = _compare(previous, Side(target, manifest), takedowns)
        number = next_version(before[-1][0] if before else None, kind, found.level if found else "minor")
        check_version(version, number, found)
        dated = ledger.date(fresh, str(number))
        write_lines(target / "splits.csv", (ledger.lines[name] for name in sorted(build.documents)))
        agreed = agreement(workspace) if kind == "human" else None
        manifest = msgspec.structs.replace(manifest, version=str(number), agreement=agreed)
        finish(target, manifest, previous, found, build, takedowns, scheme)
        if dated:
            ledger.append(dated)
        freeze(target, folder / str(number))
    return Outcome(kind=kind, version=number, path=folder / str(number), counts=counts, difference=found)


def _ledger(
    workspace: Workspace, takedowns: Takedowns
) -> tuple[Ledger, list[tuple[str, str]], tuple[str, str] | None]:
    """The ledger, checked against all releases; (id, family) of all documents; cuts of the time split."""
    ledger = Ledger(workspace.folder("ledger") / "splits.csv")
    for _, path in released(workspace.folder("releases")):
        ledger.check_against(path / "splits.csv")
    documents, dates = [], []
    for document in read_documents(workspace):
        if not takedowns.covers(document):
            documents.append((document.id, document.family or document.id))
            dates.append(document.published)
    return ledger, documents, _frozen_cuts(workspace, dates)


def _frozen_cuts(workspace: Workspace, dates: list[str | None]) -> tuple[str, str] | None:
    """The cuts of the time split, kept in `ledger/time.json` from the first time there are enough dates."""
    path = workspace.folder("ledger") / "time.json"
    if path.exists():
        return msgspec.json.decode(path.read_bytes(), type=tuple[str, str])
    cuts = time_cuts(dates, SMALL_WORKSPACE)
    if cuts:
        with atomic_file(path) as part:
            part.write_bytes(msgspec.json.encode(cuts) + b"\n")
    return cuts


def _compare(previous: Side | None, new: Side, takedowns: Takedowns) -> Difference | None:
    if previous is None:
        return None
    return difference(previous, new, buried(previous.folder, takedowns))


def finish(
    target: Path,
    manifest: Manifest,
    previous: Side | None,
    found: Difference | None,
    build: Build,
    takedowns: Takedowns,
    scheme: Scheme,
) -> None:
    """Write all that follows from the rows: changes, tombstones, changelog, card, manifest."""
    gone = buried(previous.folder, takedowns) if previous else frozenset()
    new = Side(target, manifest)
    shown = {}
    if previous is not None:
        shown = examples(changes(previous, new, gone))
        made = write_changes(
            target, _earlier(previous), changes(previous, new, gone), manifest.version, scheme
        )
        if made:
            build.written[CHANGES] = {"train": made}
    manifest = msgspec.structs.replace(
        manifest,
        previous=previous.manifest.version if previous else None,
        configs=described(build.written, scheme),
    )
    manifest = with_baselines(target, manifest)
    write_scorer(target)
    write_tombstones(target, previous.folder if previous else None, gone, manifest.version)
    newest = section(
        manifest.version,
        manifest.created,
        manifest.previous,
        found,
        shown,
        new_test=previous is not None and previous.manifest.test_digest != manifest.test_digest,
    )
    write_changelog(target, newest, previous.folder if previous else None)
    write_plots(target, build.tally, scheme)
    write_citation(target, manifest)
    write_croissant(target, manifest)
    write_card(target, manifest, build.tally, build.written, scheme)
    check_features(target, build.written)
    write_manifest(target, manifest)


def _earlier(previous: Side) -> Iterator[dict[str, Any]]:
    """The rows of `changes` in the release before."""
    config = previous.manifest.configs.get(CHANGES)
    for file in config.splits.values() if config else ():
        yield from parquet_rows(previous.folder / file.path)


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
