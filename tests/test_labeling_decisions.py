"""Curators decide once, for ever: decisions, conflicts and their groups, find and decide."""

import random
import signal
import subprocess
import sys
import time

import msgspec
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from corpus.document import Document
from corpus.documents import add_documents
from corpus.errors import SpanError, UsageError
from corpus.events import append_events, event
from corpus.store import Workspace
from labeling import decisions as deciding
from labeling.concordance import Query, find, read_hits
from labeling.conflicts import BOTH, NEITHER, conflicts, grouped, resolve, title
from labeling.curate import open_conflicts, sit
from labeling.decide import Order, plan
from labeling.decisions import Decision, Target, apply
from labeling.norm import Norm
from labeling.people import pseudonyms
from labeling.scheme import load_scheme
from labeling.settle import read_records, settle
from labeling.span import Record, RecordSpan
from tests.curating import LINE, A, B, C, at, keys, said, workspace_of

SCHEME = load_scheme()


@pytest.fixture
def pair(tmp_path):
    """Two documents, each with two annotators who differ on "Huyện ủy", one also on an edge."""
    documents = [Document(id=f"d{n}", text=LINE) for n in range(2)]
    given = []
    for n, item in enumerate(documents):
        shared = [at(LINE, "xã Tân Lập", "LOC")]
        edge = at(LINE, "UBND huyện Đầm Hà", "ORG") if n else at(LINE, "UBND huyện", "ORG")
        given.append(said(item, A, [*shared, at(LINE, "Huyện ủy", "ORG"), edge], number=2 * n))
        given.append(said(item, B, [*shared, at(LINE, "UBND huyện Đầm Hà", "ORG")], number=2 * n + 1))
    return workspace_of(tmp_path / "work", documents, given)


# --- applying decisions ---------------------------------------------------------------------------


def record(*spans, norm=None):
    return Record(
        document="d",
        digest="x",
        scheme="1",
        guideline="1.0",
        round="r",
        quality={"names": "agreed", "numbers": "agreed"},
        authors=("annotator-01",),
        spans=tuple(
            RecordSpan(
                id=f"{start}-{label}",
                start=start,
                end=end,
                label=label,
                text="x" * (end - start),
                norm=norm,
                fate="accepted",
                by=("annotator-01",),
            )
            for start, end, label in spans
        ),
    )


def decision(start, end, label, action, to=None, **more):
    target = Target(start=to[0], end=to[1], label=to[2], text="x" * (to[1] - to[0]), norm=to[3] if len(to) > 3 else None) if to else None  # fmt: skip
    fields = {"by": "Lan", "document": "d", "digest": "x", "text": "x" * (end - start)}
    return Decision(**{**fields, **more}, start=start, end=end, label=label, action=action, to=target)


@pytest.mark.parametrize(
    ("taken", "left", "fates"),
    [
        ([decision(0, 5, "ORG", "delete")], set(), {}),
        ([decision(0, 5, "ORG", "relabel", (0, 5, "LOC"))], {(0, 5, "LOC")}, {(0, 5): "relabelled"}),
        ([decision(0, 5, "ORG", "edge", (0, 4, "ORG"))], {(0, 4, "ORG")}, {(0, 4): "edge moved"}),
        (
            [
                decision(0, 5, "ORG", "relabel", (0, 5, "LOC")),
                decision(0, 5, "LOC", "edge", (0, 4, "LOC")),
            ],
            {(0, 4, "LOC")},
            {(0, 4): "both"},
        ),
        ([decision(7, 9, "PER", "keep", (7, 9, "PER"))], {(0, 5, "ORG"), (7, 9, "PER")}, {(7, 9): "added"}),
        ([decision(0, 5, "ORG", "keep", (0, 5, "ORG"))], {(0, 5, "ORG")}, {(0, 5): "accepted"}),
        ([decision(0, 5, "ORG", "delete", document="e")], {(0, 5, "ORG")}, {}),
        ([decision(0, 5, "ORG", "delete", digest="y")], {(0, 5, "ORG")}, {}),
    ],
)
def test_apply(taken, left, fates):
    found = apply(record((0, 5, "ORG")), taken)
    assert {(span.start, span.end, span.label) for span in found.spans} == left
    assert {(s.start, s.end): s.fate for s in found.spans if (s.start, s.end) in fates} == fates


def test_a_decided_span_keeps_its_id_and_names_its_curator():
    found = apply(record((0, 5, "ORG")), [decision(0, 5, "ORG", "relabel", (0, 5, "LOC"))], {"Lan": "curator-01"}.get)  # fmt: skip
    assert [(s.id, s.how, s.by) for s in found.spans] == [("0-ORG", "curator", ("curator-01",))]


def test_a_value_follows_its_decision_and_goes_where_the_edges_go():
    old, new = Norm(value="5"), Norm(value="6")
    before = record((0, 5, "MONEY"), norm=old)
    assert apply(before, [decision(0, 5, "MONEY", "value", (0, 5, "MONEY", new))]).spans[0].norm == new
    assert apply(before, [decision(0, 5, "MONEY", "keep", (0, 5, "MONEY"))]).spans[0].norm == old
    assert apply(before, [decision(0, 5, "MONEY", "edge", (0, 4, "MONEY"))]).spans[0].norm is None


def test_a_decision_that_would_cross_is_refused():
    with pytest.raises(SpanError, match="crossing"):
        apply(record((0, 5, "ORG")), [decision(3, 8, "LOC", "keep", (3, 8, "LOC"))])


steps = st.lists(
    st.tuples(
        st.sampled_from([(0, 5), (6, 9), (10, 12)]),
        st.sampled_from(["ORG", "LOC"]),
        st.sampled_from(["keep", "delete", "relabel"]),
    ),
    max_size=6,
)


@settings(max_examples=100, deadline=None)
@given(steps)
def test_the_last_words_are_what_stands(steps):
    taken = []
    for (start, end), label, action in steps:
        other = {"ORG": "LOC", "LOC": "ORG"}[label]
        taken.append(decision(start, end, other, "delete"))
        to = {"keep": (start, end, label), "delete": None, "relabel": (start, end, other)}[action]
        taken.append(decision(start, end, label, action, to))
    found = apply(record(), taken)
    words = deciding.last_words(taken)
    standing = {key[2] for key, word in words.items() if word.stands}
    assert {(span.start, span.end, span.label) for span in found.spans} == standing


def test_recording_twice_writes_once_and_undo_is_a_line_of_its_own(tmp_path):
    workspace = Workspace(tmp_path / "w", create=True)
    one = decision(0, 5, "ORG", "delete", batch="b1")
    assert [item.id for item in deciding.record(workspace, [one])] == ["d000001"]
    assert deciding.record(workspace, [one]) == []
    assert [item.undoes for item in deciding.undo(workspace, ["b1"], "Nga")] == ["d000001"]
    assert deciding.standing(deciding.read(workspace)) == []
    assert deciding.undo(workspace, ["b1"], "Nga") == []
    assert [item.id for item in deciding.record(workspace, [one])] == ["d000003"]
    with pytest.raises(UsageError, match="no decision or batch 'd9'"):
        deciding.undo(workspace, ["d9"], "Nga")


# --- conflicts ------------------------------------------------------------------------------------


def conflicts_of(*spans, majority=True, words=None):
    document = Document(id="d", text=LINE)
    voices = [said(document, f"{n}@x", item, number=n) for n, item in enumerate(spans)]
    return conflicts(
        document,
        voices,
        frozenset(SCHEME.names),
        pseudonym=lambda author: author[0],
        words=words,
        majority=majority,
    )


ORG = at(LINE, "Huyện ủy", "ORG")
LOC = at(LINE, "Huyện ủy", "LOC")
OUTER, INNER = at(LINE, "UBND huyện Đầm Hà", "ORG"), at(LINE, "huyện Đầm Hà", "LOC")


@pytest.mark.parametrize(
    ("spans", "titles", "choices"),
    [
        (([ORG], [ORG]), [], []),
        (([ORG], []), ["Huyện ủy: ORG or nothing, 1 time"], [("A", "B", NEITHER)]),
        (([], [ORG]), ["Huyện ủy: ORG or nothing, 1 time"], [("A", "B", NEITHER)]),
        (([ORG], [LOC]), ["Huyện ủy: LOC or ORG, 1 time"], [("A", "B", NEITHER)]),
        (
            ([OUTER], [INNER]),
            ["UBND huyện Đầm Hà: LOC 'huyện Đầm Hà' or ORG, 1 time"],
            [("A", "B", BOTH, NEITHER)],
        ),
        (([OUTER, INNER], [OUTER]), ["huyện Đầm Hà: LOC or nothing, 1 time"], [("A", "B", NEITHER)]),
        (([ORG], [ORG], []), [], []),
        (([ORG], [LOC], []), [], []),
    ],
)
def test_conflicts(spans, titles, choices):
    found = conflicts_of(*spans)
    assert [title([item]) for item in found] == titles
    assert [item.choices for item in found] == choices


def test_without_majority_everything_that_not_all_have_waits():
    assert len(conflicts_of([ORG], [ORG], [], majority=False)) == 1


def test_values_conflict_and_the_chosen_one_is_kept():
    values = [at(LINE, "xã Tân Lập", "DATE", norm=Norm(edtf=year)) for year in ("2020", "2021")]
    (found,) = conflicts_of([values[0]], [values[1]])
    assert found.kind == "value"
    (taken,) = resolve(found, "B", by="Lan")
    assert (taken.action, taken.to.norm) == ("keep", found.readings[1].spans[0].norm)


def test_resolving_leaves_nothing_open():
    (found,) = conflicts_of([OUTER], [INNER])
    for choice, expected in {"A": 1, "B": 1, BOTH: 2, NEITHER: 0}.items():
        taken = resolve(found, choice, by="Lan")
        assert len(taken) == 2
        assert sum(item.action == "keep" for item in taken) == expected
        words = {place[2]: word for place, word in deciding.last_words(taken).items()}
        assert conflicts_of([OUTER], [INNER], words=words) == []
    with pytest.raises(UsageError, match="no choice 'C'"):
        resolve(found, "C", by="Lan")


def test_groups_look_alike_and_come_by_frequency(pair):
    found = list(open_conflicts(pair, SCHEME, pseudonyms(pair)))
    assert [title(group) for group in grouped(found)] == [
        "Huyện ủy: ORG or nothing, 2 times",
        "UBND huyện Đầm Hà: ORG 'UBND huyện' or ORG, 1 time",
    ]
    assert {name for item in found for reading in item.readings for name in reading.by} == {
        "annotator-01",
        "annotator-02",
    }


# --- settling under decisions ---------------------------------------------------------------------


def sitting(workspace, answers, by="Lan"):
    found = list(open_conflicts(workspace, SCHEME, pseudonyms(workspace)))
    given = iter(answers)

    def ask(question):
        try:
            return next(given)
        except StopIteration:
            raise EOFError from None

    return sit(workspace, found, by=by, ask=ask, show=lambda line: None)


def test_a_group_is_decided_at_once_and_never_asked_again(pair):
    assert settle(pair).outcomes == {"conflict": 2}
    done = sitting(pair, ["a", "x", "b"])
    assert (done.decided, done.answers, done.conflicts) == (3, 2, 3)
    assert list(open_conflicts(pair, SCHEME, pseudonyms(pair))) == []
    assert settle(pair).outcomes == {"settled": 2}
    for item in read_records(pair):
        assert keys(item) == {("Huyện ủy", "ORG"), ("UBND huyện Đầm Hà", "ORG"), ("xã Tân Lập", "LOC")}
        assert {s.how for s in item.spans} <= {"curator", "agreed"}
        assert {name for s in item.spans if s.how == "curator" for name in s.by} == {"curator-01"}
        assert "Lan" not in msgspec.json.encode(item).decode()


def test_a_rejected_span_stays_rejected(pair):
    sitting(pair, ["n", "b"])
    settle(pair)
    third = said(Document(id="d0", text=LINE), C, [ORG, at(LINE, "xã Tân Lập", "LOC"), OUTER], number=9)
    append_events(pair.folder("annotations") / "p.jsonl", [event("annotation", third)])
    settle(pair)
    assert all(("Huyện ủy", "ORG") not in keys(item) for item in read_records(pair))


def test_exceptions_one_by_one_skip_and_quit(pair):
    done = sitting(pair, ["1", "a", "n", "s"])
    assert (done.decided, done.answers) == (2, 4)
    assert len(list(open_conflicts(pair, SCHEME, pseudonyms(pair)))) == 1
    assert sitting(pair, ["q"]).decided == 0
    assert sitting(pair, []).decided == 0


def test_the_curator_is_no_annotator(pair):
    review = said(Document(id="d0", text=LINE), C, [ORG], number=20, round="curation:1")
    append_events(pair.folder("annotations") / "p.jsonl", [event("annotation", review)])
    assert settle(pair).outcomes == {"conflict": 2}


def test_what_crosses_once_it_is_settled_is_asked_as_well(tmp_path):
    """Names and numbers on the same characters, and a decided span across another: both come to the curator."""
    document = Document(id="d", text=LINE)
    both = [at(LINE, "Huyện ủy", "ORG"), at(LINE, "xã Tân", "LOC")]
    given = [
        said(document, A, [both[0], both[1]], number=1, layer="names"),
        said(document, B, [at(LINE, "Huyện ủy", "DATE")], number=2, layer="numbers"),
    ]
    workspace = workspace_of(tmp_path / "w", [document], given)
    assert settle(workspace).outcomes == {"conflict": 1}
    done = sitting(workspace, ["b"])
    assert (done.conflicts, done.decided) == (1, 1)
    assert settle(workspace).outcomes == {"settled": 1}
    (record,) = read_records(workspace)
    assert keys(record) == {("Huyện ủy", "ORG"), ("xã Tân", "LOC")}
    wider = Target(start=LINE.index("Tân"), end=LINE.index("Lập") + 3, label="PER", text="Tân Lập")
    deciding.record(workspace, [Decision(by="Lan", document="d", digest=document.digest, start=wider.start, end=wider.end, label="PER", text="Tân Lập", action="keep", to=wider)])  # fmt: skip
    assert settle(workspace).outcomes == {"conflict": 1}
    assert sitting(workspace, ["n"]).decided == 1
    assert settle(workspace).outcomes == {"settled": 1}


def test_policy_curator_waits_where_a_majority_would_decide(tmp_path):
    document = Document(id="d", text=LINE)
    given = [said(document, who, spans, number=n) for n, (who, spans) in enumerate([(A, [ORG]), (B, [ORG]), (C, [])])]  # fmt: skip
    workspace = workspace_of(tmp_path / "w", [document], given)
    assert settle(workspace).outcomes == {"settled": 1}
    assert settle(workspace, majority=False).outcomes == {"conflict": 1}


# --- find and decide ------------------------------------------------------------------------------


@pytest.fixture
def many(tmp_path):
    """A hundred documents, three identical faults in each."""
    text = LINE * 3
    documents = [Document(id=f"d{n:03d}", text=text) for n in range(100)]
    given = [
        said(
            item,
            A,
            [
                *(at(text, "Huyện ủy", "LOC", nth) for nth in range(3)),
                *(at(text, "Đồng chí Nam", "PER", nth) for nth in range(3)),
                at(text, "UBND huyện Đầm Hà", "ORG"),
                at(text, "huyện Đầm Hà", "LOC"),
            ],
            number=n,
        )
        for n, item in enumerate(documents)
    ]
    return workspace_of(tmp_path / "work", documents, given)


def hits(workspace, **query):
    return list(find(workspace, Query(**query), pseudonyms=pseudonyms(workspace)))


def test_find_by_every_condition(many):
    assert len(hits(many, surface="huyện ủy")) == 300
    assert len(hits(many, pattern="^Đồng chí")) == 300
    assert len(hits(many, labels=("LOC",), inside="ORG")) == 100
    assert len(hits(many, labels=("LOC",), depth=0)) == 300
    assert len(hits(many, around="LOC")) == 100
    assert len(hits(many, surface="huyện ủy", over="annotations", annotator="annotator-01")) == 300
    assert hits(many, annotator="annotator-09") == []
    assert hits(many, round="r9") == []
    assert len(hits(many, surface="xã tân lập", unmarked=True)) == 300
    assert hits(many, surface="huyện ủy", unmarked=True) == []
    with pytest.raises(UsageError, match="no regular expression"):
        hits(many, pattern="(")
    with pytest.raises(UsageError, match="--unmarked needs the surface"):
        hits(many, unmarked=True)


def test_hits_carry_their_context_and_survive_a_file(many):
    first = hits(many, labels=("LOC",), inside="ORG")[0]
    assert (first.around, first.depth, first.by) == (("ORG",), 1, ("annotator-01",))
    assert (first.before + first.text + first.after) in LINE * 3
    again = read_hits([msgspec.json.encode(first), b""], "f")
    assert again == [first]
    with pytest.raises(UsageError, match="f:1: not a hit"):
        read_hits([b"{}"], "f")


def test_three_hundred_identical_faults_take_one_order(many):
    order = Order(by="Lan", relabel="ORG", batch="b1")
    planned = plan(many, hits(many, surface="Huyện ủy"), order, SCHEME)
    assert (len(planned.decisions), planned.refused) == (300, [])
    assert len(deciding.record(many, planned.decisions)) == 300
    settle(many)
    assert len(hits(many, surface="Huyện ủy", labels=("ORG",))) == 300
    assert deciding.record(many, planned.decisions) == []
    assert len(deciding.undo(many, ["b1"], "Lan")) == 300
    settle(many)
    assert len(hits(many, surface="Huyện ủy", labels=("LOC",))) == 300


@pytest.mark.parametrize("edge", ["Nam", "re:(?<=Đồng chí )Nam"])
def test_edges_move_to_the_text_that_is_named(many, edge):
    planned = plan(many, hits(many, pattern="^Đồng chí"), Order(by="Lan", edge=edge), SCHEME)
    assert {item.to.text for item in planned.decisions} == {"Nam"}
    deciding.record(many, planned.decisions)
    settle(many)
    assert len(hits(many, surface="Nam", labels=("PER",))) == 300


def test_what_can_not_be_decided_is_refused_by_name(many):
    found = hits(many, surface="Huyện ủy")[:3]
    moved = msgspec.structs.replace(found[0], start=1, end=9)
    stale = msgspec.structs.replace(found[1], digest="0")
    gone = msgspec.structs.replace(found[2], document="nowhere")
    planned = plan(many, [moved, stale, gone, found[0]], Order(by="Lan", relabel="ORG"), SCHEME)
    assert len(planned.decisions) == 1
    assert [item["message"][:27] for item in planned.refused] == [
        "the document has 'uyện ủy '",
        "found in another revision o",
        "its document is not in the ",
    ]
    crossing = plan(many, hits(many, surface="UBND huyện Đầm Hà"), Order(by="Lan", edge="Đầm Hà báo"), SCHEME)
    assert len(crossing.refused) == 100
    assert "cross" in crossing.refused[0]["message"]


@pytest.mark.parametrize(
    ("order", "words"),
    [
        ({"by": "Lan"}, "say one of"),
        ({"by": "Lan", "delete": True, "keep": True}, "say one of"),
        ({"by": " ", "delete": True}, "name yourself"),
    ],
)
def test_orders_that_mean_nothing(order, words):
    with pytest.raises(UsageError, match=words):
        Order(**order)
    with pytest.raises(UsageError, match="no label 'FOO'"):
        plan(None, [], Order(by="Lan", relabel="FOO"), SCHEME)


# --- killed at any moment, and how fast a curator gets on ------------------------------------------

WRITER = """
import sys
from corpus.store import Workspace
from labeling import decisions as deciding
from labeling.decisions import Decision
workspace = Workspace(sys.argv[1])
with workspace.writing():
    for n in range(100000):
        made = [Decision(by="Lan", document=f"d{n}", digest="x", start=k, end=k+1, label="ORG", text="x", action="delete", batch=f"b{n}") for k in range(20)]
        deciding.append(workspace, made, first=20 * n + 1)
        print(n, flush=True)
"""


def test_a_kill_loses_no_decision_that_was_confirmed(tmp_path):
    draw = random.Random(1)
    for number in range(5):
        workspace = Workspace(tmp_path / f"w{number}", create=True)
        child = subprocess.Popen([sys.executable, "-c", WRITER, str(workspace.root)], stdout=subprocess.PIPE)
        child.stdout.readline()
        time.sleep(draw.random() / 5)
        child.send_signal(signal.SIGKILL)
        confirmed = [int(line) for line in child.stdout.read().split()]
        child.wait()
        kept = {item.batch for item in deciding.read(workspace)}
        assert {f"b{n}" for n in confirmed} <= kept
        deciding.record(workspace, [decision(0, 5, "ORG", "delete")])
        assert deciding.read(workspace)[-1].document == "d"


def test_two_hundred_planted_conflicts(tmp_path, capsys):
    """Answers for 200 conflicts in 10 groups: one a group, against one a conflict."""
    surfaces = ["Huyện ủy", "UBND huyện Đầm Hà", "xã Tân Lập", "Nam"]
    text = LINE
    documents = [Document(id=f"d{n:03d}", text=text) for n in range(50)]
    given = []
    for n, item in enumerate(documents):
        given.append(said(item, A, [at(text, s, "ORG") for s in surfaces], number=2 * n))
        given.append(said(item, B, [], number=2 * n + 1))
    workspace = workspace_of(tmp_path / "w", documents, given)
    began = time.perf_counter()
    done = sitting(workspace, ["a"] * 300)
    took = time.perf_counter() - began
    assert (done.conflicts, done.decided, done.groups, done.answers) == (200, 200, 4, 4)
    assert settle(workspace).outcomes == {"settled": 50}
    with capsys.disabled():
        print(
            f"\n200 conflicts: {done.answers} answers grouped, 200 one by one; {took:.2f} s of machine time"
        )


CURATE = """
import sys
from corpus.store import Workspace
from labeling.curate import open_conflicts, sit
from labeling.people import pseudonyms
from labeling.scheme import load_scheme
workspace = Workspace(sys.argv[1])
found = list(open_conflicts(workspace, load_scheme(), pseudonyms(workspace)))
print(len(found), flush=True)
def ask(question):
    print("asked", flush=True)
    return "1" if "one by one" in question else "a"
sit(workspace, found, by="Lan", ask=ask, show=lambda line: None)
print("done", flush=True)
"""


def test_a_kill_in_the_middle_of_curating_loses_no_answer_and_asks_none_twice(tmp_path):
    documents = [Document(id=f"d{n:03d}", text=LINE) for n in range(40)]
    given = [
        said(item, who, [ORG] if who == A else [], number=2 * n + (who == B))
        for n, item in enumerate(documents)
        for who in (A, B)
    ]
    workspace = workspace_of(tmp_path / "w", documents, given)
    draw, left = random.Random(2), 40
    for _ in range(6):
        child = subprocess.Popen([sys.executable, "-c", CURATE, str(workspace.root)], stdout=subprocess.PIPE)
        assert int(child.stdout.readline()) == left
        for _ in range(draw.randint(2, 8)):
            child.stdout.readline()
        child.send_signal(signal.SIGKILL)
        child.wait()
        now = len(list(open_conflicts(workspace, SCHEME, pseudonyms(workspace))))
        assert now <= left
        left = now
    done = subprocess.run(
        [sys.executable, "-c", CURATE, str(workspace.root)], capture_output=True, text=True, check=True
    )
    assert done.stdout.endswith("done\n")
    settle(workspace)
    assert all(("Huyện ủy", "ORG") in keys(item) for item in read_records(workspace))
    assert len({(*item.key, item.document) for item in deciding.read(workspace)}) == len(
        deciding.read(workspace)
    )


def test_who_left_still_counts_and_a_superseded_text_waits(tmp_path):
    old, new = Document(id="d", text=LINE), Document(id="d", text=LINE + "Thêm.")
    given = [said(old, "gone@example.org", [ORG], number=1)]
    workspace = workspace_of(tmp_path / "w", [old], given)
    settle(workspace)
    assert [item.authors for item in read_records(workspace)] == [("annotator-01",)]
    deciding.record(workspace, [Decision(by="Lan", document="d", digest=old.digest, start=0, end=8, label="ORG", text="Huyện ủy", action="delete")])  # fmt: skip
    add_documents(workspace, [new])
    done = settle(workspace)
    assert done.outcomes == {"stale": 1}
    assert "nothing is shifted" in done.refused[0]["message"]
    assert list(find(workspace, Query(surface="Huyện ủy"))) == []
    assert len(deciding.standing(deciding.read(workspace))) == 1
