"""The verbs of quality as users run them: tables, --json, exit codes, and one line for each mistake."""

import json

import msgspec
import pytest
import typer
from typer.testing import CliRunner

from corpus.document import Document
from corpus.documents import add_documents
from corpus.events import append_events, event
from corpus.store import Workspace, write_rows
from labeling.cli import curation, guidance, quality
from labeling.cli.settle import settle
from labeling.span import Proposal
from tests.planted import World
from vicivic import guarded

VERBS = {
    "scores": quality.scores,
    "agreement": quality.agreement,
    "lint": quality.lint,
    "settle": settle,
    "find": curation.find,
    "decide": curation.decide,
    "questions": guidance.questions,
    "answer": guidance.answer,
    "affected": guidance.affected,
    "feedback": guidance.feedback,
}


@pytest.fixture(scope="module")
def app():
    made = typer.Typer(pretty_exceptions_enable=False)
    for name, verb in VERBS.items():
        made.command(name)(guarded(name, verb))
    return made


def planted(root, documents=20):
    """A workspace with the planted rules and annotators; a note, a foreign edit and a stale annotation."""
    world = World(seed=4, documents=documents)
    workspace = Workspace(root, create=True)
    add_documents(workspace, world.documents)
    home = workspace.folder("proposals")
    rows = [(item.id, item.digest, tuple(world.proposals[item.id])) for item in world.documents]
    bare = [
        (name, digest, tuple(Proposal(span=p.span, sources=p.sources, score=p.score) for p in given))
        for name, digest, given in rows
    ]
    write_rows(home / "civic@v1" / "part-000001.parquet", bare)
    write_rows(home / "merge@m1" / "part-000001.parquet", rows)
    (home / "current.json").write_bytes(
        msgspec.json.encode({"merge": "m1", "scheme": "1", "sources": {"civic": "v1"}})
    )
    given = list(world.annotations())
    given[0] = msgspec.structs.replace(given[0], note="Vì sao?", editor="other@example.org")
    append_events(workspace.folder("annotations") / "p.jsonl", [event("annotation", item) for item in given])
    return workspace


@pytest.fixture(scope="module")
def shared(tmp_path_factory):
    return planted(tmp_path_factory.mktemp("quality") / "work", 60)


@pytest.fixture
def run(app):
    def call(workspace, *arguments, exit_code=0, given=None):
        done = CliRunner().invoke(
            app, [*map(str, arguments), "--work", str(workspace.root)], input=given, env={"COLUMNS": "200"}
        )
        assert done.exit_code == exit_code, done.output + done.stderr
        assert "Traceback" not in done.output + done.stderr
        return done

    return call


def as_json(done):
    return json.loads(done.stdout.splitlines()[-1])


def test_scores(run, shared):
    done = run(shared, "scores")
    assert "120 annotations of 60 documents scored" in done.stdout
    told = as_json(run(shared, "scores", "--json"))
    assert told["verb"] == "scores"
    assert told["counts"]["states"] == told["counts"]["sheets"] == 120
    bad = [item for item in told["scores"]["verdicts"] if item["action"] == "off"]
    assert [item["rule"] for item in bad] == ["bad"]
    assert "@example" not in done.stdout + json.dumps(told)


def test_scores_apply_and_on(run, tmp_path):
    workspace = planted(tmp_path / "w", 60)
    assert "needs somebody" in run(workspace, "scores", "--apply", exit_code=2).stderr
    assert as_json(run(workspace, "scores", "--apply", "--by", "Lan", "--json"))["counts"]["written"] > 0
    assert as_json(run(workspace, "scores", "--apply", "--by", "Lan", "--json"))["counts"]["written"] == 0
    run(workspace, "scores", "--on", "civic:bad", "--by", "Lan")
    assert "source:rule" in run(workspace, "scores", "--on", "bad", "--by", "Lan", exit_code=2).stderr


def test_agreement(run, shared, tmp_path):
    out = tmp_path / "agreement.csv"
    done = run(shared, "agreement", "--draws", "50", "--csv", out)
    assert "60 documents by several annotators, 5 pairs" in done.stdout
    assert "not independent" in done.stderr
    told = as_json(run(shared, "agreement", "--draws", "50", "--json"))["agreement"]
    row = out.read_text("utf-8").splitlines()[1].split(",")
    assert row[:3] == ["all", "all", "*"]
    assert float(row[4]) == told["lines"][0]["exact"]["value"]
    run(shared, "agreement", "--draws", "50", "--documents", tmp_path / "documents.csv")
    rows = (tmp_path / "documents.csv").read_text("utf-8").splitlines()
    assert (rows[0], len(rows)) == ("document,exact,annotators", 61)
    assert rows[1].split(",")[0] == told["lowest"][0]["document"]
    assert run(shared, "agreement", "--round", "none", "--draws", "50").stdout.count("nobody shared")


def test_lint_fails_on_errors_only(run, shared):
    done = run(shared, "lint", "--over", "annotations", "--severity", "error")
    assert "nothing found" in done.stdout
    assert "no check 'x'" in run(shared, "lint", "--check", "x", exit_code=2).stderr
    assert "--over annotations" in run(shared, "lint", "--fix", exit_code=2).stderr


def test_settle_with_a_curator(run, tmp_path):
    workspace = planted(tmp_path / "w", 4)
    assert "name yourself" in run(workspace, "settle", "--curate", exit_code=2).stderr
    assert "--policy" in run(workspace, "settle", "--policy", "dice", exit_code=2).stderr
    before = as_json(run(workspace, "settle", "--json"))["counts"].get("conflict", 0)
    assert before > 0
    done = run(workspace, "settle", "--curate", "--by", "Lan", "--json", given="a\n" * 200)
    assert as_json(done)["counts"].get("conflict", 0) == 0
    assert "or nothing" in done.stderr
    assert run(workspace, "settle", "--curate", "--by", "Lan", given="").stderr.count("0 of 0 conflicts")


def test_find_and_decide(run, tmp_path):
    workspace = planted(tmp_path / "w", 4)
    run(workspace, "settle", "--curate", "--by", "Lan", given="a\n" * 200)
    hits = tmp_path / "hits.jsonl"
    found = as_json(run(workspace, "find", "--label", "ORG", "--out", hits, "--json"))
    assert found["counts"]["spans"] == len(hits.read_bytes().splitlines()) > 0
    preview = run(workspace, "decide", "--from", hits, "--relabel", "LAW", "--by", "Lan")
    assert "nothing is written, add --yes" in preview.stdout
    done = as_json(
        run(workspace, "decide", "--from", hits, "--relabel", "LAW", "--by", "Lan", "--yes", "--json")
    )
    assert done["counts"]["written"] == found["counts"]["spans"]
    again = run(workspace, "decide", "--from", hits, "--relabel", "LAW", "--by", "Lan", "--yes", "--json")
    counts = as_json(again)["counts"]
    assert counts["decisions"] == counts["written"] == 0
    assert counts["already"] == counts["hits"] > 0
    run(workspace, "settle")
    assert as_json(run(workspace, "find", "--label", "ORG", "--json"))["counts"]["spans"] == 0
    batch = run(workspace, "decide", "--list").stdout.splitlines()[-2].split()[1]
    assert as_json(run(workspace, "decide", "--undo", batch, "--by", "Lan", "--json"))["counts"]["undone"]
    run(workspace, "settle")
    assert as_json(run(workspace, "find", "--label", "ORG", "--json"))["counts"] == found["counts"]


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (("decide", "--delete", "--by", "Lan"), "--from FIND.jsonl"),
        (("decide", "--from", "nowhere", "--delete", "--by", "Lan"), "can't be read"),
        (("decide", "--undo", "d000009"), "name yourself"),
        (("find", "--label", "FOO"), "no label 'FOO'"),
        (("find", "--over", "air"), "gold or annotations"),
        (("affected", "r001"), "no ruling 'r001'"),
        (("answer", "q1", "--by", "Lan", "--rule", "1", "--text", "x"), "no question 'q1'"),
        (("feedback", "--annotator", "annotator-99"), "no annotator"),
    ],
)
def test_one_line_for_each_mistake(run, shared, arguments, words):
    done = run(shared, *arguments, exit_code=2)
    assert words in done.stderr
    assert len(done.stderr.strip().splitlines()) == 1


def test_questions_answer_affected_feedback(run, tmp_path):
    workspace = planted(tmp_path / "w", 4)
    told = as_json(run(workspace, "questions", "--json"))
    assert (told["counts"]["open"], told["questions"][0]["text"]) == (1, "Vì sao?")
    name = told["questions"][0]["id"]
    made = as_json(run(workspace, "answer", name, "--by", "Lan", "--rule", "2", "--text", "Vì vậy.", "--pattern", "họp", "--json"))  # fmt: skip
    assert made["ruling"]["id"] == "r001"
    assert as_json(run(workspace, "questions", "--json"))["counts"] == {
        "questions": 1,
        "open": 0,
        "answered": 1,
    }
    found = run(workspace, "affected", "r001", "--review")
    assert "affected-r001.ids" in found.stdout
    assert "vicivic push --round affected-r001 --documents" in found.stderr
    run(workspace, "settle", "--curate", "--by", "Lan", given="a\n" * 200)
    pages = as_json(run(workspace, "feedback", "--json"))
    assert pages["counts"]["pages"] == len(list((workspace.root / "feedback").glob("annotator-*.html"))) == 5


def test_an_empty_workspace_has_clear_words(run, tmp_path):
    workspace = Workspace(tmp_path / "w", create=True)
    assert "0 annotations of 0 documents" in run(workspace, "scores").stdout
    assert "nobody shared a document" in run(workspace, "agreement").stdout
    assert "nothing found" in run(workspace, "lint").stdout
    assert "0 questions" in run(workspace, "questions").stdout
    assert "0 pages" in run(workspace, "feedback").stdout
    assert "0 spans" in run(workspace, "find").stdout
    add_documents(workspace, [Document(id="d", text="x")])
    assert "0 settled" in run(workspace, "settle").stdout
