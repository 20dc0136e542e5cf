"""The CRF: features by hand, learning, scores, the same bytes again, the baseline of a release."""

import json
import subprocess
import sys

import pytest
from hypothesis import given
from hypothesis import strategies as st

from corpus.document import Document
from corpus.errors import DataError, UsageError
from corpus.segment import syllables
from exporters.baselines import Baseline, crf_baselines
from exporters.formats.base import Release
from labeling.learn import Crf, Sentence, Settings, features, pieces, score, shape, train
from labeling.scheme import load_scheme
from tests.civic_release import gold_pairs, record, released, shared
from tests.slow_environment import ROOT

QUICK = Settings(iterations=30)


def sentence(text, tags=(), document="d"):
    return Sentence(document, text, tuple((each.start, each.end) for each in syllables(text)), tuple(tags))


# text → tags by token, a pattern that a CRF can't miss
LEARNT = [
    sentence(f"{address} {name} {verb} {place} .", ["O"] * skip + ["B-PER", "I-PER", "O", "B-LOC", "I-LOC", "I-LOC", "O"], f"d{n}")
    for n, (address, skip, name, verb, place) in enumerate(
        (address, len(address.split()), name, verb, place)
        for address in ("Ông", "Đồng chí", "Bà")
        for name in ("Nguyễn Lan", "Trần Páo", "Lê Hà")
        for verb in ("thăm", "về")
        for place in ("huyện Bắc Hà", "xã Tân Lập")
    )
]  # fmt: skip


def test_it_learns_and_finds_names_it_never_saw():
    crf = train(LEARNT, QUICK)
    said = crf.tag(sentence("Ông Vàng Dình thăm huyện Lấp Vò ."))
    assert said == ["O", "B-PER", "I-PER", "O", "B-LOC", "I-LOC", "I-LOC", "O"]


TRAINED = """
import json
from tests.test_labeling_learn import LEARNT, QUICK
from labeling.learn import features, train
crf = train(LEARNT, QUICK)
print(json.dumps([[crf.tag(each), crf.tagger.marginals(features(each))] for each in LEARNT]))
"""


def test_the_same_sentences_give_the_same_tags_in_every_process():
    outputs = []
    for seed in ("1", "2"):
        done = subprocess.run(
            [sys.executable, "-c", TRAINED],
            env={"PYTHONHASHSEED": seed, "PYTHONPATH": str(ROOT)},
            cwd=ROOT, capture_output=True, check=True,
        )  # fmt: skip
        outputs.append(json.loads(done.stdout))
    one, two = outputs
    assert [tags for tags, _ in one] == [tags for tags, _ in two]
    flat = [[p for _, rows in output for row in rows for p in row] for output in outputs]
    assert flat[0] == pytest.approx(flat[1], abs=1e-6)


def test_save_and_load(tmp_path):
    crf = train(LEARNT, QUICK)
    crf.save(tmp_path / "m.crf")
    back = Crf.load(tmp_path / "m.crf")
    assert [back.tag(each) for each in LEARNT] == [crf.tag(each) for each in LEARNT]
    (tmp_path / "bad.crf").write_bytes(b"nothing")
    with pytest.raises(DataError, match=r"bad\.crf: can't be read as a CRF"):
        Crf.load(tmp_path / "bad.crf")


def test_nothing_to_learn():
    with pytest.raises(DataError, match="nothing to learn from: 0 sentences"):
        train([])
    with pytest.raises(DataError, match="nothing to learn from: 1 sentences"):
        train([sentence("Không có gì .", ["O"] * 4)])


def test_no_tokens_no_tags():
    assert train(LEARNT, QUICK).tag(Sentence("d", "", ())) == []


# --- features -----------------------------------------------------------------------------------


def test_features_by_hand():
    found = features(sentence("Ông Trần Páo về huyện Bắc Hà ."))
    name, place = found[2], found[5]
    for feature in (
        "w0=páo",
        "w-1=trần",
        "w1=về",
        "h0=Xx",
        "b-1=trần|páo",
        "p0=pá",
        "s0=áo",
        "rl=<s>",
        "rr=về",
        "rn=3|2",
    ):
        assert feature in name, feature
    assert "c=ông" in name
    assert ("g=O" in name, "g=I" in place, "g=B" in found[4]) == (True, True, True)
    assert "c=huyện" in place
    assert "w-3=<s>" in found[1]
    assert "w3=</s>" in found[6]


@pytest.mark.parametrize(
    ("token", "kind"),
    [("Hà", "Xx"), ("UBND", "X"), ("Đ", "X1"), ("huyện", "x"), ("2025", "d4"), ("12345", "d4"), ("17,2", "dd,d"), ("%", "%"), ("21/10", "dd/dd")],
)  # fmt: skip
def test_shapes(token, kind):
    assert shape(token) == kind


def test_a_cue_reaches_eight_tokens():
    found = features(sentence("ông a b c d e f g h i"))
    assert ["c=ông" in token for token in found] == [False] + [True] * 8 + [False]


@given(st.text(alphabet="aÁđ 1.,\n\u00a0😀", max_size=40))
def test_features_for_any_text(text):
    made = sentence(text)
    found = features(made)
    assert len(found) == len(made.edges)
    assert all(token[0] == "bias" for token in found)


# --- scores -------------------------------------------------------------------------------------


def test_pieces_of_tags():
    made = sentence("ông An Bình về Hà Nội")
    tags = ["O", "B-PER", "B-PER", "O", "I-LOC", "I-LOC"]
    assert [(span.text, span.label) for span in pieces(made, tags)] == [
        ("An", "PER"),
        ("Bình", "PER"),
        ("Hà Nội", "LOC"),
    ]
    mixed = [(span.text, span.label) for span in pieces(made, ["O", "B-PER", "I-LOC", "O", "O", "O"])]
    assert mixed == [("An", "PER"), ("Bình", "LOC")]


def test_score_by_hand():
    gold = [
        sentence("An về Hà Nội", ["B-PER", "O", "B-LOC", "I-LOC"], "a"),
        sentence("An về Hà Nội", ["B-PER", "O", "B-LOC", "I-LOC"], "a"),
        sentence("Lan đi", ["B-PER", "O"], "b"),
    ]
    said = [["B-PER", "O", "B-LOC", "I-LOC"], ["O", "O", "B-LOC", "O"], ["B-PER", "B-PER"]]
    found = score(gold, said, ["PER", "LOC", "ORG"])
    assert set(found) == {"all", "PER", "LOC"}
    assert (found["all"].gold, found["all"].predicted, found["all"].right) == (5, 5, 3)
    assert (found["PER"].precision, found["PER"].recall) == (0.6667, 0.6667)
    assert (found["LOC"].precision, found["LOC"].recall) == (0.5, 0.5)


# --- the baseline of a release ------------------------------------------------------------------


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    """Gold paragraphs; of every third one the annotators saw proposals."""
    pairs = [
        (
            document,
            record(document, [(s.start, s.end, s.label, None) for s in said.spans], shown=number % 3 == 0),
        )
        for number, (document, said) in enumerate(gold_pairs())
    ]
    return released(tmp_path_factory.mktemp("baseline") / "w", pairs)[1]


def test_baseline_of_a_release(folder):
    first, again = (crf_baselines(folder, columns=["ner_tags"], settings=QUICK) for _ in range(2))
    assert first == again
    (found,) = first
    assert isinstance(found, Baseline)
    release = Release(folder)
    rows = {split: list(release.sentences(split)) for split in ("train", "test")}
    assert (found.sentences, found.documents) == (
        len(rows["train"]),
        len({row["doc_id"] for row in rows["train"]}),
    )
    groups = {group.name: group for group in found.groups}
    assert list(groups) == ["all", "blind", "shown"]
    for label in ("PER", "ORG"):
        gold = sum(row["ner_tags"].count(f"B-{label}") for row in rows["test"])
        assert groups["all"].scores[label].gold == gold
        assert gold == sum(groups[name].scores[label].gold for name in ("blind", "shown"))
    assert groups["all"].documents == groups["blind"].documents + groups["shown"].documents
    assert groups["all"].scores["all"].f1 > 0.5


def test_no_baseline_without_a_test_split():
    assert crf_baselines(shared("written")[1]) == []


def test_a_column_without_spans_has_none(tmp_path):
    pairs = [(Document(id=f"{n}", text=f"Không có gì số {n}."), None) for n in range(80)]
    folder = released(tmp_path / "w", [(document, record(document, [])) for document, _ in pairs])[1]
    assert "test" in Release(folder).splits("tokens")
    assert crf_baselines(folder, settings=QUICK) == []


def test_unknown_column(folder):
    with pytest.raises(UsageError, match="no column 'pos'; the flat columns are ner_tags"):
        crf_baselines(folder, columns=["pos"])


def test_the_example_prints_the_table(folder):
    script = ROOT / "scripts" / "examples" / "crf.py"
    done = subprocess.run(
        [sys.executable, str(script), str(folder), "--column", "number_tags", "--iterations", "20"],
        capture_output=True, text=True, check=True,
    )  # fmt: skip
    assert "number_tags, all:" in done.stdout
    assert {label for label in load_scheme().layer("names") if f"  {label} " in done.stdout} == set()
