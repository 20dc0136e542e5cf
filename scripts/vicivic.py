"""ViCivic from the front: the one command, and the supported Python module.

>>> import vicivic
>>> for line in vicivic.prelabel([{"id": 1, "text": "Thu ngân sách đạt trên 52 tỷ đồng."}]):
...     print(line["spans"][0]["label"], line["spans"][0]["norm"]["value"])
MONEY 52000000000

Importing this module is light: it loads neither label_studio_sdk, nor datasets, nor pandas.
"""

from __future__ import annotations

import os
import sys
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import TYPE_CHECKING, Annotated, Any

from corpus import __version__
from corpus.document import Document
from corpus.errors import ViCivicError
from labeling.prelabel import Settings

if TYPE_CHECKING:
    import typer

__all__ = ["Document", "Settings", "ViCivicError", "__version__", "main", "prelabel"]


def prelabel(
    documents: Iterable[Mapping[str, Any] | str | Document],
    *,
    sources: Sequence[str] | None = None,
    labels: Sequence[str] | None = None,
) -> Iterator[dict[str, Any]]:
    """Label documents as `vicivic prelabel --in` does: one result for each document, in order.

    A document is a mapping with "text" (and "id", "published"), a plain text, or a `Document`.  A result
    is the object that the command writes: {"id","text","spans":[…]}, or {"id","line","error"} for one
    that is refused (`line` counts documents from 1).  `sources` and `labels` are names; None means all.
    Models are loaded once per process.  Raises UsageError for an unknown source or label.
    """
    from labeling.lines import Options, label_lines

    settings = Settings(sources=tuple(sources or ()), labels=tuple(labels or ()))
    return label_lines(documents, Options(settings=settings))


def main(arguments: Sequence[str] | None = None) -> None:
    """The command line.  Ends with exit code 0 done, 1 data refused, 2 usage, 130 stopped."""
    command()(args=None if arguments is None else list(arguments), prog_name="vicivic")


def command() -> typer.Typer:
    """The Typer application: every verb in the order of the work."""
    import typer

    import corpus.cli
    import exporters.cli
    import labeling.cli.evaluate
    import labeling.cli.numbers
    import labeling.cli.prelabel
    import labeling.cli.settle
    import labeling.cli.studio

    app = typer.Typer(
        name="vicivic",
        help="Vietnamese civic news: raw pages to documents, proposals, corrections, releases.",
        no_args_is_help=True,
        add_completion=False,
        pretty_exceptions_enable=False,
    )
    app.callback()(_globals)
    verbs: list[tuple[Callable[..., None], tuple[str, ...]]] = []
    for verb, epilog in verbs:
        app.command(epilog=examples(*epilog))(guarded(verb))
    return app


def _globals(
    work: Annotated[str | None, Option("--work", metavar="DIR", help="Workspace folder of the verb.")] = None,
    version: Annotated[bool, Option("--version", help="Print the version.")] = False,
) -> None:
    if work:
        os.environ["VICIVIC_WORK"] = work
    if version:
        print(f"vicivic {__version__}")
        raise Exit


def guarded(verb: Callable[..., None]) -> Callable[..., None]:
    """`verb` with its expected endings as exit codes: one line on stderr, never a traceback."""

    @functools.wraps(verb)
    def run(*arguments: Any, **options: Any) -> None:
        try:
            verb(*arguments, **options)
        except ViCivicError as error:
            print(f"vicivic {verb.__name__}: {error}", file=sys.stderr)
            raise Exit(error.exit_code) from None
        except KeyboardInterrupt:
            print(f"vicivic {verb.__name__}: stopped; run the same command to go on", file=sys.stderr)
            raise Exit(130) from None
        except BrokenPipeError:
            os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
            raise Exit(1) from None

    return run


if __name__ == "__main__":
    main()
