"""The review project: agreed spans filled in, a key for each choice, answers become decisions."""

import msgspec
import pytest

from corpus.document import Document
from corpus.errors import ServiceError, UsageError
from labeling import decisions as deciding
from labeling.conflicts import BOTH, NEITHER
from labeling.curate import open_conflicts, reviews
from labeling.people import pseudonyms
from labeling.review import (
    HOTKEYS,
    build_config,
    conflict_id,
    open_review,
    read_answers,
    to_prediction,
    to_task,
)
from labeling.scheme import load_scheme
from labeling.settle import read_records, settle
from labeling.studio.config import TELEX, VNI
from tests.curating import LINE, A, B, at, keys, said, workspace_of
from tests.desk import Desk

SCHEME = load_scheme()


@pytest.fixture
def workspace(tmp_path):
    """Two documents; both annotators agree on a place and differ on "Huyện ủy" and on a nested place."""
    documents = [Document(id=f"d{n}", text=LINE + "<b>&", title=f"Bài <{n}>") for n in range(2)]
    given = []
    for n, item in enumerate(documents):
        shared = [at(LINE, "xã Tân Lập", "LOC")]
        given.append(said(item, A, [*shared, at(LINE, "Huyện ủy", "ORG"), at(LINE, "UBND huyện Đầm Hà", "ORG")], number=2 * n))  # fmt: skip
        given.append(said(item, B, [*shared, at(LINE, "huyện Đầm Hà", "LOC")], number=2 * n + 1))
    return workspace_of(tmp_path / "work", documents, given)


def all_reviews(workspace):
    return list(reviews(workspace, SCHEME, pseudonyms(workspace)))


def test_a_task_holds_what_is_agreed_and_who_said_what(workspace):
    review = all_reviews(workspace)[0]
    task = to_task(review)
    assert "<b>Huyện ủy</b>: A: ORG (annotator-01) · B: nothing (annotator-02)" in task["meta"]
    assert "@" not in msgspec.json.encode(task).decode()
    result = to_prediction(7, review)["result"]
    assert [(item["value"]["text"], item["value"]["labels"]) for item in result] == [
        ("xã Tân Lập", ["LOC"]),
        ("Huyện ủy", ["?"]),
        ("UBND huyện Đầm Hà", ["?"]),
    ]
    for item in result:
        value = item["value"]
        assert task["text"][value["start"] : value["end"]] == value["text"]


def test_keys_are_safe_and_every_choice_has_one():
    assert not set(HOTKEYS.values()) & (TELEX | VNI)
    assert len(set(HOTKEYS.values())) == len(HOTKEYS)
    assert {BOTH, NEITHER, "A", "B", "C"} <= set(HOTKEYS)
    config = build_config(SCHEME)
    assert all(f'value="{name}"' in config for name in SCHEME.names)


def test_answers_are_read_and_skips_are_not():
    verdict = {"id": "c1", "from_name": "verdict", "type": "choices", "value": {"choices": ["A"]}}
    first = {"updated_at": "1", "completed_by": 3, "was_cancelled": False, "result": [verdict]}
    then = first | {"updated_at": "2", "result": [verdict | {"value": {"choices": ["both"]}}]}
    skip = first | {"updated_at": "3", "was_cancelled": True}
    answers = list(read_answers({"annotations": [skip, then, first]}, {3: "lan@x"}))
    assert answers == [("c1", "A", "lan@x"), ("c1", "both", "lan@x")]


def test_a_review_on_another_server_is_refused(workspace):
    path = workspace.folder("decisions") / "review.json"
    path.parent.mkdir()
    path.write_bytes(b'{"server":"other","address":"http://other","mark":"m","project":1}')

    class Elsewhere:
        slug, address = "here", "http://here"

        def check(self):
            return "1"

    with pytest.raises(UsageError, match="lives on http://other"):
        open_review(workspace, Elsewhere(), SCHEME, lambda: [])


def test_a_curator_decides_in_the_browser(workspace, studio, page):
    """Two keys for two conflicts of the first document; the second document is left for another day."""

    def again():
        return open_review(
            workspace, studio, SCHEME, lambda: reviews(workspace, SCHEME, pseudonyms(workspace))
        )

    first = again()
    assert (first.tasks, first.tasks_new, first.conflicts, first.answers) == (2, 2, 4, 0)
    assert (again().tasks_new, again().project) == (0, first.project)
    rows = {row["data"]["document"]: row for row in studio.tasks(first.project, "id,data,total_predictions")}
    assert [row["total_predictions"] for row in rows.values()] == [1, 1]
    desk = Desk(page, studio.address, first.project)
    desk.open(int(rows["d0"]["id"]))
    found = {item.text: item for item in all_reviews(workspace)[0].conflicts}
    for text, key in (("Huyện ủy", HOTKEYS["A"]), ("UBND huyện Đầm Hà", HOTKEYS[BOTH])):
        desk.select(found[text].start, found[text].end)
        desk.key(key)
    desk.submit()
    second = again()
    assert (second.answers, second.decisions) == (2, 3)
    assert (second.tasks, second.tasks_new, second.conflicts) == (1, 0, 2)
    left = list(open_conflicts(workspace, SCHEME, pseudonyms(workspace)))
    assert {item.document for item in left} == {"d1"}
    assert conflict_id(left[0]) not in {conflict_id(item) for item in found.values()}
    settle(workspace)
    (record,) = read_records(workspace)
    assert keys(record) == {
        ("xã Tân Lập", "LOC"),
        ("Huyện ủy", "ORG"),
        ("UBND huyện Đầm Hà", "ORG"),
        ("huyện Đầm Hà", "LOC"),
    }
    assert again().answers == 0
    assert len(deciding.read(workspace)) == 3
    studio._http().request(f"api/projects/{first.project}/", method="DELETE")
    with pytest.raises(ServiceError, match="is gone"):
        again()
    fresh = open_review(workspace, studio, SCHEME, lambda: all_reviews(workspace), new_project=True)
    assert (fresh.project != first.project, fresh.tasks_new) == (True, 1)
