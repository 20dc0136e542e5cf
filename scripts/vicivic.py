"""ViCivic from the front: the one command, and the supported Python module.

>>> import vicivic
>>> for line in vicivic.prelabel([{"id": 1, "text": "Thu ngân sách đạt trên 52 tỷ đồng."}]):
...     print(line["spans"][0]["label"], line["spans"][0]["norm"]["value"])
MONEY 52000000000

Importing this module is light: it loads neither label_studio_sdk, nor datasets, nor pandas.
"""

from __future__ import annotations

import errno
import functools
import os
import sys
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from importlib import import_module
from typing import Annotated, Any

import typer
from typer.core import TyperGroup

from corpus import __version__
from corpus.command import examples
from corpus.document import Document
from corpus.errors import ViCivicError
from corpus.settings import FILE as SETTINGS
from corpus.settings import defaults, workspace_of
from labeling.prelabel import Settings

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

    settings = Settings(sources=_names(sources), labels=_names(labels))
    return label_lines(documents, Options(settings=settings))


def _names(given: Sequence[str] | None) -> tuple[str, ...]:
    """A sequence of names; one name alone is taken as such, not letter by letter."""
    return (given,) if isinstance(given, str) else tuple(given or ())


def main(arguments: Sequence[str] | None = None) -> None:
    """The command line.  Ends with exit code 0 done, 1 data refused, 2 usage, 130 stopped."""
    command()(args=None if arguments is None else list(arguments), prog_name="vicivic")


# Every verb in the order of the work: its name, its function, and the constant with its examples.
VERBS = (
    ("ingest", "corpus.cli:ingest_command", "corpus.cli:INGEST_EXAMPLES"),
    ("stats", "corpus.cli:stats_command", "corpus.cli:STATS_EXAMPLES"),
    ("show", "exporters.cli_show:show", "exporters.cli_show:SHOW_EXAMPLES"),
    ("prelabel", "labeling.cli.prelabel:prelabel", "labeling.cli.prelabel:EXAMPLES"),
    ("numbers", "labeling.cli.numbers:numbers", "labeling.cli.numbers:EXAMPLES"),
    ("evaluate", "labeling.cli.evaluate:evaluate", "labeling.cli.evaluate:EXAMPLES"),
    ("studio up", "labeling.cli.studio:up", "labeling.cli.studio:UP_EXAMPLES"),
    ("studio down", "labeling.cli.studio:down", "labeling.cli.studio:DOWN_EXAMPLES"),
    ("studio status", "labeling.cli.studio:server_status", "labeling.cli.studio:SERVER_EXAMPLES"),
    ("push", "labeling.cli.studio:push", "labeling.cli.studio:PUSH_EXAMPLES"),
    ("pull", "labeling.cli.studio:pull", "labeling.cli.studio:PULL_EXAMPLES"),
    ("status", "labeling.cli.studio:status", "labeling.cli.studio:STATUS_EXAMPLES"),
    ("scores", "labeling.cli.quality:scores", "labeling.cli.quality:SCORES_EXAMPLES"),
    ("agreement", "labeling.cli.quality:agreement", "labeling.cli.quality:AGREEMENT_EXAMPLES"),
    ("settle", "labeling.cli.settle:settle", "labeling.cli.settle:EXAMPLES"),
    ("find", "labeling.cli.curation:find", "labeling.cli.curation:FIND_EXAMPLES"),
    ("decide", "labeling.cli.curation:decide", "labeling.cli.curation:DECIDE_EXAMPLES"),
    ("questions", "labeling.cli.guidance:questions", "labeling.cli.guidance:QUESTIONS_EXAMPLES"),
    ("answer", "labeling.cli.guidance:answer", "labeling.cli.guidance:ANSWER_EXAMPLES"),
    ("affected", "labeling.cli.guidance:affected", "labeling.cli.guidance:AFFECTED_EXAMPLES"),
    ("lint", "labeling.cli.quality:lint", "labeling.cli.quality:LINT_EXAMPLES"),
    ("feedback", "labeling.cli.guidance:feedback", "labeling.cli.guidance:FEEDBACK_EXAMPLES"),
    ("release", "exporters.cli:release", "exporters.cli:RELEASE_EXAMPLES"),
    ("diff", "exporters.cli_diff:diff", "exporters.cli_diff:DIFF_EXAMPLES"),
    ("verify", "exporters.cli_verify:verify", "exporters.cli_verify:VERIFY_EXAMPLES"),
    ("export", "exporters.cli_export:export", "exporters.cli_export:EXPORT_EXAMPLES"),
    ("publish", "exporters.cli_publish:publish", "exporters.cli_publish:PUBLISH_EXAMPLES"),
    ("report", "exporters.cli_report:report", "exporters.cli_report:REPORT_EXAMPLES"),
)
# What the machine refuses, not what ViCivic does wrong: no space, no permission, no such kind of file.
ENVIRONMENT = {
    errno.ENOSPC,
    errno.EDQUOT,
    errno.EROFS,
    errno.EACCES,
    errno.EPERM,
    errno.EISDIR,
    errno.ENOTDIR,
    errno.ENAMETOOLONG,
    errno.EIO,
}
GROUPS = {"studio": "The local Label Studio: up, down, status."}


class InOrder(TyperGroup):
    """Verbs in the order of `VERBS`; Typer would list groups of verbs last."""

    def list_commands(self, ctx: Any) -> list[str]:
        return list(dict.fromkeys(name.split()[0] for name, _, _ in VERBS))


def command() -> typer.Typer:
    """The Typer application, with every verb of `VERBS`."""
    app = typer.Typer(
        name="vicivic",
        cls=InOrder,
        help="Vietnamese civic news: from raw pages to documents, proposals, corrections and releases.",
        no_args_is_help=True,
        add_completion=False,
        pretty_exceptions_enable=False,
    )
    app.callback()(before_the_verb)
    groups = {"": app}
    for name, function, shown in VERBS:
        group, _, verb = name.rpartition(" ")
        if group not in groups:
            groups[group] = typer.Typer(no_args_is_help=True, help=GROUPS[group])
            app.add_typer(groups[group], name=group)
        groups[group].command(verb, epilog=epilog(_load(shown)))(guarded(name, _load(function)))
    return app


def before_the_verb(
    context: typer.Context,
    work: Annotated[
        str | None, typer.Option("--work", metavar="DIR", help="The workspace, for whatever verb follows.")
    ] = None,
    version: Annotated[bool, typer.Option("--version", help="Print the version and stop.")] = False,
) -> None:
    """Options that stand before the verb."""
    if version:
        print(f"vicivic {__version__}")
        raise typer.Exit
    if work:
        os.environ["VICIVIC_WORK"] = work
        context.obj = "work"
    try:
        context.default_map = defaults(workspace_of(sys.argv[1:]) / SETTINGS, flags(context.command))
    except ViCivicError as error:
        print(f"vicivic: {error}", file=sys.stderr)
        raise typer.Exit(error.exit_code) from None


def flags(group: Any, before: str = "") -> dict[str, dict[str, str]]:
    """verb → its flags without dashes → the parameter each one sets; `studio up` is a verb of two words."""
    found: dict[str, dict[str, str]] = {}
    for name, verb in group.commands.items():
        if hasattr(verb, "commands"):
            found |= flags(verb, f"{before}{name} ")
        else:
            long = {flag: item.name for item in verb.params for flag in item.opts if flag.startswith("--")}
            found[f"{before}{name}"] = {flag[2:]: parameter for flag, parameter in long.items()}
    return found


def guarded(name: str, verb: Callable[..., None]) -> Callable[..., None]:
    """`verb` with its expected endings as exit codes: one line on stderr, never a traceback."""

    @functools.wraps(verb)
    def run(*arguments: Any, **options: Any) -> None:
        try:
            verb(*arguments, **options)
        except ViCivicError as error:
            print(f"vicivic {name}: {error}", file=sys.stderr)
            raise typer.Exit(error.exit_code) from None
        except KeyboardInterrupt:
            print(f"vicivic {name}: stopped; nothing is half-written, run it again to go on", file=sys.stderr)
            raise typer.Exit(130) from None
        except BrokenPipeError:
            os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
            raise typer.Exit(1) from None
        except OSError as error:
            if error.errno not in ENVIRONMENT:
                raise
            where = error.filename or "the output"
            print(f"vicivic {name}: {where}: {(error.strerror or '').lower()}", file=sys.stderr)
            if error.filename is None:  # what stdout still holds can't be written at the end either
                os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
            raise typer.Exit(1) from None

    return run


def epilog(shown: str | Sequence[str]) -> str:
    """Example commands under a verb's help."""
    return shown if isinstance(shown, str) else examples(*shown)


def _load(path: str) -> Any:
    module, _, name = path.partition(":")
    return getattr(import_module(module), name)


if __name__ == "__main__":
    main()
