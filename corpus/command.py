"""What every verb of the command line shares: the workspace option, one summary line, `--json`."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Annotated, Any

import msgspec
import typer

from corpus.store import DEFAULT_WORK

Work = Annotated[
    Path,
    typer.Option(
        "--work",
        envvar="VICIVIC_WORK",
        metavar="DIR",
        help="The workspace folder.",
        show_default=DEFAULT_WORK,
    ),
]
Json = Annotated[bool, typer.Option("--json", help="Print one JSON object instead of the summary line.")]
WORK = Path(DEFAULT_WORK)


def examples(*lines: str) -> str:
    """An epilog that shows `lines` as commands to copy."""
    return "Examples:\n\n" + "\n\n".join(f"  {line}" for line in lines)


def report(
    verb: str,
    summary: str,
    counts: dict[str, int],
    *,
    as_json: bool = False,
    rejected: int = 0,
    to_stderr: bool = False,
    **extra: Any,
) -> None:
    """Print the one summary line, or with `as_json` the object {"verb","counts","rejected",…}.

    Goes to stdout, or to stderr when the data itself went to stdout.
    """
    stream = sys.stderr if to_stderr else sys.stdout
    if as_json:
        body = {"verb": verb, "counts": counts, "rejected": rejected, **extra}
        stream.write(msgspec.json.encode(body).decode("utf-8") + "\n")
    else:
        stream.write(summary + "\n")
    stream.flush()


def tell(message: str) -> None:
    """One line of progress or warning on stderr."""
    sys.stderr.write(message + "\n")
    sys.stderr.flush()


def finish(rejected: int) -> None:
    """End the verb with exit code 1 when something was refused."""
    if rejected:
        raise typer.Exit(1)
