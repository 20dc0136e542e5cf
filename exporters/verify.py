"""Check a release from a plain copy, without the workspace: `vicivic verify PATH`.

Hashes first; then everything that can be made anew from `documents`, `spans` and `provenance` is made
anew and compared: offsets, nesting, tokens, tags, views, counts, the card.  Then the promises about
splits: families whole, no near duplicates across (the measures of `corpus.dedup`), nothing moved since
the release before.  Every fault is named; memory stays flat but for the ids of documents.
"""

from __future__ import annotations

import tempfile
from collections.abc import Callable, Iterator
from itertools import islice
from pathlib import Path

import msgspec

from corpus.errors import DataError
from exporters.changelog import CHANGELOG
from exporters.checks import check_card, check_columns, check_counts, check_hashes
from exporters.diff import Side, difference
from exporters.manifest import MANIFEST, Manifest, read_manifest
from exporters.recount import Fault, read_documents, recount
from exporters.rows import Tally
from exporters.splits import HELD, Line, read_lines
from exporters.tombstones import read_tombstones
from exporters.versions import next_version, parse_version
from labeling.scheme import load_scheme

MOST = 100  # faults of one check that are told one by one


class Verified(msgspec.Struct, kw_only=True):
    """What was checked, and every fault in the order in which it was found."""

    version: str
    faults: list[Fault] = []
    documents: int = 0
    spans: int = 0
    checks: list[str] = []


def verify(
    folder: Path, *, previous: Path | None = None, progress: Callable[[str], None] = lambda check: None
) -> Verified:
    """Run every check on a release.  Raises ReleaseError when the folder holds no release at all."""
    manifest = read_manifest(folder)
    done = Verified(version=manifest.version)
    tally = Tally()
    documents: dict[str, str] = {}

    def rows() -> Iterator[Fault]:
        yield from _rows(folder, manifest, tally, documents)

    checks: dict[str, Callable[[], Iterator[Fault]]] = {
        "hashes": lambda: check_hashes(folder, manifest),
        "columns": lambda: check_columns(folder, manifest),
        "rows": rows,
        "counts": lambda: check_counts(folder, manifest, tally),
        "card": lambda: check_card(folder, manifest, tally),
        "splits": lambda: _splits(folder, manifest, documents),
        "leaks": lambda: _leaks(folder, manifest),
        "history": lambda: _history(folder, manifest, previous, documents),
    }
    if manifest.hydrated:  # without texts: its rows are proved when they are filled in, by hydrate.py
        checks = {"hashes": checks["hashes"]}
    for name, check in checks.items():
        progress(name)
        done.checks.append(name)
        try:
            found = check()
            done.faults += islice(found, MOST)
            more = sum(1 for _ in found)
            if more:
                done.faults.append(Fault(name, "", f"{more} more faults of this kind"))
        except Exception as error:  # whatever a forger wrote there, the other checks go on
            done.faults.append(
                Fault(name, str(folder), f"can't be checked ({type(error).__name__}: {error})")
            )
    done.documents, done.spans = len(documents), tally.labels.total()
    return done


def _rows(folder: Path, manifest: Manifest, tally: Tally, documents: dict[str, str]) -> Iterator[Fault]:
    for found in recount(folder, manifest, load_scheme(manifest.scheme), tally):
        if isinstance(found, Fault):
            yield found
            continue
        split, item = found
        if item.document.id in documents:
            yield Fault("splits", split, f"{item.document.id} is also in {documents[item.document.id]}")
        documents[item.document.id] = split
        if split != "train" and (item.machine or "machine" in item.record.quality.values()):
            yield Fault("splits", split, f"{item.document.id} is not settled in both layers")


def _splits(folder: Path, manifest: Manifest, documents: dict[str, str]) -> Iterator[Fault]:
    """splits.csv is what the rows say, and no family lies in two splits."""
    lines = {line.doc_id: line for line in read_lines(folder / "splits.csv")}
    for name in lines.keys() ^ documents.keys():
        where = "splits.csv" if name in lines else "the data"
        yield Fault("splits", "splits.csv", f"{name} stands only in {where}")
    families: dict[str, Line] = {}
    for name in sorted(lines.keys() & documents.keys()):
        line = lines[name]
        if line.split != documents[name] or line.split == HELD:
            yield Fault(
                "splits", "splits.csv", f"{name} is {line.split} there, {documents[name]} in the data"
            )
        first = families.setdefault(line.family, line)
        if first.split != line.split:
            yield Fault(
                "splits",
                "splits.csv",
                f"family {line.family}: {first.doc_id} in {first.split}, {name} in {line.split}",
            )
    if manifest.kind == "machine" and set(documents.values()) - {"train"}:
        yield Fault("splits", "splits.csv", "a release of machine proposals has a train split only")


def _leaks(folder: Path, manifest: Manifest) -> Iterator[Fault]:
    """No two documents of different splits are near duplicates."""
    from corpus.dedup import FAMILY_CONTAINMENT, FAMILY_JACCARD, add_sketches, connect, create_tables, edges
    from corpus.sketch import Sketch, sketch

    split_of: dict[str, str] = {}
    with tempfile.TemporaryDirectory() as scratch:
        connection = connect(Path(scratch))
        create_tables(connection)

        def sketches() -> Iterator[tuple[int, str, bool, Sketch]]:
            for number, (split, document) in enumerate(read_documents(folder, manifest)):
                split_of[document.id] = split
                yield number, document.id, False, sketch(document)

        add_sketches(connection, sketches())
        for edge in edges(connection):
            left, right = split_of[edge.left], split_of[edge.right]
            alike = edge.jaccard >= FAMILY_JACCARD or edge.containment >= FAMILY_CONTAINMENT
            if left != right and alike:
                yield Fault(
                    "leaks",
                    "splits.csv",
                    f"{edge.left} ({left}) and {edge.right} ({right}) are near duplicates: "
                    f"Jaccard {edge.jaccard:.2f}, containment {edge.containment:.2f}",
                )
        connection.close()


def _history(
    folder: Path, manifest: Manifest, previous: Path | None, documents: dict[str, str]
) -> Iterator[Fault]:
    """Changelog and tombstones fit; nothing moved since the release before, when that is at hand."""
    text = (folder / CHANGELOG).read_text(encoding="utf-8")
    if not text.startswith(f"# Changelog\n\n## {manifest.version}"):
        yield Fault("history", CHANGELOG, f"it does not begin with {manifest.version}")
    for name, since in read_tombstones(folder):
        if name in documents:
            yield Fault("history", "tombstones.csv", f"{name} was taken down with {since}, and is here")
    before = previous or (folder.parent / manifest.previous if manifest.previous else None)
    if before is None or not before.is_dir():
        return
    older = read_manifest(before)
    if older.version != manifest.previous:
        raise DataError(f"{before} is {older.version}, the release before is {manifest.previous}")
    if parse_version(older.version) >= parse_version(manifest.version):
        yield Fault("history", MANIFEST, f"{manifest.version} does not come after {older.version}")
    now = {line.doc_id: line for line in read_lines(folder / "splits.csv")}
    gone = {name for name, _ in read_tombstones(folder)}
    for line in read_lines(before / "splits.csv"):
        if line.doc_id in now and now[line.doc_id] != line:
            yield Fault(
                "history", "splits.csv", f"{line.doc_id} was {line.split}, is {now[line.doc_id].split}"
            )
    for name, _ in read_tombstones(before):
        if name not in gone:
            yield Fault("history", "tombstones.csv", f"the tombstone of {name} is missing")
    found = difference(Side(before, older), Side(folder, manifest), frozenset(gone))
    right = next_version(parse_version(older.version), parse_version(older.version).kind, found.level)
    if str(right) != manifest.version:
        yield Fault("history", MANIFEST, f"from what changed since {older.version} follows {right}")
