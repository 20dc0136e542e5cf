"""What changed between releases, span by span; which number follows; what the changelog says."""

import json

import msgspec
import pytest

from corpus.documents import add_documents
from corpus.errors import ReleaseError
from corpus.takedowns import take_down
from exporters.changelog import counted
from exporters.diff import Side, changes, difference, structural
from exporters.manifest import read_manifest
from exporters.release import release
from exporters.show import load_config
from exporters.tombstones import read_tombstones
from exporters.versions import Version, next_version
from labeling.norm import Norm
from tests.releasing import (
    TEXT,
    annotation,
    document,
    drawn,
    kept,
    prelabel,
    proposals,
    settled,
    vicivic,
    workspace_of,
)

DOCS = [document(f"doc/{number}", url=f"https://example.com/{number}") for number in range(3)]
REGIONS = {item.span.text: item.region for item in proposals(DOCS[0])}


@pytest.fixture
def workspace(tmp_path):
    """Three documents, the first two settled and released as 1.0.0."""
    made = workspace_of(tmp_path / "work", DOCS)
    settled(made, *(annotation(of, kept(of), number=number) for number, of in enumerate(DOCS[:2])))
    assert str(release(made).version) == "1.0.0"
    return made


def side(workspace, version):
    folder = workspace.folder("releases") / version
    return Side(folder, read_manifest(folder))


def corrected(of):
    """Every kind of correction once."""
    spans = kept(of, drop=("PER", "PERCENT", "MONEY", "xã Tân Lập", "TITLE"))
    return [
        *spans,
        drawn(of, "ORG", "Trần Thị Lan", region=REGIONS["Trần Thị Lan"]),
        drawn(of, "LOC", "thăm xã Tân Lập", region=REGIONS["xã Tân Lập"]),
        drawn(of, "PERCENT", "13,71%", region=REGIONS["13,71%"], norm=Norm(value="13.7", unit="%")),
        drawn(of, "CARDINAL", "52", region="fresh"),
    ]


def test_every_correction_is_told(workspace):
    settled(workspace, annotation(DOCS[0], corrected(DOCS[0]), number=0, at="2022-05-01T00:00:00Z"))
    done = release(workspace)
    assert str(done.version) == "1.0.1"
    found = [
        (item.change, item.label, item.span, item.before, item.after)
        for item in changes(side(workspace, "1.0.0"), side(workspace, "1.0.1"))
    ]
    assert sorted(found) == sorted(
        [
            ("relabelled", "ORG", REGIONS["Trần Thị Lan"], "PER", "ORG"),
            ("moved", "LOC", REGIONS["xã Tân Lập"], "[110, 120) xã Tân Lập", "[105, 120) thăm xã Tân Lập"),
            (
                "revalued", "PERCENT", REGIONS["13,71%"],
                '{"unit":"%","value":"13.71","value_float":13.71}', '{"unit":"%","value":"13.7","value_float":13.7}',
            ),
            ("span removed", "MONEY", REGIONS["trên 52 tỷ đồng"], "[75, 90) trên 52 tỷ đồng", None),
            ("span removed", "TITLE", REGIONS["Phó Chủ tịch UBND huyện Đầm Hà"],
             "[0, 30) Phó Chủ tịch UBND huyện Đầm Hà", None),
            ("span added", "CARDINAL", "fresh", None, "[80, 82) 52"),
        ]
    )  # fmt: skip
    assert done.difference.by_change() == {
        "span added": 1, "span removed": 2, "moved": 1, "relabelled": 1, "revalued": 1,
    }  # fmt: skip
    assert done.difference.level == "patch"


def test_a_redrawn_span_is_the_same_span(workspace):
    """A region deleted and drawn again on the same characters is no change to those who load the data."""
    spans = [*kept(DOCS[0], drop=("PER",)), drawn(DOCS[0], "PER", "Trần Thị Lan", region="other")]
    settled(workspace, annotation(DOCS[0], spans, number=0, at="2022-05-01T00:00:00Z"))
    done = release(workspace)
    assert done.difference.by_change() == {}
    assert str(done.version) == "1.0.1"  # its id is in the data


def test_changes_load_as_a_config_and_add_up_over_versions(workspace):
    settled(workspace, annotation(DOCS[0], corrected(DOCS[0]), number=0, at="2022-05-01T00:00:00Z"))
    release(workspace)
    settled(workspace, annotation(DOCS[2], kept(DOCS[2]), number=2))
    done = release(workspace)
    assert str(done.version) == "1.1.0"
    rows = list(load_config(done.path, "changes")["train"])
    assert [row["version"] for row in rows] == ["1.0.1"] * 6 + ["1.1.0"]
    assert rows[-1] == {
        "version": "1.1.0", "doc_id": "doc/2", "span_id": None, "change": "document added",
        "label": None, "before": None, "after": None,
    }  # fmt: skip
    first = workspace.folder("releases") / "1.0.0"
    assert not (first / "data" / "changes").exists()


def test_a_taken_down_document_leaves_a_tombstone(workspace):
    take_down(workspace, ["https://example.com/1"])
    settled(workspace)
    done = release(workspace)
    assert str(done.version) == "1.1.0"
    assert done.difference.by_change() == {"document taken down": 1}
    assert read_tombstones(done.path) == [("doc/1", "1.1.0")]
    held = "".join(
        json.dumps(list(load_config(done.path, config)["train"]))
        for config in ("tokens", "spans", "documents", "provenance", "vlsp")
    )
    assert "doc/1" not in held
    settled(workspace, annotation(DOCS[2], kept(DOCS[2]), number=2))
    later = release(workspace)
    assert read_tombstones(later.path) == [("doc/1", "1.1.0")]


def test_a_document_that_is_no_longer_settled_is_a_major_change(workspace):
    settled(workspace, annotation(DOCS[1], [], number=1, at="2022-05-01T00:00:00Z", status="rejected"))
    with pytest.raises(
        ReleaseError, match=r"--version 1\.0\.1: the next version is 2\.0\.0: 1 document removed"
    ):
        release(workspace, version="1.0.1")
    assert not list(workspace.folder("releases").glob("[.2]*"))
    assert str(release(workspace, version="2.0.0").version) == "2.0.0"


def test_a_changed_text_is_told_and_its_spans_are_compared_by_what_they_say(workspace):
    new = document("doc/0", text="Tin: " + TEXT, url="https://example.com/0")
    add_documents(workspace, [new])
    prelabel(workspace, [new, *DOCS[1:]])
    spans = [msgspec.structs.replace(s, region=REGIONS[s.text]) for s in kept(new, drop=("PER",))]
    settled(workspace, annotation(new, spans, number=9, at="2022-05-01T00:00:00Z"))
    done = release(workspace)
    assert done.difference.by_change() == {"text changed": 1, "span removed": 1}
    assert str(done.version) == "1.0.1"


def test_the_changelog_grows_from_the_difference(workspace):
    settled(
        workspace,
        annotation(DOCS[0], corrected(DOCS[0]), number=0, at="2022-05-01T00:00:00Z"),
        annotation(DOCS[2], kept(DOCS[2]), number=2),
    )
    path = release(workspace).path
    assert (path / "CHANGELOG.md").read_text(encoding="utf-8") == (
        """\
# Changelog

## 1.1.0 (2022-05-01)

Since 1.0.0:

- 1 document added
- 1 span added
- 2 spans removed
- 1 span moved
- 1 span relabelled
- 1 span revalued

| change | label | spans |
| --- | --- | ---: |
| moved | LOC | 1 |
| relabelled | ORG | 1 |
| revalued | PERCENT | 1 |
| span added | CARDINAL | 1 |
| span removed | MONEY | 1 |
| span removed | TITLE | 1 |

For example:

- relabelled PER → ORG: Phó Chủ tịch UBND huyện Đầm Hà \\[Trần Thị Lan\\] dự hội nghị. (doc/0)
- moved \\[110, 120) xã Tân Lập → \\[105, 120) thăm xã Tân Lập (LOC): sách đạt trên 52 tỷ đồng, 13,71%. Đoàn \\[thăm xã Tân Lập\\]. (doc/0)
- revalued {"unit":"%","value":"13.71","value\\_float":13.71} → {"unit":"%","value":"13.7","value\\_float":13.7} (PERCENT): Thu ngân sách đạt trên 52 tỷ đồng, \\[13,71%\\]. Đoàn thăm xã Tân Lập. (doc/0)
- span removed TITLE: \\[Phó Chủ tịch UBND huyện Đầm Hà\\] Trần Thị Lan dự hội nghị. (doc/0)
- span removed MONEY: Thu ngân sách đạt \\[trên 52 tỷ đồng\\], 13,71%. Đoàn thăm xã Tân Lập. (doc/0)
- span added CARDINAL: Thu ngân sách đạt trên \\[52\\] tỷ đồng, 13,71%. Đoàn thăm xã Tân Lập. (doc/0)

## 1.0.0 (2022-03-04)

First release.
""".replace("13,71%. Đoàn", "13,71%.\u00a0Đoàn").replace("\\[13,71%\\]. Đoàn", "\\[13,71%\\].\u00a0Đoàn")
    )


def test_the_command_tells_a_difference(workspace):
    settled(workspace, annotation(DOCS[0], corrected(DOCS[0]), number=0, at="2022-05-01T00:00:00Z"))
    release(workspace)
    run = vicivic("diff", "1.0.0", "latest", "--work", workspace.root, "--json")
    said = json.loads(run.stdout)
    assert (said["before"], said["after"], said["level"]) == ("1.0.0", "1.0.1", "patch")
    assert said["counts"]["relabelled"] == 1
    shown = vicivic("diff", "1.0.0", "1.0.1", "--work", workspace.root).stdout
    assert "relabelled PER → ORG" in shown
    assert shown.endswith(
        "1.0.0 → 1.0.1 (patch): 1 span added, 2 spans removed, 1 span moved, 1 span relabelled, 1 span revalued\n"
    )
    markdown = vicivic("diff", "1.0.0", "1.0.1", "--work", workspace.root, "--markdown").stdout
    assert markdown.startswith("## 1.0.1 (2022-05-01)\n\nSince 1.0.0:\n")
    other = vicivic("diff", "1.0.0", "3.0.0", "--work", workspace.root)
    assert (other.returncode, "there is: 1.0.0, 1.0.1" in other.stderr) == (2, True)


def test_the_series_are_never_compared(workspace):
    release(workspace, machine=True)
    run = vicivic("diff", "0.1.0", "1.0.0", "--work", workspace.root)
    assert run.returncode == 2
    assert "name two releases of one series" in run.stderr


# --- structure and numbers ------------------------------------------------------------------------


def changed(manifest, config, change):
    """A manifest in which `change` was applied to the columns of a config."""
    configs = json.loads(msgspec.json.encode(manifest.configs))
    features = configs[config]["features"]
    change(features)
    return msgspec.structs.replace(
        manifest,
        configs=msgspec.convert(
            configs, type(manifest.configs) and dict[str, type(manifest.configs[config])]
        ),
    )


def label_names(features, column="spans"):
    (found,) = (item for item in features if item["name"] == column)
    if column == "spans":
        (found,) = (item for item in found["list"] if item["name"] == "label")
        return found["dtype"]["class_label"]["names"]
    return found["list"]["class_label"]["names"]


STRUCTURE = [
    (
        "spans",
        lambda f: f.append({"name": "extra", "dtype": "string"}),
        ("column spans.extra added", "minor"),
    ),
    ("spans", lambda f: f.pop(0), ("column spans.id removed", "major")),
    (
        "tokens",
        lambda f: f[2].update(dtype="int64"),
        ("column tokens.sent_id has another type or other label ids", "major"),
    ),
    (
        "spans",
        lambda f: label_names(f).update({"16": "AWARD"}),
        ("labels AWARD added to spans.spans.label", "minor"),
    ),
    (
        "spans",
        lambda f: label_names(f).update({"0": "ORG", "1": "PER"}),
        ("column spans.spans.label has another type or other label ids", "major"),
    ),
    (
        "tokens",
        lambda f: label_names(f, "number_tags").update({"19": "B-AGE", "20": "I-AGE"}),
        ("labels B-AGE, I-AGE added to tokens.number_tags", "minor"),
    ),
]


@pytest.mark.parametrize(("config", "change", "expected"), STRUCTURE, ids=[case[2][0] for case in STRUCTURE])
def test_changes_of_structure_have_their_weight(workspace, config, change, expected):
    before = side(workspace, "1.0.0")
    after = changed(before.manifest, config, change)
    assert list(structural(before.manifest, after)) == [expected]
    assert difference(before, Side(before.folder, after)).level == expected[1]


def test_scheme_config_and_guideline_have_their_weight(workspace):
    before = side(workspace, "1.0.0").manifest
    after = msgspec.structs.replace(
        before, scheme="2", guideline="1.1", configs={k: v for k, v in before.configs.items() if k != "vlsp"}
    )
    assert list(structural(before, after)) == [
        ("scheme 1 → 2", "major"),
        ("guideline 1.0 → 1.1", "minor"),
        ("config vlsp removed", "major"),
    ]
    assert list(structural(after, before))[-1] == ("config vlsp added", "minor")


@pytest.mark.parametrize(
    ("previous", "kind", "level", "expected"),
    [
        (None, "human", "patch", "1.0.0"),
        (None, "machine", "major", "0.1.0"),
        (Version(1, 4, 2), "human", "patch", "1.4.3"),
        (Version(1, 4, 2), "human", "minor", "1.5.0"),
        (Version(1, 4, 2), "human", "major", "2.0.0"),
        (Version(0, 9, 0), "machine", "major", "0.10.0"),
        (Version(0, 9, 0), "machine", "patch", "0.10.0"),
    ],
)
def test_numbers_follow_from_the_level(previous, kind, level, expected):
    assert str(next_version(previous, kind, level)) == expected


def test_counts_in_words():
    assert counted("document added", 1) == "1 document added"
    assert counted("document taken down", 2) == "2 documents taken down"
    assert counted("span removed", 2) == "2 spans removed"
    assert counted("relabelled", 1) == "1 span relabelled"
    assert counted("text changed", 3) == "3 text changed"
