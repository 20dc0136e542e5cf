"""The spaCy format in an environment that has spaCy: every span, entity and value comes back exactly."""

import json
from collections import Counter

import pytest

from exporters.formats import spacy
from exporters.formats.base import Release, has_value, value_of
from tests.civic_release import shared
from tests.slow_environment import ROOT, python

pytestmark = pytest.mark.slow

EXPORT = """
import json, sys
from pathlib import Path
from exporters.formats import spacy
from exporters.formats.base import Release, Settings, Tally
release, out = Release(Path(sys.argv[1])), Path(sys.argv[2])
out.mkdir()
spacy.FILE = int(sys.argv[3])
tally = Tally()
spacy.write(release, out, tally, Settings())
print(json.dumps([dict(tally.written), tally.by_reason()]))
"""

READ = """
import json, sys
from pathlib import Path
sys.path.insert(0, "scripts/examples")
from spacy_nested import documents
for split in sys.argv[2:]:
    for doc in documents(Path(sys.argv[1]), split):
        print(json.dumps({
            "split": split, "id": doc.user_data["id"], "text": doc.text, "values": doc.user_data["values"],
            "spans": [[s.start_char, s.end_char, s.label_, s.id_, s.text] for s in doc.spans["sc"]],
            "ents": [[e.start_char, e.end_char, e.label_] for e in doc.ents],
        }))
"""


@pytest.fixture(scope="module", params=["written", "gold"])
def release(request):
    return Release(shared(request.param)[1])


def test_round_trip(release, tmp_path):
    written, lost = json.loads(python("spacy", "-c", EXPORT, release.folder, tmp_path / "out", 100))
    splits = release.splits()
    docs = [json.loads(line) for line in python("spacy", "-c", READ, tmp_path / "out", *splits).splitlines()]
    gold = [(split, document) for split in splits for document in release.documents(split, tokens=True)]
    assert written == {"documents": len(gold), "spans": sum(len(document.spans) for _, document in gold)}
    outside = Counter()
    for doc, (split, document) in zip(docs, gold, strict=True):
        assert (doc["split"], doc["id"], doc["text"]) == (split, document.id, document.text)
        spans = [[s["start"], s["end"], s["label"], s["id"], s["text"]] for s in document.spans]
        assert sorted(doc["spans"]) == sorted(spans)
        assert doc["ents"] == [list(each) for each in spacy.entities(document)]
        assert doc["values"] == {s["id"]: value_of(s) for s in document.spans if has_value(s)}
        held = {tuple(ent) for ent in doc["ents"]}
        outside.update(s[2] for s in spans if tuple(s[:3]) not in held)
    assert lost.get(spacy.NOT_ENTS, {}) == dict(outside)


def test_the_same_bytes_again_and_several_files(release, tmp_path):
    for name in ("one", "two"):
        python("spacy", "-c", EXPORT, release.folder, tmp_path / name, 100)
    one, two = (
        {p.relative_to(tmp_path / n): p.read_bytes() for p in (tmp_path / n).rglob("*.spacy")}
        for n in ("one", "two")
    )
    assert one == two
    documents = sum(1 for _ in release.documents("train"))
    parts = [path for path in one if path.parts[0] == "train"]
    assert len(parts) == -(-documents // 100)


def test_the_example_shows_nested_spans(release, tmp_path):
    python("spacy", "-c", EXPORT, release.folder, tmp_path / "out", 100)
    shown = python(
        "spacy", ROOT / "scripts" / "examples" / "spacy_nested.py", tmp_path / "out", "--show", 1000
    )
    first = next(release.documents("train"))
    assert all(repr(span["text"]) in shown for span in first.spans)
    assert f"{sum(1 for _ in release.documents('train'))} documents" in shown
