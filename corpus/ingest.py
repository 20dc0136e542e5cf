"""Pages in, documents of a workspace out: read → prepare → compare → commit.

Each step is a function over iterators; blocks of prepared pages wait in `documents/.staging`, and one
rename of a run folder commits the whole ingest.  Killed anywhere and run again, it ends in the same
workspace as one clean run.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Iterator
from functools import partial
from itertools import chain, islice
from pathlib import Path
from typing import cast

import msgspec

from corpus.document import Document
from corpus.documents import new_run, write_shards
from corpus.errors import BadRecord, UsageError
from corpus.merge import Merge, Recurring
from corpus.prepare import Settings
from corpus.readers import BY_NAME
from corpus.readers.page import ERRORS, Found, Item, Options, Page, Refusal
from corpus.refused import Refused
from corpus.shards import STRIKES, Block, run
from corpus.sources import LeftAlone, find, format_of
from corpus.staging import Staging, prepare_block
from corpus.store import Workspace, set_aside

Watch = Callable[[Counter[str]], None]


class Outcome(msgspec.Struct, frozen=True):
    """What became of every record: `counts` has `new`, `revised`, `unchanged` and the reasons.

    `left_alone` counts files of other kinds, which are no records; `errors` are the refusals that end
    the command with exit code 1, at most `SHOWN` of them.  `recurring` are lines that stand in many of the
    new documents, `largest` the largest family and its size: both are for a person to look at.
    """

    counts: dict[str, int]
    left_alone: int
    errors: tuple[Refusal, ...]
    recurring: tuple[Recurring, ...] = ()
    largest: tuple[str, int] | None = None

    @property
    def read(self) -> int:
        """How many records were read."""
        return sum(self.counts.values())

    @property
    def kept(self) -> int:
        """How many of them are documents of the workspace now."""
        return sum(self.counts.get(name, 0) for name in ("new", "revised", "unchanged"))

    @property
    def rejected(self) -> int:
        """How many records were unreadable or malformed."""
        return sum(count for name, count in self.counts.items() if name in ERRORS)


SHOWN = 100
IN_PROCESS = 3  # with fewer blocks than this no worker is worth starting


def pages(paths: Iterable[Path | str], options: Options, left: list[Path]) -> Iterator[Item]:
    """Every page under `paths`; what can't be read becomes a Refusal; `left` gets other files' paths."""
    for found in find(paths, options):
        if isinstance(found, LeftAlone):
            left.append(found.path)
        elif isinstance(found, Refusal):
            yield found
        else:
            yield from _pages_of(found, options)


def _pages_of(found: Found, options: Options) -> Iterator[Item]:
    try:
        name = options.format or format_of(found.path)
        yield from BY_NAME[name].read(found, options)
    except BadRecord as error:
        yield Refusal(record=error.record or str(found.path), code=error.code, message=str(error))


def ingest(
    workspace: Workspace,
    paths: Iterable[Path | str],
    settings: Settings,
    *,
    workers: int = 1,
    watch: Watch | None = None,
) -> Outcome:
    """Bring every page under `paths` into the workspace; see the module for what is guaranteed.

    `workers` processes prepare pages once there are more than fit a few blocks; `watch` is called with
    the counts so far after each block.  Raises UsageError for a path or format that does not exist.
    """
    options = settings.options
    if options.format and options.format not in BY_NAME:
        raise UsageError(f"--format {options.format}: unknown; one of {', '.join(BY_NAME)}")
    staging = Staging(workspace, settings)
    left: list[Path] = []
    done: list[Path] = []
    seen: Counter[str] = Counter()
    for path, counts in _prepared(staging, pages(list(paths), options, left), workers):
        done.append(path)
        seen.update(counts)
        if watch:
            watch(seen)
    staging.clear(keep=done)
    outcome = _commit(workspace, staging, done, len(left))
    staging.remove()
    return outcome


def _prepared(staging: Staging, items: Iterator[Item], workers: int) -> Iterator[tuple[Path, dict[str, int]]]:
    """(path, counts) of every block, those that an earlier run finished included (without counts)."""
    function = partial(prepare_block, settings=staging.settings)
    finished: list[Path] = []

    def unfinished() -> Iterator[Block]:
        for path, block in staging.blocks(items):
            if path.exists():
                finished.append(path)
            else:
                yield Block(path, list(block))

    source = unfinished()
    first = list(islice(source, IN_PROCESS if workers > 1 else 0))
    if workers == 1 or len(first) < IN_PROCESS:
        for block in chain(first, source):
            yield block.path, function(cast("list[Item]", block.items), block.path)
    else:
        run_function = cast("Callable[[list[object], Path], dict[str, int]]", function)
        for block, counts in run(run_function, chain(first, source), workers=workers, give_up=_deadly):
            yield block.path, counts
    yield from ((path, {}) for path in finished)


def _deadly(item: object) -> Item:
    assert isinstance(item, Page | Refusal)
    message = f"{item.record}: killed {STRIKES} workers; look at this record (its size, its nesting)"
    return Refusal(record=item.record, code="kills-workers", message=message)


def _commit(workspace: Workspace, staging: Staging, blocks: list[Path], left: int) -> Outcome:
    counts: Counter[str] = Counter()
    faults: list[Refusal] = []
    merge = Merge(workspace, blocks, staging.folder, duplicates=staging.settings.duplicates == "filter")
    with new_run(workspace) as folder, Refused(workspace, folder) as refused:

        def kept() -> Iterator[Document]:
            for verdict in merge.verdicts():
                counts[verdict.code if verdict.refusal is None else verdict.refusal.code] += 1
                if verdict.refusal and verdict.refusal.is_error:
                    faults.append(msgspec.structs.replace(verdict.refusal, text=None))
                elif verdict.refusal:
                    refused.add(verdict.refusal)
                elif verdict.document and verdict.code != "unchanged":
                    yield verdict.document

        write_shards(folder, kept())
        set_aside(workspace.folder("documents") / "rejected.jsonl", map(msgspec.to_builtins, faults))
    merge.close()
    return Outcome(dict(counts), left, tuple(faults[:SHOWN]), tuple(merge.recurring), merge.largest)
