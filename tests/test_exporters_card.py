"""The card and what goes with it: numbers from the rows, plots, CITATION.cff, Croissant."""

import json
import re
import subprocess
import sys
import xml.etree.ElementTree as ET
from collections import Counter

import pytest
import yaml

from exporters.citation import bibtex
from exporters.facts import Terms
from exporters.manifest import read_manifest
from exporters.plots import plots
from exporters.release import release
from exporters.rows import Tally, provinces
from exporters.show import load_config
from labeling.scheme import load_scheme
from tests.civic_release import gold_pairs, released
from tests.releasing import LAN, PAO, annotation, contents, document, drawn, kept, settled, workspace_of
from tests.slow_environment import ROOT, python

SCHEME = load_scheme()
DOCS = [
    document(f"doc/{n}", published=f"202{n}-01-02", places=("vn63:10", "vn63:085"), source="a|b")
    for n in range(3)
]


@pytest.fixture(scope="module")
def made(tmp_path_factory):
    """A release of three documents, one of them by two annotators."""
    workspace = workspace_of(tmp_path_factory.mktemp("card") / "work", DOCS)
    settled(
        workspace,
        annotation(DOCS[0], kept(DOCS[0]), author=LAN, number=1),
        annotation(DOCS[0], kept(DOCS[0]), author=PAO, number=2),
        annotation(DOCS[1], [*kept(DOCS[1]), drawn(DOCS[1], "CARDINAL", "52")], number=3, blind=True),
        annotation(DOCS[2], kept(DOCS[2]), number=4),
    )
    terms = Terms(licence="cc-by-4.0", contact="takedown@civic.example", authors=("Nhóm ViCivic", "Páo"))
    return release(workspace, terms=terms).path


@pytest.fixture(scope="module")
def card(made):
    return (made / "README.md").read_text(encoding="utf-8")


def table(card, head):
    """The rows of the Markdown table that begins with `head`."""
    rows = card[card.index(head) :].split("\n\n", 1)[0].splitlines()[2:]
    return [[cell.strip(" `") for cell in re.split(r"(?<!\\)\|", row)[1:-1]] for row in rows]


def test_label_counts_are_those_of_the_loaded_rows(made, card):
    loaded = load_config(made, "spans")["train"]
    counts = Counter(SCHEME.names[span["label"]] for row in loaded for span in row["spans"])
    assert {row[0]: int(row[-1]) for row in table(card, "| label | definition")} == {
        name: counts[name] for name in SCHEME.names
    }


def test_sizes_are_those_of_the_loaded_rows(made, card):
    tokens = load_config(made, "tokens")["train"]
    sizes = {row[0]: int(row[-1]) for row in table(card, "| | train | all |")}
    assert sizes == {"documents": 3, "sentences": len(tokens), "tokens": sum(map(len, tokens["tokens"]))}
    assert f"{sum(len(row['spans']) for row in load_config(made, 'spans')['train'])} spans." in card


def test_every_field_of_every_config_is_described(made, card):
    for config in read_manifest(made).configs:
        described = table(card[card.index(f"### `{config}`") :], "| field | type")
        names = [row[0] for row in described if "." not in row[0]]
        assert names == list(load_config(made, config)["train"].features)
        assert all(len(row) == 3 and row[2] for row in described)


def test_fates_agreement_and_blindness_are_told(card):
    fates = {row[0]: row[1:] for row in table(card, "| label | accepted | added |")}
    assert fates["PER"] == ["3", "0"]
    assert fates["CARDINAL"] == ["0", "1"]
    assert "over 1 documents that several did (14 spans): exact F1\n1.0" in card
    assert table(card, "| split | with proposals | blind |") == [["train", "2", "1"]]


def test_terms_of_the_workspace_are_told(made, card):
    assert "\nlicense: cc-by-4.0\n" in card
    assert "write to takedown@civic.example" in card
    assert "author = {{Nhóm ViCivic} and {Páo}}" in card
    assert read_manifest(made).authors == ["Nhóm ViCivic", "Páo"]


def test_the_quick_start_runs(made, card, monkeypatch, capsys):
    (code,) = re.findall(r"```python\n(.*?)```", card, re.DOTALL)
    monkeypatch.chdir(made.parents[1])
    exec(code.replace("path/to/releases", str(made.parent)), {})
    assert "('Trần', 'B-PER')" in capsys.readouterr().out


def test_plots_are_whole_and_both_shades_are_linked(made, card):
    linked = set(re.findall(r"assets/[a-z-]+\.svg", card))
    there = {path.relative_to(made).as_posix() for path in (made / "assets").iterdir()}
    assert linked == there
    assert {path.removesuffix("-dark.svg") for path in there if path.endswith("-dark.svg")} == {
        "assets/labels", "assets/lengths", "assets/depths", "assets/provinces", "assets/years",
    }  # fmt: skip
    for path in there:
        root = ET.fromstring((made / path).read_text(encoding="utf-8"))
        assert root.tag == "{http://www.w3.org/2000/svg}svg"
    years = (made / "assets" / "years-light.svg").read_text(encoding="utf-8")
    assert ">2021<" in years
    assert "Lào Cai" in (made / "assets" / "provinces-dark.svg").read_text(encoding="utf-8")


def test_a_plot_without_numbers_is_left_out():
    assert plots(Tally(), SCHEME) == {}


def test_provinces_of_codes_and_of_unknown_codes():
    assert provinces(document(places=("vn63:085", "vn63:10", "nowhere:1"))) == ["tỉnh Lào Cai"]


def test_citation_names_version_and_authors(made):
    said = yaml.safe_load((made / "CITATION.cff").read_text(encoding="utf-8"))
    assert (said["version"], said["type"]) == ("1.0.0", "dataset")
    assert [author["name"] for author in said["authors"]] == ["Nhóm ViCivic", "Páo"]
    assert "version = {1.0.0}" in bibtex(read_manifest(made))


def test_croissant_lists_every_file_with_its_hash(made):
    said = json.loads((made / "croissant.json").read_text(encoding="utf-8"))
    files = {node["contentUrl"]: node["sha256"] for node in said["distribution"]}
    listed = {
        entry.path: entry.sha256 for entry in read_manifest(made).files if entry.path.startswith("data/")
    }
    assert files == listed
    assert {node["name"] for node in said["recordSet"]} == set(read_manifest(made).configs)


@pytest.mark.slow
def test_croissant_validates_and_gives_the_rows(made):
    code = """
import itertools, json, sys
import mlcroissant
data = mlcroissant.Dataset(jsonld=sys.argv[1])
assert not data.metadata.issues.errors, data.metadata.issues.report()
plain = lambda value: (
    value.decode() if isinstance(value, bytes)
    else {key.rpartition("/")[2]: plain(item) for key, item in value.items()} if isinstance(value, dict)
    else [plain(item) for item in value] if hasattr(value, "__iter__") and not isinstance(value, str)
    else value.item() if hasattr(value, "item") else value
)
print(json.dumps({name: plain(next(iter(data.records(record_set=name)))) for name in ("tokens", "spans")}))
"""
    said = json.loads(python("croissant", "-c", code, made / "croissant.json"))
    row = load_config(made, "tokens")["train"][0]
    assert said["tokens"]["tokens"] == row["tokens"]
    assert said["tokens"]["ner_tags"] == row["ner_tags"]
    spans = load_config(made, "spans")["train"][0]["spans"]
    assert [(s["id"], s["start"], s["end"]) for s in said["spans"]["spans"]] == [
        (s["id"], s["start"], s["end"]) for s in spans
    ]


@pytest.mark.slow
def test_citation_validates(made):
    code = "import sys; from cffconvert.cli.cli import cli; cli()"
    said = python("citation", "-c", code, "--validate", "-i", made / "CITATION.cff")
    assert "valid" in said
    assert ROOT.is_dir()


def test_each_release_ships_its_scorer(made):
    run = subprocess.run(
        [sys.executable, made / "score.py", "--help"], capture_output=True, text=True, check=True
    )
    assert "gold.jsonl" in run.stdout


@pytest.fixture(scope="module")
def scored(tmp_path_factory):
    """Two builds of the same work with baselines, from the paragraphs of some gold articles."""
    pairs = gold_pairs()[:80]
    made = []
    for name in ("one", "two"):
        workspace, _ = released(tmp_path_factory.mktemp(name) / "work", pairs)
        made.append(release(workspace, terms=Terms(baselines=True)))
    return made


def test_baselines_are_scored_on_test_and_told(scored):
    first = scored[0]
    assert str(first.version) == "1.0.1"
    assert first.difference.structure == (("baselines on the card changed", "patch"),)
    manifest = read_manifest(first.path)
    columns = {baseline["column"]: baseline["groups"][0] for baseline in manifest.baselines}
    test = load_config(first.path, "documents")["test"]
    assert columns["ner_tags"]["documents"] == len({row["id"] for row in test})
    whole = columns["ner_tags"]["scores"]["all"]
    assert 0.3 < whole["f1"] <= 1
    card = (first.path / "README.md").read_text(encoding="utf-8")
    rows = table(card, "| column | documents | label | gold |")
    told = {(row[0], row[2]): row for row in rows}
    assert told["ner_tags", "all"][3:7] == [
        str(whole["gold"]), str(whole["precision"]), str(whole["recall"]), str(whole["f1"]),
    ]  # fmt: skip


def test_baselines_are_the_same_each_time(scored):
    assert contents(scored[0].path) == contents(scored[1].path)
