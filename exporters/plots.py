"""The card's plots: one SVG file each for light and for dark pages, from the numbers of the rows."""

from __future__ import annotations

from collections import Counter
from pathlib import Path

from exporters.charts import WIDTH, bars
from exporters.rows import Tally
from labeling.scheme import Scheme

ASSETS = "assets"
MOST = 15  # bars of a plot whose names are not a fixed set

_LIGHT = {"ink": "#1b2130", "page": "#ffffff", "bar": "#2b66b1"}
_DARK = {"ink": "#e9ebf0", "page": "#14171d", "bar": "#7fb0f0"}
Rows = list[tuple[str, int]]


def plots(tally: Tally, scheme: Scheme) -> dict[str, tuple[str, Rows]]:
    """name → (title, bars from the top); plots that would be empty are left out."""
    labels: Counter[str] = Counter()
    for (_, label), count in tally.labels.items():
        labels[label] += count
    made: dict[str, tuple[str, Rows]] = {
        "labels": ("Spans per label", [(name, labels[name]) for name in scheme.names]),
        "lengths": ("Documents by length in characters", _in_order(tally.lengths)),
        "depths": ("Spans by depth of nesting", [(str(d), n) for d, n in sorted(tally.depths.items())]),
        "provinces": ("Documents by province", tally.provinces.most_common(MOST)),
        "years": ("Documents by year of publication", sorted(tally.years.items())),
    }
    made["provinces"][1].sort(key=lambda row: (-row[1], row[0]))
    return {name: (title, rows) for name, (title, rows) in made.items() if any(count for _, count in rows)}


def _in_order(lengths: Counter[int]) -> Rows:
    """Lengths in steps of a thousand, told as ranges."""
    return [(f"{step},000-{step},999" if step else "0-999", count) for step, count in sorted(lengths.items())]


def write_plots(target: Path, tally: Tally, scheme: Scheme) -> None:
    """Write assets/NAME-light.svg and assets/NAME-dark.svg."""
    folder = target / ASSETS
    folder.mkdir(exist_ok=True)
    for name, (title, rows) in plots(tally, scheme).items():
        for shade, colours in (("light", _LIGHT), ("dark", _DARK)):
            path = folder / f"{name}-{shade}.svg"
            path.write_text(_alone(title, rows, colours), encoding="utf-8")


def _alone(title: str, rows: Rows, colours: dict[str, str]) -> str:
    """The chart as a file of its own: with its namespace, its colours, and a page behind it."""
    chart = bars([(label, count, colours["bar"]) for label, count in rows], title)
    style = (
        f"<style>svg{{background:{colours['page']};font:12px sans-serif}}"
        f"text{{fill:{colours['ink']}}}</style>"
    )
    head, _, rest = chart.partition(">")
    return f'{head} xmlns="http://www.w3.org/2000/svg" width="{2 * WIDTH}">{style}{rest}\n'
