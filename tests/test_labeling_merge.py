"""The merge: whatever sources say, what is kept nests or parts, obeys the scheme, and nothing is lost unsaid."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from corpus.document import Document
from corpus.errors import UsageError
from labeling.preannotators.base import proposal
from labeling.preannotators.merge import Merged, merge, merge_version
from labeling.preannotators.table import NAMES, NUMBERS, PREANNOTATORS, load
from labeling.preannotators.trust import MergeSettings, shipped
from labeling.scheme import load_scheme
from labeling.span import Proposal, find_crossing, region_id

TEXT = "Phó Chủ tịch UBND huyện Bắc Hà Nguyễn Văn An dự Đại hội lần thứ XXIV năm 2020 tại Nhà văn hóa thôn Tả Hồ."
DOCUMENT = Document(id="a", text=TEXT)
SETTINGS = MergeSettings(
    trust={
        "civic": dict.fromkeys(NAMES, 0.9),
        "quantities": dict.fromkeys(NUMBERS, 0.95),
        "gazetteer": {"LOC": 0.7},
        "underthesea": {"PER": 0.5, "LOC": 0.3, "ORG": 0.3},
    },
    fallback=("underthesea",),
)
WORDS = [(i, i + len(word)) for word in set(TEXT.split()) for i in [TEXT.index(word)]]


def said(source: str, piece: str, label: str, score: float = 0.9, rule: str = "rule") -> Proposal:
    start = TEXT.index(piece)
    return proposal(
        TEXT, start, start + len(piece), label, source=source, version="1", rule=rule, score=score
    )


def merged(*proposals: Proposal, settings: MergeSettings = SETTINGS) -> Merged:
    by_source: dict[str, list[Proposal]] = {}
    for item in proposals:
        by_source.setdefault(item.sources[0].source, []).append(item)
    return merge(DOCUMENT, by_source, "v1", settings=settings)


def kept(found: Merged) -> list[tuple[str, str]]:
    return [(item.span.text, item.span.label) for item in found.kept]


def reasons(found: Merged) -> list[tuple[str, str]]:
    return [(item.proposal.span.text, item.reason) for item in found.dropped]


@st.composite
def random_proposals(draw: st.DrawFn) -> list[Proposal]:
    starts = sorted(start for start, _ in WORDS)
    ends = sorted(end for _, end in WORDS)
    found = []
    for _ in range(draw(st.integers(0, 25))):
        start = draw(st.sampled_from(starts))
        end = draw(st.sampled_from([end for end in ends if end > start]))
        source = draw(st.sampled_from(sorted(SETTINGS.trust)))
        label = draw(st.sampled_from([*NAMES, *NUMBERS]))
        score = draw(st.sampled_from([0.2, 0.5, 0.9]))
        rule = draw(st.sampled_from(["a", "b"]))
        found.append(proposal(TEXT, start, end, label, source=source, version="1", rule=rule, score=score))
    return found


@settings(max_examples=300, deadline=None)
@given(random_proposals(), st.randoms(use_true_random=False))
def test_random_proposals(proposals: list[Proposal], random) -> None:
    found = merged(*proposals)
    spans = [item.span for item in found.kept]
    assert find_crossing(spans) is None
    assert spans == sorted(spans, key=lambda span: (span.start, -span.end, span.label))
    for item in found.kept:
        assert TEXT[item.span.start : item.span.end] == item.span.text
        assert item.region == region_id(
            DOCUMENT.digest, item.span.start, item.span.end, item.span.label, "v1"
        )
        assert 0 <= item.score <= 1
    # every source of every proposal is heard or named as dropped
    heard = {
        (item.span.start, item.span.end, item.span.label, source)
        for item in found.kept
        for source in item.sources
    }
    refused = {
        (item.proposal.span.start, item.proposal.span.end, item.proposal.span.label, source)
        for item in found.dropped
        for source in item.proposal.sources
    }
    given_ = {(item.span.start, item.span.end, item.span.label, item.sources[0]) for item in proposals}
    assert heard | refused == given_
    assert not heard & refused
    assert all(item.reason for item in found.dropped)
    # scheme: nothing inside a number; in a name only an ORDINAL of an EVENT or LAW
    for outer in spans:
        for inner in spans:
            if inner is not outer and outer.start <= inner.start and inner.end <= outer.end:
                assert outer.label not in NUMBERS
                assert outer.label != "PER"
                assert not outer.label == inner.label == "PROGRAM"
    # the order in which proposals come changes nothing
    shuffled = list(proposals)
    random.shuffle(shuffled)
    assert merged(*shuffled).kept == found.kept
    # what is kept is kept again
    assert [item.span for item in merged(*_of_one_source(found.kept)).kept] == spans


def _of_one_source(proposals: list[Proposal]) -> list[Proposal]:
    return [
        proposal(TEXT, item.span.start, item.span.end, item.span.label, **_source(item))  # type: ignore[arg-type]
        for item in proposals
    ]


def _source(item: Proposal) -> dict[str, object]:
    best = item.sources[0]
    return {"source": best.source, "version": best.version, "rule": best.rule, "score": best.score}


def test_nested_spans_stay() -> None:
    found = merged(
        said("civic", "Phó Chủ tịch UBND huyện Bắc Hà", "TITLE"),
        said("civic", "UBND huyện Bắc Hà", "ORG"),
        said("gazetteer", "huyện Bắc Hà", "LOC"),
    )
    assert kept(found) == [
        ("Phó Chủ tịch UBND huyện Bắc Hà", "TITLE"),
        ("UBND huyện Bắc Hà", "ORG"),
        ("huyện Bắc Hà", "LOC"),
    ]
    assert found.dropped == []


def test_a_span_keeps_all_its_sources_best_first() -> None:
    found = merged(
        said("underthesea", "Nguyễn Văn An", "PER", 0.99),
        said("civic", "Nguyễn Văn An", "PER", 0.8, "person.cue"),
        said("civic", "Nguyễn Văn An", "PER", 0.7, "person.memory"),
    )
    [item] = found.kept
    assert [(source.source, source.rule) for source in item.sources] == [
        ("civic", "person.cue"),
        ("civic", "person.memory"),
        ("underthesea", "rule"),
    ]
    assert item.score == pytest.approx(0.8 * 0.9)


def test_higher_trust_wins_where_spans_cross_or_share_their_characters() -> None:
    found = merged(
        said("gazetteer", "Hà Nguyễn", "LOC"),
        said("civic", "huyện Bắc Hà", "LOC"),
        said("civic", "năm 2020", "LOC", 0.5),
        said("quantities", "năm 2020", "DATE"),
    )
    assert kept(found) == [("huyện Bắc Hà", "LOC"), ("năm 2020", "DATE")]
    assert reasons(found) == [("Hà Nguyễn", "crosses"), ("năm 2020", "same-extent")]
    assert found.dropped[0].winner == "LOC 'huyện Bắc Hà'"


def test_a_fallback_speaks_only_where_nobody_else_does() -> None:
    found = merged(
        said("civic", "huyện Bắc Hà", "LOC"),
        said("underthesea", "UBND huyện Bắc Hà", "LOC"),
        said("underthesea", "Bắc Hà", "LOC"),
        said("underthesea", "Nguyễn Văn An", "PER"),
    )
    assert kept(found) == [("huyện Bắc Hà", "LOC"), ("Nguyễn Văn An", "PER")]
    assert {reason for _, reason in reasons(found)} == {"fallback-touches"}


@pytest.mark.parametrize(
    ("outer", "inner", "reason"),
    [
        (("civic", "Đại hội lần thứ XXIV", "EVENT"), ("quantities", "lần thứ XXIV", "ORDINAL"), None),
        (("civic", "Đại hội lần thứ XXIV", "LAW"), ("quantities", "lần thứ XXIV", "ORDINAL"), None),
        (
            ("civic", "Đại hội lần thứ XXIV", "ORG"),
            ("quantities", "lần thứ XXIV", "ORDINAL"),
            "number-in-name",
        ),
        (("civic", "XXIV năm 2020", "EVENT"), ("quantities", "năm 2020", "DATE"), "number-in-name"),
        (("quantities", "năm 2020", "DATE"), ("quantities", "2020", "CARDINAL"), "inside-number"),
        (("quantities", "năm 2020", "DATE"), ("civic", "năm", "LOC"), "inside-number"),
        (("civic", "Đại hội lần thứ XXIV", "PROGRAM"), ("civic", "Đại hội", "PROGRAM"), "program-in-program"),
        (("civic", "UBND huyện Bắc Hà", "ORG"), ("civic", "UBND", "ORG"), "head-of-name"),
        (("civic", "huyện Bắc Hà", "LOC"), ("gazetteer", "Bắc Hà", "LOC"), "bare-name"),
        (("civic", "UBND huyện Bắc Hà", "ORG"), ("gazetteer", "Bắc Hà", "LOC"), None),
        (("civic", "Nhà văn hóa thôn Tả Hồ", "LOC"), ("civic", "thôn Tả Hồ", "LOC"), None),
        (("civic", "Phó Chủ tịch UBND", "TITLE"), ("civic", "Chủ tịch UBND", "TITLE"), "head-of-office"),
        (("civic", "Nguyễn Văn An", "PER"), ("civic", "Văn An", "PER"), "inside-person"),
    ],
)
def test_what_the_scheme_forbids_inside(
    outer: tuple[str, str, str], inner: tuple[str, str, str], reason: str | None
) -> None:
    found = merged(said(*outer), said(*inner))
    assert (outer[1], outer[2]) in kept(found)
    assert ((inner[1], inner[2]) in kept(found)) == (reason is None)
    assert [why for _, why in reasons(found)] == ([reason] if reason else [])


def test_untrusted_labels_and_switched_off_rules_are_not_heard() -> None:
    settings = SETTINGS.override(trust={"civic": {"ORG": 0}}, off=["civic:person.*"])
    found = merged(
        said("civic", "UBND huyện Bắc Hà", "ORG"),
        said("civic", "Nguyễn Văn An", "PER", rule="person.cue"),
        said("underthesea", "Nguyễn Văn An", "PER"),
        settings=settings,
    )
    assert [(item.span.text, [source.source for source in item.sources]) for item in found.kept] == [
        ("Nguyễn Văn An", ["underthesea"])
    ]
    assert reasons(found) == [("UBND huyện Bắc Hà", "not-trusted"), ("Nguyễn Văn An", "rule-off")]


def test_scores_are_calibrated_between_points() -> None:
    points = ((0.2, 0.1), (0.8, 0.7))
    settings = SETTINGS.override(calibration={"civic": {"PER": points}})
    for score, chance in [(0.0, 0.1), (0.2, 0.1), (0.5, 0.4), (0.8, 0.7), (1.0, 0.7)]:
        [item] = merged(said("civic", "Nguyễn Văn An", "PER", score), settings=settings).kept
        assert item.score == pytest.approx(chance)


def test_everything_that_changes_a_merge_changes_its_version() -> None:
    sources = {"civic": "1", "quantities": "2"}
    first = merge_version(sources, SETTINGS)
    assert first == merge_version(dict(reversed(sources.items())), SETTINGS)
    assert len(first) == 12
    others = [
        merge_version({"civic": "1"}, SETTINGS),
        merge_version({"civic": "1", "quantities": "3"}, SETTINGS),
        merge_version(sources, SETTINGS.override(trust={"civic": {"ORG": 0.1}})),
        merge_version(sources, SETTINGS.override(calibration={"civic": {"ORG": ((0.5, 0.5),)}})),
        merge_version(sources, SETTINGS.override(off=["civic:x"])),
    ]
    assert len({first, *others}) == 6


def test_shipped_tables_speak_of_the_sources_and_labels_there_are() -> None:
    settings = shipped()
    known = {entry.name: set(entry.labels) for entry in PREANNOTATORS}
    assert set(settings.trust) == set(known)
    for source, labels in settings.trust.items():
        assert set(labels) == known[source]
    for source, labels in settings.calibration.items():
        for label, points in labels.items():
            assert label in known[source]
            assert list(points) == sorted(points)
            assert [chance for _, chance in points] == sorted(chance for _, chance in points)
            assert all(0 <= number <= 1 for point in points for number in point)
    assert {*NAMES, *NUMBERS} == set(load_scheme().names)


def test_trust_out_of_range_is_refused() -> None:
    with pytest.raises(UsageError, match="trust of civic in ORG is 2"):
        SETTINGS.override(trust={"civic": {"ORG": 2}})


def test_unknown_source_is_named_with_the_known_ones() -> None:
    with pytest.raises(UsageError, match=r"no source 'spacy'; the sources are .*underthesea"):
        load(["underthesea", "spacy"])


def test_sources_are_loaded_once_and_in_table_order() -> None:
    names = [source.name for source in load()]
    assert names == [entry.name for entry in PREANNOTATORS]
    assert load(["underthesea"])[0] is load(["underthesea"])[0]
    assert [source.name for source in load(["underthesea", "quantities"])] == ["quantities", "underthesea"]
