"""Pre-labelling from file to file: whole or not at all, resumable, with a manifest.

The output grows under `<out>.partial` and takes its name when it is complete.  A run that was cut off
leaves the partial file; `resume` checks it line by line against the input and goes on after it.
"""

from __future__ import annotations

import hashlib
import os
import sys
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import IO, Any

import msgspec

from corpus.canonical import canon
from corpus.errors import BadRecord, UsageError
from corpus.store import atomic_file, sync
from labeling.lines import Options, label_lines, read_input
from labeling.prelabel import pipeline

_encode = msgspec.json.Encoder().encode
_REMEDY = "remove the .partial file, or run without --resume"


class Tally:
    """What a run counted: lines, documents, spans, errors by code, spans by label."""

    def __init__(self) -> None:
        self.lines = 0
        self.spans = 0
        self.errors: Counter[str] = Counter()
        self.labels: Counter[str] = Counter()
        self.digest = hashlib.sha256()

    def add(self, line: dict[str, Any]) -> None:
        """Count one output object."""
        self.lines += 1
        if "error" in line:
            self.errors[line["error"]["code"]] += 1
        else:
            self.spans += len(line["spans"])
            self.labels.update(span["label"] for span in line["spans"])

    @property
    def failed(self) -> int:
        """Lines that became error lines."""
        return sum(self.errors.values())


def label_file(
    source: str,
    target: str,
    options: Options,
    *,
    jobs: int = 1,
    resume: bool = False,
    progress: Callable[[Tally], None] = lambda tally: None,
) -> Tally:
    """Label JSONL `source` into `target` ("-": stdin, stdout); returns the counts.

    Raises UsageError when the input is missing, or when a partial output belongs to another input.
    """
    tally = Tally()
    with _opened(source) as lines:
        given = _hashed(lines, tally)
        if target == "-":
            if resume:
                raise UsageError("--resume needs --out FILE: what went to stdout can't be taken up again")
            _write(label_lines(given, options, jobs=jobs), sys.stdout.buffer, tally, progress)
            return tally
        path = Path(target)
        _refuse_target(path, source)
        partial = path.with_name(path.name + ".partial")
        with _claimed(partial, resume) as file:
            made_with = _made_with(partial, options, resume=resume and file.seek(0, os.SEEK_END) > 0)
            done = _take_up(file, given, options, tally) if resume else 0
            file.seek(0, os.SEEK_END)
            made = label_lines(given, options, jobs=jobs, first_line=done + 1)
            _write(made, file, tally, progress)
        sync(partial)
        partial.replace(path)
        made_with.unlink(missing_ok=True)
        sync(path.parent)
    return tally


def write_manifest(path: Path, source: str, options: Options, tally: Tally) -> None:
    """Record what a run was made from and counted; the same run gives the same bytes."""
    engine = pipeline(options.settings)
    body = {
        "input": {"name": "-" if source == "-" else Path(source).name, "sha256": tally.digest.hexdigest()},
        "counts": {
            "lines": tally.lines,
            "documents": tally.lines - tally.failed,
            "errors": tally.failed,
            "spans": tally.spans,
        },
        "errors": dict(sorted(tally.errors.items())),
        "labels": dict(sorted(tally.labels.items())),
        "sources": [{"source": name, "version": version} for name, version in engine.source_versions.items()],
        "merge": engine.version,
        "scheme": engine.scheme_version,
        "pipeline": engine.hash,
        "options": msgspec.to_builtins(options),
    }
    with atomic_file(path) as temporary:
        temporary.write_bytes(msgspec.json.format(_encode(body)) + b"\n")


def _opened(source: str) -> IO[bytes]:
    if source == "-":
        return os.fdopen(os.dup(sys.stdin.fileno()), "rb")
    try:
        return Path(source).open("rb")
    except OSError as error:
        reason = error.strerror or type(error).__name__
        raise UsageError(f"--in {source}: {reason.lower()}; name a JSONL file, or - for stdin") from None


def _hashed(lines: IO[bytes], tally: Tally) -> Iterator[bytes]:
    for line in lines:
        tally.digest.update(line)
        yield line.rstrip(b"\r\n")


def _refuse_target(path: Path, source: str) -> None:
    """Say before the work that an output can't take its name, or would take the input's."""
    if path.exists() and not path.is_file():  # a name may be taken from a device too: /dev/null
        what = (
            "is a directory; name a file in it" if path.is_dir() else "is no regular file; write to - instead"
        )
        raise UsageError(f"--out {path}: {what}")
    if source != "-" and path.exists() and path.samefile(source):
        raise UsageError(f"--out {path}: is the input too; name another file")


@contextmanager
def _claimed(path: Path, resume: bool) -> Iterator[IO[bytes]]:
    """The partial file, held by one run at a time; emptied unless it is taken up again."""
    from filelock import FileLock, Timeout

    if not path.parent.is_dir():
        raise UsageError(f"--out: there is no folder {path.parent}; make it first")
    lock = FileLock(f"{path}.lock", timeout=0)
    try:
        lock.acquire()
    except Timeout:
        raise UsageError(f"{path}: another run is writing this output; wait, or use another --out") from None
    try:
        with path.open("r+b" if resume and path.exists() else "w+b") as file:
            yield file
    finally:
        lock.release()
        Path(f"{path}.lock").unlink(missing_ok=True)


def _made_with(partial: Path, options: Options, *, resume: bool) -> Path:
    """The note beside a partial output of what it is made with: a run never mixes two pipelines."""
    note = partial.with_name(partial.name + ".made-with")
    key = pipeline(options.settings).hash.encode() + b" " + _encode(options) + b"\n"
    if resume and note.exists() and note.read_bytes() != key:
        raise UsageError(f"{partial} was made with other options or versions: {_REMEDY}")
    with atomic_file(note) as temporary:
        temporary.write_bytes(key)
    return note


def _take_up(file: IO[bytes], given: Iterator[bytes], options: Options, tally: Tally) -> int:
    """Count the complete lines of a partial output, checked against the input; returns how many."""
    file.seek(0)
    end = 0
    for number, made in enumerate(file, 1):
        if not made.endswith(b"\n"):
            break  # torn when the run was cut off; written again below
        try:
            line = msgspec.json.decode(made)
            _check_same(number, next(given, None), line)
            tally.add(line)
        except (msgspec.DecodeError, LookupError, TypeError):
            raise UsageError(f"line {number} of {file.name} is no output of prelabel: {_REMEDY}") from None
        end += len(made)
    file.truncate(end)
    return tally.lines


def _check_same(number: int, given: bytes | None, made: dict[str, Any]) -> None:
    if given is None:
        raise UsageError(f"the partial output is longer than the input ({number} lines): {_REMEDY}")
    if "error" in made:
        return
    try:
        identity, text, _ = read_input(given)
        kept = msgspec.json.decode(_encode(identity))  # as it reads once written: 1e400 is null
        same = kept == made["id"] and ("text" not in made or canon(text) == made["text"])
    except BadRecord:
        same = False
    if not same:
        raise UsageError(f"line {number} of the partial output was made from another input: {_REMEDY}")


def _write(
    made: Iterator[dict[str, Any]], file: IO[bytes], tally: Tally, progress: Callable[[Tally], None]
) -> None:
    for line in made:
        file.write(_encode(line) + b"\n")
        tally.add(line)
        progress(tally)
    file.flush()
