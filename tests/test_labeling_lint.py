"""Each check: what it must find, and what looks like it and is right."""

import random

import msgspec
import pytest

from corpus.document import Document
from corpus.errors import UsageError
from labeling import decisions as deciding
from labeling.decide import Order, plan_suggestions, read_findings
from labeling.decisions import Decision, Target
from labeling.evidence import history, latest, with_repairs
from labeling.lint.checks import CHECKS
from labeling.lint.fix import fix, mend
from labeling.lint.run import Marked, annotated, gold, lint
from labeling.lint.student import student
from labeling.norm import Norm
from labeling.people import pseudonyms
from labeling.settle import read_records, settle
from labeling.span import AnnotatedSpan
from tests.curating import said, workspace_of


def place(text, surface, label, norm=None, nth=0):
    start = -1
    for _ in range(nth + 1):
        start = text.index(surface, start + 1)
    return AnnotatedSpan(
        start=start,
        end=start + len(surface),
        label=label,
        text=surface,
        region=f"{label}{start}",
        origin="manual",
        norm=norm,
    )


def check(name, text, *spans):
    """(surface, what it should be) of each finding of one check."""
    document = Document(id="d", text=text)
    marked = [place(text, *span) for span in spans]
    return [
        (item.text, item.change.text if item.change else None)
        for item in CHECKS[name](document, sorted(marked, key=lambda span: (span.start, -span.end)))
    ]


FOUND = [
    ("crossing", "UBND huyện Sa Thầy", [("UBND huyện", "ORG"), ("huyện Sa Thầy", "LOC")], [("huyện Sa Thầy", None)]),
    ("crossing", "Sa Thầy", [("Sa Thầy", "ORG"), ("Sa Thầy", "LOC")], [("Sa Thầy", None)]),
    ("trimming", "tại xã Tân Lập, ông", [("xã Tân Lập,", "LOC")], [("xã Tân Lập,", "xã Tân Lập")]),
    ("trimming", "“Nông thôn mới”", [("“Nông thôn mới”", "PROGRAM")], [("“Nông thôn mới”", "Nông thôn mới")]),
    ("inside-word", "ở huyện Mai Sơn", [("yện Mai Sơn", "LOC")], [("yện Mai Sơn", "huyện Mai Sơn")]),
    ("inside-word", "ở Mai Sơn nay", [("Mai Sơ", "LOC")], [("Mai Sơ", "Mai Sơn")]),
    ("leading-words", "gặp đồng chí Lò Văn Pó", [("đồng chí Lò Văn Pó", "PER")], [("đồng chí Lò Văn Pó", "Lò Văn Pó")]),
    ("leading-words", "gặp bà Hà Thị Sen", [("bà Hà Thị Sen", "PER")], [("bà Hà Thị Sen", "Hà Thị Sen")]),
    ("leading-words", "nguyên Bí thư Tỉnh ủy", [("nguyên Bí thư Tỉnh ủy", "TITLE")], [("nguyên Bí thư Tỉnh ủy", "Bí thư Tỉnh ủy")]),
    ("title-in-person", "Bí thư Lò Văn Pó", [("Bí thư Lò Văn Pó", "PER")], [("Bí thư Lò Văn Pó", None)]),
    ("words-before", "về huyện Mai Sơn", [("Mai Sơn", "LOC")], [("Mai Sơn", "huyện Mai Sơn")]),
    ("words-before", "chương trình OCOP", [("OCOP", "PROGRAM")], [("OCOP", "chương trình OCOP")]),
    ("words-after", "Đại hội Đảng bộ xã lần thứ XX", [("Đại hội Đảng bộ xã", "EVENT")], [("Đại hội Đảng bộ xã", "Đại hội Đảng bộ xã lần thứ XX")]),
    ("nested-missing", "UBND huyện Mai Sơn", [("UBND huyện Mai Sơn", "ORG")], [("UBND huyện Mai Sơn", "huyện Mai Sơn")]),
    ("nested-missing", "Chủ tịch UBND xã", [("Chủ tịch UBND xã", "TITLE")], [("Chủ tịch UBND xã", "UBND")]),
    ("nested-missing", "Đại hội lần thứ XX", [("Đại hội lần thứ XX", "EVENT")], [("Đại hội lần thứ XX", "lần thứ XX")]),
    ("nested-forbidden", "ngày 5 tháng 6", [("ngày 5 tháng 6", "DATE"), ("5", "CARDINAL")], [("5", None)]),
    ("nested-forbidden", "Quốc lộ 12 nối", [("Quốc lộ 12", "LOC"), ("12", "CARDINAL")], [("12", None)]),
    ("nested-forbidden", "UBND huyện", [("UBND huyện", "ORG"), ("UBND", "ORG")], [("UBND", None)]),
    ("unmarked-repeat", "Lò Văn Pó đến. Lò Văn Pó nói.", [("Lò Văn Pó", "PER")], [("Lò Văn Pó", "Lò Văn Pó")]),
    ("two-labels", "Sa Thầy và Sa Thầy, Sa Thầy", [("Sa Thầy", "LOC", None, 0), ("Sa Thầy", "LOC", None, 1), ("Sa Thầy", "ORG", None, 2)], [("Sa Thầy", "Sa Thầy")]),
]  # fmt: skip

CLEAN = [
    ("crossing", "UBND huyện Sa Thầy", [("UBND huyện Sa Thầy", "ORG"), ("huyện Sa Thầy", "LOC")]),
    ("trimming", "TT&VH huyện (mới)", [("TT&VH huyện", "ORG")]),
    ("trimming", "tại TP. Vinh.", [("TP. Vinh", "LOC")]),
    ("trimming", "dự chương trình “Đông ấm” tại", [("chương trình “Đông ấm”", "PROGRAM")]),
    ("words-before", "Thông tấn xã Lào đưa tin", [("Lào", "LOC")]),
    ("words-before", "tại điểm cầu huyện Mai Sơn", [("huyện Mai Sơn", "LOC")]),
    ("nested-missing", "Quyết định số 45/QĐ-UBND", [("Quyết định số 45/QĐ-UBND", "LAW")]),
    ("nested-missing", "Tỉnh ủy viên", [("Tỉnh ủy viên", "TITLE")]),
    ("nested-forbidden", "Đồng bằng sông Hồng", [("Đồng bằng sông Hồng", "LOC"), ("sông Hồng", "LOC")]),
    ("inside-word", "huyệnMai Sơn", [("Mai Sơn", "LOC")]),
    ("inside-word", "đạt 30ha lúa", [("30", "CARDINAL")]),
    ("leading-words", "Bà Rịa – Vũng Tàu", [("Bà Rịa", "LOC")]),
    ("leading-words", "gặp Anh Đức", [("Anh Đức", "ORG")]),
    ("leading-words", "gặp Côn", [("Côn", "PER")]),
    ("title-in-person", "ông Lò Văn Pó", [("Lò Văn Pó", "PER")]),
    ("words-before", "huyện ủy Mai Sơn", [("Mai Sơn", "LOC")]),
    ("words-before", "tỉnh, Mai Sơn", [("Mai Sơn", "LOC")]),
    ("words-after", "Đại hội Đảng bộ xã nhiệm kỳ 2020 - 2025", [("Đại hội Đảng bộ xã", "EVENT")]),
    ("nested-missing", "UBND huyện Mai Sơn", [("UBND huyện Mai Sơn", "ORG"), ("huyện Mai Sơn", "LOC")]),
    ("nested-missing", "Chủ tịch UBND xã", [("Chủ tịch UBND xã", "TITLE"), ("UBND xã", "ORG")]),
    ("nested-missing", "UBND huyện họp", [("UBND huyện", "ORG")]),
    ("nested-forbidden", "Đại hội lần thứ XX", [("Đại hội lần thứ XX", "EVENT"), ("lần thứ XX", "ORDINAL")]),
    (
        "unmarked-repeat",
        "Lò Văn Pó đến. Lò Văn Pó nói.",
        [("Lò Văn Pó", "PER"), ("Lò Văn Pó", "PER", None, 1)],
    ),
    ("unmarked-repeat", "Bắc Hà, huyện Bắc Hà", [("Bắc Hà", "LOC"), ("huyện Bắc Hà", "LOC")]),
    ("two-labels", "Sa Thầy và Sa Thầy", [("Sa Thầy", "LOC"), ("Sa Thầy", "LOC", None, 1)]),
]


@pytest.mark.parametrize(("name", "text", "spans", "expected"), FOUND)
def test_found(name, text, spans, expected):
    assert check(name, text, *spans) == expected


@pytest.mark.parametrize(("name", "text", "spans"), CLEAN)
def test_clean(name, text, spans):
    assert check(name, text, *spans) == []


def test_numbers():
    text = "Thu ngân sách đạt trên 52 tỷ đồng."
    right = Norm(value="52000000000", low="52000000000", low_open=True, mod="more", unit="VND")
    found = list(CHECKS["numbers"](Document(id="d", text=text), [place(text, "52 tỷ đồng", "MONEY")]))
    assert [(item.check, item.change.text if item.change else None) for item in found] == [
        ("cue-outside", "trên 52 tỷ đồng"),
        ("no-value", None),
    ]
    wrong = msgspec.structs.replace(right, value="5", low=None, low_open=False, mod=None)
    spans = [place(text, "trên 52 tỷ đồng", "MONEY", wrong)]
    assert [item.check for item in CHECKS["numbers"](Document(id="d", text=text), spans)] == ["value"]


def test_every_check_has_a_case():
    assert {case[0] for case in FOUND} | {"numbers"} == set(CHECKS)
    assert {case[0] for case in CLEAN} | {"numbers"} == set(CHECKS)


def test_no_span_has_no_finding_and_unknown_checks_are_refused():
    marked = [Marked(document=Document(id="d", text="Không có gì."), spans=(), by=())]
    assert list(lint(marked)) == []
    with pytest.raises(UsageError, match="no check 'spelling'"):
        list(lint(marked, checks=["spelling"]))


def test_one_surface_two_ways_over_the_corpus():
    text = "UBND xã họp."
    labels = ["ORG"] * 9 + ["LOC"]
    marked = [
        Marked(document=Document(id=f"d{n}", text=text), spans=(place(text, "UBND xã", label),), by=())
        for n, label in enumerate(labels)
    ]
    (found,) = lint(marked, checks=["two-labels-corpus"])
    assert (found.document, found.change.label) == ("d9", "ORG")
    assert "ORG 9 times in the corpus, LOC 1 times" in found.message


TEXT = "Gặp đồng chí Lò Văn Pó tại xã Tân Lập, chiều nay."


@pytest.fixture
def faulty(tmp_path):
    document = Document(id="d", text=TEXT)
    spans = [place(TEXT, "đồng chí Lò Văn Pó", "PER"), place(TEXT, "xã Tân Lập,", "LOC")]
    return workspace_of(tmp_path / "w", [document], [said(document, "an@example.org", spans)])


def fixed(workspace, at="2026-02-01"):
    return fix(workspace, annotated(workspace, pseudonyms(workspace)), at=at)


def test_fix_is_an_annotation_of_its_own(faulty):
    before = next(item for item in latest(history(faulty)))
    done = fixed(faulty)
    assert (done.annotations, done.repaired, done.spans) == (1, 1, 2)
    states = latest(history(faulty))
    assert [item.author for item in states] == ["lint", "an@example.org"]
    assert states[1] == before
    settle(faulty)
    (record,) = read_records(faulty)
    assert {span.text for span in record.spans} == {"Lò Văn Pó", "xã Tân Lập"}
    assert record.authors == ("annotator-01",)
    assert set(pseudonyms(faulty)) == {"an@example.org"}
    assert (fixed(faulty).already, len(latest(history(faulty)))) == (1, 2)


def test_a_later_edit_leaves_the_repair_behind(faulty):
    fixed(faulty)
    person = next(item for item in latest(history(faulty)) if item.author != "lint")
    later = msgspec.structs.replace(person, key=(*person.key[:3], "2026-03-01"), updated_at="2026-03-01")
    assert with_repairs([later, *(item for item in latest(history(faulty)) if item.author == "lint")]) == [
        later
    ]


def test_what_would_cross_is_not_mended():
    text = "“a b”"
    spans = [place(text, "“a b”", "ORG"), place(text, "a b", "LOC")]
    kept, mended = mend(Marked(document=Document(id="d", text=text), spans=tuple(spans), by=()))
    assert (mended, [span.text for span in kept]) == (0, ["“a b”", "a b"])


def test_a_span_that_is_not_the_text_there_is_never_mended_into_one_that_is():
    text = "gặp “ông Lò Văn Pó” nay."
    wrong = msgspec.structs.replace(place(text, "gặp", "PER"), end=999, text="zz,")
    item = Marked(document=Document(id="d", text=text), spans=(wrong,), by=())
    assert mend(item) == ((wrong,), 0)


def test_what_one_change_lays_bare_the_next_mends():
    text = "gặp “ông Lò Văn Pó” nay"
    item = Marked(document=Document(id="d", text=text), spans=(place(text, "“ông Lò Văn Pó”", "PER"),), by=())
    kept, mended = mend(item)
    assert (mended, [span.text for span in kept]) == (2, ["Lò Văn Pó"])


def test_a_number_keeps_its_value_when_punctuation_goes():
    text = "đạt 14, rồi"
    item = Marked(
        document=Document(id="d", text=text),
        spans=(place(text, "14,", "CARDINAL", Norm(value="14")),),
        by=(),
    )
    assert [(span.text, span.norm) for span in mend(item)[0]] == [("14", Norm(value="14"))]


def test_gold_is_linted_without_the_machine_layer(faulty):
    settle(faulty)
    found = list(lint(gold(faulty)))
    assert {(item.check, item.by) for item in found} == {
        ("leading-words", ("annotator-01",)),
        ("trimming", ("annotator-01",)),
    }


def test_all_suggestions_are_decided_with_one_order(faulty):
    found = list(lint(gold(faulty)))
    again = read_findings([msgspec.json.encode(item) for item in found], "lint.jsonl")
    assert again == found
    none = msgspec.structs.replace(found[0], change=None)
    stale = msgspec.structs.replace(found[0], digest="0" * 64)
    gone = msgspec.structs.replace(found[0], document="nowhere")
    planned = plan_suggestions(faulty, [*found, none, stale, gone], Order(by="Lan", suggested=True))
    assert [item.action for item in planned.decisions] == ["edge", "edge"]
    assert [item["message"][:14] for item in planned.refused] == [
        "lint suggests ",
        "found in anoth",
        "its document i",
    ]
    deciding.record(faulty, planned.decisions)
    settle(faulty)
    assert list(lint(gold(faulty))) == []
    with pytest.raises(UsageError, match="f:1: not a finding"):
        read_findings([b"{}"], "f")


def test_a_suggestion_can_be_decided(faulty):
    (found,) = lint(gold(faulty), checks=["leading-words"])
    change = found.change
    made = Decision(
        by="Lan",
        document=found.document,
        digest=found.digest,
        start=found.start,
        end=found.end,
        label=found.label,
        text=found.text,
        action="edge",
        to=Target(start=change.start, end=change.end, label=change.label, text=change.text),
    )
    deciding.record(faulty, [made])
    settle(faulty)
    assert list(lint(gold(faulty), checks=["leading-words"])) == []


def taught(many=40, seed=3):
    """Documents in which a label follows from its context, with five planted label errors and two gaps."""
    draw = random.Random(seed)
    frames = {
        "PER": ["Đồng chí {} phát biểu tại hội nghị.", "Ông {} cho biết kết quả."],
        "LOC": ["Đoàn đến thăm {} trong buổi sáng.", "Mưa lớn tại {} gây ngập."],
        "ORG": ["{} ban hành quyết định mới.", "Theo báo cáo của {} năm nay."],
    }
    names = {
        "PER": ["Lò Văn Pó", "Hà Thị Sen", "Giàng A Páo", "Vi Văn Tuấn"],
        "LOC": ["xã Tân Lập", "thôn Nà Pàn", "huyện Mai Sơn", "bản Co Mạ"],
        "ORG": ["UBND huyện", "Huyện ủy", "Hội Nông dân", "Công an huyện"],
    }
    marked, wrong, gaps = [], set(), set()
    for number in range(many):
        text, spans = "", []
        for label in draw.sample(list(frames), 3):
            frame, name = draw.choice(frames[label]), draw.choice(names[label])
            start = len(text) + frame.index("{}")
            text += frame.format(name) + " "
            spans.append((start, start + len(name), label))
        text = text.strip()
        if number % 8 == 5:
            start, end, label = spans[1]
            spans[1] = (start, end, {"PER": "ORG", "ORG": "LOC", "LOC": "PER"}[label])
            wrong.add((f"d{number}", start))
        if number in (4, 20):
            gaps.add((f"d{number}", spans.pop(2)[0]))
        marked.append(
            Marked(
                document=Document(id=f"d{number}", text=text),
                spans=tuple(
                    AnnotatedSpan(start=s, end=e, label=label, text=text[s:e], region=f"{s}", origin="manual")
                    for s, e, label in spans
                ),
                by=("annotator-01",),
            )
        )
    return marked, wrong, gaps


def test_a_student_of_the_other_documents_finds_planted_errors():
    marked, wrong, gaps = taught()
    found = list(student(marked))
    labels = {(item.document, item.start) for item in found if item.check == "student-label"}
    missing = {(item.document, item.start) for item in found if item.check == "student-missing"}
    assert wrong <= labels
    assert gaps <= missing
    assert len(labels - wrong) + len(missing - gaps) <= 2
    assert list(student(marked)) == found


def test_a_student_of_too_few_documents_says_nothing():
    assert list(student(taught(6)[0])) == []
    assert list(student([])) == []
