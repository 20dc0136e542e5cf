"""Questions become rulings; what was annotated before a ruling is found; nothing is lost or doubled."""

import random
import subprocess
import sys
import time

import msgspec
import pytest

from corpus.document import Document
from corpus.errors import UsageError
from corpus.events import append_events, event
from labeling.people import pseudonyms
from labeling.questions import (
    Ruling,
    affected,
    answer,
    guideline_version,
    questions,
    rulings,
    rulings_html,
    write_guideline,
    write_review,
)
from labeling.scheme import load_scheme
from tests.curating import A, B, said, workspace_of

SCHEME = load_scheme()
TEXTS = {"d0": "Huyện ủy họp.", "d1": "Hội đồng họp.", "d2": "Huyện ủy và huyện ủy."}


@pytest.fixture
def workspace(tmp_path):
    documents = [Document(id=name, text=text, title=f"Bài {name}") for name, text in TEXTS.items()]
    given = [
        said(documents[0], A, [], number=1, note=" Huyện ủy có là ORG? "),
        said(documents[0], B, [], number=2, discuss=("nested", "value")),
        said(documents[1], A, [], number=3, note="  "),
        said(documents[2], B, [], number=4),
    ]
    made = workspace_of(tmp_path / "w", documents, given)
    plan = {"server": "s", "address": "http://127.0.0.1:8080"}
    (made.folder("rounds")).mkdir()
    (made.folder("rounds") / "r1.json").write_bytes(msgspec.json.encode(plan))
    return made


def asked(workspace):
    return questions(workspace, pseudonyms(workspace))


def rule(workspace, **more):
    fields = {"by": "Lan", "rule": "1", "text": "Huyện ủy luôn là ORG.", "pattern": "(?i)huyện ủy"}
    ruling = Ruling(**{**fields, **more})
    return answer(workspace, ruling, [item.id for item in asked(workspace)], SCHEME)


def test_notes_and_reasons_are_questions_with_context_and_link(workspace):
    found = asked(workspace)
    assert [(item.kind, item.text, item.by) for item in found if item.kind == "note"] == [
        ("note", "Huyện ủy có là ORG?", "annotator-01")
    ]
    assert {item.text for item in found if item.kind == "discuss"} == {"nested", "value"}
    assert {item.context for item in found} == {"Bài d0"}
    assert {item.link for item in found} == {"http://127.0.0.1:8080/projects/1/data"}
    assert A not in msgspec.json.encode(found).decode()


def test_an_answer_is_a_ruling_in_the_next_guideline(workspace):
    note = next(item for item in asked(workspace) if item.kind == "note")
    assert guideline_version(workspace, SCHEME) == SCHEME.guideline
    made = rule(workspace, questions=(note.id,), examples=("[Huyện ủy]ORG <họp>",))
    assert (made.id, made.guideline) == ("r001", f"{SCHEME.guideline}.1")
    assert guideline_version(workspace, SCHEME) == made.guideline
    after = asked(workspace)
    assert (after[-1].id, after[-1].answer) == (note.id, "r001")
    page = rulings_html(rulings(workspace))
    assert "[Huyện ủy]<sub>ORG</sub> &lt;họp&gt;" in page
    written = write_guideline(workspace, SCHEME)
    assert written.name == f"{made.guideline}.html"
    assert "Huyện ủy luôn là ORG." in written.read_text("utf-8")


def test_rulings_stand_on_the_annotators_page(workspace):
    from labeling.studio.projects import page

    assert "Quy ước bổ sung" not in page(workspace, SCHEME)["expert_instruction"]
    made = rule(workspace, text="Huyện ủy <luôn> là ORG.")
    shown = page(workspace, SCHEME)["expert_instruction"]
    assert "Huyện ủy &lt;luôn&gt; là ORG." in shown
    assert f"Bản hướng dẫn {made.guideline}." in shown


def test_the_same_answer_twice_is_one_ruling(workspace):
    assert rule(workspace) == rule(workspace)
    assert len(rulings(workspace)) == 1
    assert rule(workspace, text="Khác.").id == "r002"


def test_a_torn_line_is_no_ruling_and_the_next_answer_goes_on(workspace):
    rule(workspace)
    path = workspace.folder("decisions") / "rulings.jsonl"
    with path.open("ab") as file:
        file.write(b'{"v":1,"kind":"ruling","at":"2026')
    assert [item.id for item in rulings(workspace)] == ["r001"]
    assert rule(workspace, text="Khác.").id == "r002"
    assert [item.id for item in rulings(workspace)] == ["r001", "r002"]


ANSWERER = """
import sys
from corpus.store import Workspace
from labeling.questions import Ruling, answer, write_guideline
from labeling.scheme import load_scheme
workspace = Workspace(sys.argv[1])
with workspace.writing():
    for number in range(10_000):
        made = answer(workspace, Ruling(by="Lan", rule="1", text=f"Câu {number}."), [], load_scheme())
        write_guideline(workspace, load_scheme())
        print(made.id, flush=True)
"""


@pytest.mark.parametrize("kills", [2, pytest.param(20, marks=pytest.mark.slow)])
def test_a_kill_loses_no_ruling_that_was_confirmed(workspace, kills):
    draw = random.Random(kills)
    confirmed = set()
    for _ in range(kills):
        command = [sys.executable, "-c", ANSWERER, str(workspace.root)]
        child = subprocess.Popen(command, stdout=subprocess.PIPE, text=True)
        confirmed.add(child.stdout.readline().strip())
        time.sleep(draw.random() / 5)
        child.kill()
        confirmed |= set(child.stdout.read().split())
        child.wait()
        assert confirmed <= {item.id for item in rulings(workspace)}
    last = rule(workspace, text="Sau cùng.")
    found = [item.id for item in rulings(workspace)]
    assert found == [f"r{number:03d}" for number in range(1, len(found) + 1)]
    assert found[-1] == last.id


@pytest.mark.parametrize(
    ("wrong", "words"),
    [
        ({"questions": ("q9",)}, "no question 'q9'"),
        ({"pattern": "("}, "no regular expression"),
        ({"by": " "}, "needs its by"),
        ({"text": ""}, "needs its text"),
    ],
)
def test_what_can_not_be_ruled(workspace, wrong, words):
    with pytest.raises(UsageError, match=words):
        rule(workspace, **wrong)
    assert rulings(workspace) == []


def test_affected_are_those_from_before_that_hold_the_pattern(workspace):
    made = rule(workspace)
    ruling, found = affected(workspace, made.id, pseudonyms(workspace))
    assert ruling == made
    assert [(item.document, item.annotation, item.places) for item in found] == [
        ("d0", 1, 1),
        ("d0", 2, 1),
        ("d2", 4, 2),
    ]
    assert write_review(workspace, ruling, found).read_text("utf-8") == "d0\nd2\n"
    again = said(Document(id="d2", text=TEXTS["d2"]), B, [], number=4, updated_at="2999-01-01", key=("s", 1, 4, "2999"))  # fmt: skip
    append_events(workspace.folder("annotations") / "p.jsonl", [event("annotation", again)])
    assert {item.document for item in affected(workspace, made.id, {})[1]} == {"d0"}


def test_an_unknown_ruling_and_one_without_a_pattern(workspace):
    with pytest.raises(UsageError, match="no ruling 'r009'; there are none yet"):
        affected(workspace, "r009", {})
    made = rule(workspace, pattern="")
    with pytest.raises(UsageError, match="no pattern"):
        affected(workspace, made.id, {})
