"""The report: its numbers are those of --json, it escapes everything, needs nothing, fits every width."""

import html as markup
import json
import re
import xml.etree.ElementTree as ElementTree
from datetime import UTC, datetime

import msgspec
import pytest
import typer
from typer.testing import CliRunner

from corpus.store import Workspace
from exporters import charts
from exporters.cli_report import report as verb
from exporters.report import build
from exporters.report_page import page, write
from labeling.cli.quality import agreement, scores
from labeling.settle import settle
from tests.test_labeling_quality_cli import planted
from vicivic import guarded

AT = datetime(2026, 1, 2, 3, 4, tzinfo=UTC)
EVIL = '<script>alert("x")</script>'


@pytest.fixture(scope="module")
def workspace(tmp_path_factory):
    made = planted(tmp_path_factory.mktemp("report") / "work", 40)
    settle(made)
    return made


@pytest.fixture(scope="module")
def found(workspace):
    return build(workspace, draws=50, at=AT)


@pytest.fixture(scope="module")
def drawn(found):
    return page(found)


def text_of(page_html):
    bare = re.sub(r"<style>.*?</style>", " ", page_html, flags=re.S)
    return " ".join(markup.unescape(re.sub(r"<[^>]+>", " ", bare)).split())


def test_every_number_is_on_the_page(found, drawn):
    text = text_of(drawn)
    for line in [*found.agreement.lines, *(pair.lines[0] for pair in found.agreement.pairs)]:
        for item in (line.exact, line.free, line.partial, line.alpha):
            assert f"{item.value:.3f} [{item.low:.3f}, {item.high:.3f}]" in text
    for card in found.scores.cards:
        if card.rule == card.round == "*" and card.precision.value is not None:
            item = card.precision
            assert f"{item.value:.3f} [{item.low:.3f}, {item.high:.3f}]" in text
    for person in found.scores.people:
        assert f"{person.author} {person.sheets} {person.shown}" in text
        assert "; ".join(person.named) in text
    for name, count in found.labels.people.items():
        assert f"{name}: {count:,}" in text
    for topic in found.agreement.topics:
        assert f"{topic.kind}: {topic.labels[0]} or {topic.labels[1]}, {topic.count} times" in text
    assert any(item.action == "off" for item in found.scores.verdicts)
    assert "Switch off civic:bad" in text.replace(" :", ":")


def test_the_report_says_what_the_single_verbs_say(workspace):
    app = typer.Typer(pretty_exceptions_enable=False)
    for name, function in {"scores": scores, "agreement": agreement, "report": verb}.items():
        app.command(name)(guarded(name, function))

    def told(*arguments):
        done = CliRunner().invoke(app, [*arguments, "--json", "--work", str(workspace.root)])
        assert done.exit_code == 0, done.output
        return json.loads(done.stdout.splitlines()[-1])

    whole = told("report", "--draws", "50")
    assert whole["report"]["scores"] == told("scores")["scores"]
    assert whole["report"]["agreement"] == told("agreement", "--draws", "50")["agreement"]
    assert (workspace.root / "report" / "report.html").exists()
    assert "@example" not in json.dumps(whole)


def test_the_same_workspace_gives_the_same_page(workspace, drawn):
    assert page(build(workspace, draws=50, at=AT)) == drawn


def test_it_needs_no_network_and_no_script(drawn):
    assert "<script" not in drawn
    assert not re.search(r"(?:src|href)=[\"'](?!#)", drawn)
    assert "url(" not in drawn
    assert "@example" not in drawn


def test_everything_is_escaped(found):
    plain = msgspec.to_builtins(found)
    for name in ("workspace", "guideline", "made_at"):
        plain[name] += EVIL
    for topic in plain["agreement"]["topics"]:
        topic["surface"] += EVIL
        for example in topic["examples"]:
            example["after"] += EVIL
    for person in plain["scores"]["people"]:
        person["author"] += EVIL
    plain["progress"]["rounds"] = {EVIL: {"submitted": 1}}
    plain["lint_checks"] = {EVIL: 3}
    drawn = page(msgspec.convert(plain, type(found)))
    assert "<script" not in drawn
    assert "&lt;script&gt;" in drawn


def test_charts_are_sound_svg():
    point = charts.Point("<b>", 0.5, 0.4, 0.6, "of 3")
    for made in (
        charts.bars([("<b>", 3, "#123456"), ("none", 0, "#123456")], "<t>"),
        charts.intervals({"one": [point], "two": [point._replace(value=None)]}, "<t>"),
        charts.heat(["a-01", "a-02", "<b>"], {("a-01", "a-02"): 0.5}, "<t>"),
        charts.over_rounds({"<s>": [point, point._replace(label="r2")]}, "<t>"),
        charts.reliability([(0.5, point)], "<t>"),
        charts.bars([], "nothing"),
    ):
        root = ElementTree.fromstring(f"<div>{made}</div>")
        assert root[0].get("role") == "img"
        assert root[0].get("aria-label") in ("<t>", "nothing")
        assert "NaN" not in made
        assert "nan" not in made


def test_an_empty_workspace_has_a_page_with_clear_words(tmp_path):
    workspace = Workspace(tmp_path / "w", create=True)
    text = text_of(page(build(workspace, draws=50)))
    for words in (
        "Nothing is settled yet",
        "Nobody has annotated anything yet.",
        "No document has been annotated by two people yet.",
        "Nothing has been corrected yet.",
        "Nothing was found in gold.",
    ):
        assert words in text


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("width", [1366, 390])
def test_in_a_real_browser_it_fits_and_asks_for_nothing(browser, found, tmp_path, width, scheme):
    path = tmp_path / "report.html"
    write(found, path)
    asked = []
    with browser.new_context(
        viewport={"width": width, "height": 900}, color_scheme=scheme, java_script_enabled=True
    ) as context:
        opened = context.new_page()
        opened.on("request", lambda request: asked.append(request.url))
        opened.goto(path.as_uri())
        assert opened.evaluate("document.documentElement.scrollWidth") <= width
        background = opened.evaluate("getComputedStyle(document.body).backgroundColor")
        assert (background == "rgb(255, 255, 255)") == (scheme == "light")
        smallest = opened.evaluate(
            "Math.min(...[...document.querySelectorAll('svg text')].map(t => t.getBoundingClientRect().height))"
        )
        assert smallest >= 8
        opened.emulate_media(media="print")
        assert opened.evaluate("getComputedStyle(document.querySelector('nav')).display") == "none"
    assert asked == [path.as_uri()]
