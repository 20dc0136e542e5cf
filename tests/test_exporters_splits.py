"""The ledger of splits: families stay whole, nothing ever moves, edits by hand are refused."""

import hashlib
from collections import Counter

import pytest
from hypothesis import given
from hypothesis import strategies as st

from corpus.errors import ReleaseError
from exporters.release import release
from exporters.splits import Ledger, bucket, read_lines
from tests.releasing import document, workspace_of

HEAD = "doc_id,family,split,since\n"


def ledger(tmp_path, text=None):
    path = tmp_path / "splits.csv"
    if text is not None:
        path.write_text(text, encoding="utf-8")
    return Ledger(path)


def test_a_family_draws_by_its_hash_alone():
    drawn = int(hashlib.sha256(b"vicivic-splits-1:doc/7").hexdigest()[:8], 16) % 10_000
    expected = "test" if drawn < 1_000 else "validation" if drawn < 2_000 else "train"
    assert bucket("doc/7") == expected
    counts = Counter(bucket(f"doc/{number}") for number in range(10_000))
    assert 900 < counts["test"] < 1_100
    assert 900 < counts["validation"] < 1_100


def test_new_members_follow_their_family(tmp_path):
    family = next(f"f{number}" for number in range(99) if bucket(f"f{number}") == "test")
    book = ledger(tmp_path)
    book.append(book.date(book.draw([("a", family)], small=False), "1.0.0"))
    again = ledger(tmp_path)
    again.append(again.date(again.draw([("a", family), ("b", family)], small=False), "1.1.0"))
    assert (tmp_path / "splits.csv").read_text() == HEAD + f"a,{family},test,1.0.0\nb,{family},test,1.1.0\n"


def test_small_means_train_for_good(tmp_path):
    family = next(f"f{number}" for number in range(99) if bucket(f"f{number}") == "test")
    book = ledger(tmp_path)
    book.append(book.date(book.draw([("a", family)], small=True), "0.1.0"))
    grown = ledger(tmp_path)
    (line,) = grown.draw([("a", family), ("b", family)], small=False)
    assert (line.doc_id, line.split) == ("b", "train")


def test_a_document_that_bridges_two_splits_is_held(tmp_path):
    book = ledger(tmp_path, HEAD + "a,a,train,1.0.0\nb,b,test,1.0.0\n")
    # the corpus found that c is near to both: all three are one family now
    (line,) = book.draw([("a", "a"), ("b", "a"), ("c", "a")], small=False)
    assert (line.doc_id, line.split) == ("c", "held")
    book.append([line])
    again = ledger(tmp_path)
    assert again.split("c") == "held"
    assert again.draw([("a", "a"), ("b", "a"), ("c", "a")], small=False) == []


def test_a_family_that_was_renamed_keeps_its_split(tmp_path):
    book = ledger(tmp_path, HEAD + "b,b,test,1.0.0\n")
    # an earlier member was found: the family has its name now
    (line,) = book.draw([("a", "a"), ("b", "a")], small=False)
    assert (line.doc_id, line.split) == ("a", "test")


pairs = st.dictionaries(st.text("abcđ,\"'\n ", min_size=1, max_size=4), st.sampled_from("stuvw"), max_size=20)


@given(pairs, st.randoms(), st.booleans())
def test_drawing_does_not_depend_on_the_order(tmp_path_factory, documents, random, small):
    folder = tmp_path_factory.mktemp("ledger")
    shuffled = list(documents.items())
    random.shuffle(shuffled)
    one, other = ledger(folder), ledger(folder)
    lines = one.draw(list(documents.items()), small=small)
    assert other.draw(shuffled, small=small) == lines
    one.append(one.date(lines, "1.0.0"))
    assert read_lines(folder / "splits.csv") == [line._replace(since="1.0.0") for line in lines]
    by_family = {}
    for line in lines:
        by_family.setdefault(line.family, set()).add(line.split)
    assert all(len(splits) == 1 for splits in by_family.values())


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("doc_id,split\n", "the first line must be"),
        (HEAD + "a,a,dev,1.0.0\n", "splits.csv:2: .* is no line of a ledger"),
        (HEAD + "a,a,train\n", "is no line of a ledger"),
        (HEAD + "a,a,train,1.0.0\na,a,test,1.0.0\n", "'a' stands twice"),
        (HEAD + "a,a,tra", "its last line is cut off"),
    ],
)
def test_a_damaged_ledger_is_refused(tmp_path, text, words):
    with pytest.raises(ReleaseError, match=words):
        ledger(tmp_path, text)


@pytest.mark.parametrize("edit", ["moved", "removed"])
def test_a_ledger_edited_by_hand_is_refused(tmp_path, edit):
    documents = [document(f"doc/{number}") for number in range(3)]
    workspace = workspace_of(tmp_path / "work", documents)
    release(workspace)
    path = workspace.folder("ledger") / "splits.csv"
    lines = path.read_text().splitlines(keepends=True)
    lines[1:2] = [lines[1].replace("train", "test")] if edit == "moved" else []
    path.write_text("".join(lines))
    before = sorted(workspace.folder("releases").iterdir())
    with pytest.raises(ReleaseError, match="'doc/0' was released in train"):
        release(workspace)
    assert sorted(workspace.folder("releases").iterdir()) == before
