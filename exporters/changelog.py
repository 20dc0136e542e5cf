"""A difference in words: the dataset's CHANGELOG.md, and what `vicivic diff` prints."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path

from exporters.diff import Change, Difference

CHANGELOG = "CHANGELOG.md"
EXAMPLES = 3  # of each kind of change

_HEAD = "# Changelog\n"
_SHOWN = ("relabelled", "moved", "revalued", "span removed", "span added")


def examples(changes: Iterable[Change], most: int = EXAMPLES) -> dict[str, list[Change]]:
    """change → its first examples; reads `changes` to the end."""
    found: dict[str, list[Change]] = {name: [] for name in _SHOWN}
    for change in changes:
        kept = found.setdefault(change.change, [])
        if len(kept) < most:
            kept.append(change)
    return {name: kept for name, kept in found.items() if kept}


def section(
    version: str,
    created: str | None,
    previous: str | None,
    found: Difference | None,
    shown: dict[str, list[Change]],
    *,
    new_test: bool = False,
) -> str:
    """The Markdown of one version.  `new_test` says that scores on test can't be compared."""
    lines = [f"## {version}" + (f" ({created})" if created else ""), ""]
    if previous is None or found is None:
        return "\n".join([*lines, "First release.", ""])
    if new_test:
        lines += [f"Scores on test are not comparable with {previous}.", ""]
    lines += [f"Since {previous}:", ""]
    lines += [f"- {what} ({level})" for what, level in found.structure]
    lines += [f"- {counted(change, number)}" for change, number in found.by_change().items()]
    by_label = [(change, label, count) for (change, label), count in sorted(found.counts.items()) if label]
    if by_label:
        lines += ["", "| change | label | spans |", "| --- | --- | ---: |"]
        lines += [f"| {change} | {label} | {count} |" for change, label, count in by_label]
    told = [change for name in _SHOWN for change in shown.get(name, [])]
    if told:
        lines += ["", "For example:", ""]
        lines += [f"- {cell(in_words(change))}" for change in told]
    return "\n".join([*lines, ""])


def counted(change: str, number: int) -> str:
    """ "3 documents added", "1 span removed", "2 relabelled"."""
    noun, _, rest = change.partition(" ")
    if noun in ("document", "span") and rest:
        return f"{number} {noun}{'' if number == 1 else 's'} {rest}"
    return f"{number} span{'' if number == 1 else 's'} {change}" if noun != "text" else f"{number} {change}"


def in_words(change: Change) -> str:
    """One change as one line."""
    edge = {
        "relabelled": f"{change.before} → {change.after}",
        "moved": f"{change.before} → {change.after} ({change.label})",
        "revalued": f"{change.before} → {change.after} ({change.label})",
    }.get(change.change, change.label or "")
    context = f": {change.context}" if change.context else ""
    return f"{change.change} {edge}{context} ({change.document})".replace("\n", " ")


def cell(text: str) -> str:
    """`text` as Markdown shows it literally."""
    return "".join(f"\\{character}" if character in "\\`*_[]<>|#" else character for character in text)


def write_changelog(target: Path, newest: str, previous: Path | None) -> None:
    """Write CHANGELOG.md: the new section above those of the release before."""
    earlier = ""
    if previous is not None and (previous / CHANGELOG).exists():
        earlier = (previous / CHANGELOG).read_text(encoding="utf-8").removeprefix(_HEAD)
    (target / CHANGELOG).write_text(f"{_HEAD}\n{newest}{earlier}", encoding="utf-8")


def table(found: Difference, shown: dict[str, list[Change]]) -> None:
    """Print a difference: one line for each change of structure, counts per label, examples in context."""
    from rich.console import Console
    from rich.markup import escape
    from rich.table import Table

    screen = Console()
    for what, level in found.structure:
        screen.print(escape(f"{what} ({level})"))
    labels = sorted({label for _, label in found.counts if label})
    if found.counts:
        rows = Table("change", "documents", *labels)
        for change in found.by_change():
            numbers = (found.counts[change, label] for label in ("", *labels))
            rows.add_row(change, *(str(number or "") for number in numbers))
        screen.print(rows)
    for kept in shown.values():
        for one in kept:
            screen.print(escape(in_words(one)))
