"""Pages in, documents of a workspace out: read → prepare → compare → commit.

Each step is a function over iterators; blocks of prepared pages wait in `documents/.staging`, and one
rename of a run folder commits the whole ingest.  Killed anywhere and run again, it ends in the same
workspace as one clean run.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Iterator
from pathlib import Path

import msgspec

from corpus.document import Document
from corpus.documents import new_run, revisions, write_shards
from corpus.errors import BadRecord, UsageError
from corpus.prepare import Settings
from corpus.readers import BY_NAME
from corpus.readers.page import ERRORS, Found, Item, Options, Refusal
from corpus.sources import LeftAlone, find, format_of
from corpus.staging import Staging, prepare_block, read_block
from corpus.store import Workspace, set_aside

Watch = Callable[[Counter[str]], None]


class Outcome(msgspec.Struct, frozen=True):
    """What became of every record: `counts` has `new`, `revised`, `unchanged` and the reasons.

    `left_alone` counts files of other kinds, which are no records; `errors` are the refusals that end
    the command with exit code 1, at most `SHOWN` of them.
    """

    counts: dict[str, int]
    left_alone: int
    errors: tuple[Refusal, ...]

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


def pages(paths: Iterable[Path], options: Options, left: list[Path]) -> Iterator[Item]:
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
    workspace: Workspace, paths: Iterable[Path], settings: Settings, *, watch: Watch | None = None
) -> Outcome:
    """Bring every page under `paths` into the workspace; see the module for what is guaranteed.

    Raises UsageError for a path or format that does not exist.
    """
    options = settings.options
    if options.format and options.format not in BY_NAME:
        raise UsageError(f"--format {options.format}: unknown; one of {', '.join(BY_NAME)}")
    staging = Staging(workspace, settings)
    left: list[Path] = []
    done: list[Path] = []
    seen: Counter[str] = Counter()
    for path, block in staging.blocks(pages(list(paths), options, left)):
        if not path.exists():
            seen.update(prepare_block(block, path, settings))
        done.append(path)
        if watch:
            watch(seen)
    staging.clear(keep=done)
    outcome = _commit(workspace, done, len(left))
    staging.remove()
    return outcome


def _commit(workspace: Workspace, blocks: list[Path], left: int) -> Outcome:
    counts: Counter[str] = Counter()
    refused: list[Refusal] = []
    current = revisions(workspace)
    taken: dict[str, str] = {}

    def kept() -> Iterator[Document]:
        for path in blocks:
            for _, record, made in read_block(path):
                verdict = made if isinstance(made, Refusal) else _compare(made, record, current, taken)
                if isinstance(verdict, Refusal):
                    counts[verdict.code] += 1
                    refused.append(verdict)
                else:
                    counts[verdict] += 1
                    if verdict != "unchanged" and isinstance(made, Document):
                        yield made

    with new_run(workspace) as folder:
        write_shards(folder, kept())
        set_aside(workspace.folder("documents") / "rejected.jsonl", map(msgspec.to_builtins, refused))
    errors = tuple(item for item in refused if item.is_error)[:SHOWN]
    return Outcome(dict(counts), left, errors)


def _compare(
    document: Document, record: str, current: dict[str, str], taken: dict[str, str]
) -> str | Refusal:
    before = taken.get(document.id)
    if before == document.digest:
        message = f"{record}: {document.id!r} was read already in this run, with the same text"
        return Refusal(record=record, code="repeated", message=message, id=document.id)
    if before is not None:
        message = f"{record}: the id {document.id!r} was used already in this run, for another text"
        return Refusal(record=record, code="duplicate-id", message=message, id=document.id)
    taken[document.id] = document.digest
    if document.id not in current:
        return "new"
    return "unchanged" if current[document.id] == document.digest else "revised"
