"""Scorecards by hand, and planted rules and annotators that they must name."""

import pytest

from corpus.errors import UsageError
from corpus.store import Workspace
from labeling.corrections.ledger import Correction, Left, Sheet
from labeling.decisions import merge_settings
from labeling.intervals import difference, f1_rate, rate
from labeling.preannotators.trust import MergeSettings, shipped
from labeling.scores.measure import measure
from labeling.switches import apply_verdicts, switch
from tests.planted import World

TRUST = MergeSettings(trust={"civic": dict.fromkeys(("ORG", "LOC", "PER", "TITLE"), 0.9)})


def row(start, fate="accepted", *, rule="r", source="civic", shown="yes", label="ORG", became=None):
    return Correction(
        source=source,
        version="v1",
        rule=rule,
        score=0.9,
        probability=0.9,
        layer="names",
        start=start,
        end=start + 5,
        label=label,
        text="x" * 5,
        shown=shown,
        fate=fate,
        became=became,
    )


def left(start, label="ORG", *, added=False):
    return Left(start=start, end=start + 5, label=label, text="x" * 5, layer="names", added=added)


def sheet(rows, lefts, *, document="d", author="a", blind=False, round_="r1", current=True, seconds=60.0):
    return Sheet(
        key=("s", 1, 1, "t"),
        document=document,
        digest=document,
        round=round_,
        scheme="1",
        guideline="1.0",
        author=author,
        blind=blind,
        current=current,
        updated_at="t",
        characters=2000,
        seconds=seconds,
        merge_version="m",
        corrections=tuple(rows),
        left=tuple(lefts),
    )


def card(scores, **wanted):
    wanted = {"source": "civic", "rule": "*", "label": "*", "round": "*", "basis": "corrected", **wanted}
    found = [item for item in scores.cards if all(getattr(item, k) == v for k, v in wanted.items())]
    assert len(found) == 1
    return found[0]


# --- intervals, against published figures ---------------------------------------------------------


@pytest.mark.parametrize(
    ("k", "n", "low", "high"),
    [
        (81, 263, 0.2553, 0.3662),  # Newcombe 1998, Statistics in Medicine 17:857-872, table I, method 3
        (15, 148, 0.0624, 0.1605),
        (0, 20, 0.0000, 0.1611),
        (1, 29, 0.0061, 0.1718),
    ],
)
def test_wilson_published(k, n, low, high):
    found = rate(k, n)
    assert (round(found.low, 4), round(found.high, 4)) == (low, high)


@pytest.mark.parametrize(
    ("one", "other", "low", "high"),
    [
        ((56, 70), (48, 80), 0.0524, 0.3339),  # Newcombe 1998, 17:873-890, table II, method 10
        ((9, 10), (3, 10), 0.1705, 0.8090),
        ((10, 10), (0, 20), 0.6791, 1.0000),
    ],
)
def test_newcombe_published(one, other, low, high):
    found = difference(rate(*one), rate(*other))
    assert (round(found.low, 4), round(found.high, 4)) == (low, high)


def test_nothing_counted_has_no_value_and_the_widest_interval():
    assert (rate(0, 0).value, rate(0, 0).low, rate(0, 0).high) == (None, 0.0, 1.0)
    assert difference(rate(0, 0), rate(1, 2)).value is None


def test_f1_lies_in_its_interval():
    found = f1_rate(8, 10, 12)
    assert found.value == pytest.approx(16 / 22)
    assert found.low < found.value < found.high


# --- cards by hand --------------------------------------------------------------------------------


def test_card_by_hand():
    one = sheet(
        [row(0), row(10, "deleted"), row(20, "relabelled", rule="q"), row(30, "value corrected")],
        [left(0), left(20, "LOC"), left(30), left(40, added=True)],
    )
    scores = measure([one], settings=TRUST)
    whole = card(scores)
    assert (whole.precision.k, whole.precision.n) == (1, 4)
    assert (whole.recall.k, whole.recall.n) == (1, 4)
    assert whole.fates == {"accepted": 1, "deleted": 1, "relabelled": 1, "value corrected": 1}
    assert whole.f1.value == pytest.approx(2 * 1 / 8)
    assert (card(scores, rule="q").precision.n, card(scores, rule="q").precision.k) == (1, 0)
    assert card(scores, label="ORG").recall.n == 3
    assert card(scores, source="merge", round="r1").precision.n == 4


def test_two_judges_of_one_proposal_count_once_by_their_share():
    scores = measure([sheet([row(0)], [left(0)]), sheet([row(0, "deleted")], [], author="b")], settings=TRUST)
    assert (card(scores).precision.k, card(scores).precision.n) == (0.5, 1)
    assert (card(scores).recall.k, card(scores).recall.n) == (0.5, 0.5)
    assert card(scores).fates == {"accepted": 1, "deleted": 1}


def test_two_rules_with_one_span_are_one_span_of_their_source():
    scores = measure([sheet([row(0), row(0, rule="q")], [left(0)])], settings=TRUST)
    assert card(scores).precision.n == card(scores, rule="q").precision.n == 1


def test_dropped_blind_and_superseded_stand_apart():
    scores = measure(
        [
            sheet([row(0, "deleted")], [], current=False),
            sheet([row(0), row(50, shown="dropped")], [left(0), left(50)]),
            sheet([row(0, shown="blind")], [left(0)], author="b", blind=True),
        ],
        settings=TRUST,
    )
    assert (card(scores).precision.k, card(scores).precision.n) == (1, 1)
    assert (card(scores).dropped, card(scores).dropped_right) == (1, 1)
    assert card(scores, basis="blind").precision.n == 1
    assert scores.sheets == 2


def test_rounds_add_up():
    scores = measure(
        [sheet([row(0)], [left(0)]), sheet([row(0)], [left(0)], document="e", round_="r2")], settings=TRUST
    )
    assert card(scores, round="r1").precision.n == card(scores, round="r2").precision.n == 1
    assert card(scores).precision.n == 2


def test_nothing_to_score():
    scores = measure([], settings=TRUST)
    assert (scores.documents, scores.cards, scores.verdicts, scores.people) == (0, (), (), ())
    assert scores.anchoring.missed.value is None


def test_anchoring_by_hand():
    shown = sheet([row(0), row(10)], [left(0), left(10)])
    blind = sheet([row(0, shown="blind"), row(10, "deleted", shown="blind")], [left(0), left(60, added=True)],
                  author="b", blind=True, seconds=120.0)  # fmt: skip
    found = measure([shown, blind], settings=TRUST).anchoring
    assert found.missed.value == pytest.approx(0.5)
    assert found.accepted_wrongly.value == pytest.approx(0.5)
    assert (found.shown.per_1000, found.blind.per_1000) == (30.0, 60.0)


# --- planted rules and annotators -----------------------------------------------------------------


def test_one_round_names_the_bad_rule_and_only_it():
    world = World(seed=1, documents=60)
    scores = measure(world.sheets(world.annotations()), settings=TRUST)
    assert [(item.source, item.rule) for item in scores.verdicts if item.action == "off"] == [
        ("civic", "bad")
    ]


@pytest.mark.parametrize("seed", range(3))
def test_one_round_names_each_habit(seed):
    world = World(seed=seed, documents=100)
    people = measure(world.sheets(world.annotations()), settings=TRUST).people
    named = {person.author: person.named for person in people}
    assert named["careful"] == named["careful-2"] == ()
    assert "accepts what others reject" in named["hasty"]
    assert named["swapper"] == ("relabels what others leave",)
    assert named["sloppy"] == ("moves edges that others leave",)
    pace = {person.author: person.seconds_per_1000 for person in people}
    assert pace["hasty"] < pace["careful"] / 2


def test_few_judgements_switch_nothing_off():
    world = World(seed=1, documents=2)
    scores = measure(world.sheets(world.annotations(("careful", "careful-2"))), settings=TRUST)
    assert scores.verdicts == ()


@pytest.mark.slow
def test_intervals_cover_the_truth_over_200_runs():
    covered = {"good": 0, "bad": 0}
    for seed in range(200):
        world = World(seed=seed, documents=40)
        scores = measure(world.sheets(world.annotations(("careful",), overlap=1)), settings=TRUST)
        for rule in covered:
            found = card(scores, rule=rule).precision
            # a careful annotator skips one true span in a hundred, which rejects its proposal
            covered[rule] += found.low <= world.rates[rule] * 0.99 <= found.high
    assert all(180 <= times <= 199 for times in covered.values()), covered


# --- decisions ------------------------------------------------------------------------------------


@pytest.fixture
def workspace(tmp_path):
    return Workspace(tmp_path / "work", create=True)


def test_verdicts_become_the_merge_of_this_workspace(workspace):
    world = World(seed=1, documents=60)
    scores = measure(world.sheets(world.annotations()), settings=shipped())
    assert merge_settings(workspace).digest == shipped().digest
    written = apply_verdicts(workspace, scores.verdicts, by="lead")
    assert "civic:bad" in merge_settings(workspace).off
    assert written == list(scores.verdicts)
    assert apply_verdicts(workspace, scores.verdicts, by="lead") == []
    switch(workspace, "civic:bad", off=False, by="lead", reason="repaired")
    assert merge_settings(workspace).off == shipped().off


def test_trust_is_weighed_down_towards_what_was_measured(workspace):
    rows = [row(10 * number, "accepted" if number < 12 else "deleted") for number in range(30)]
    scores = measure([sheet(rows, [])], settings=TRUST, floor=0.5)
    weighed = [item for item in scores.verdicts if item.action == "trust"]
    assert [(item.label, item.trust) for item in weighed] == [("ORG", (12 + 20 * 0.9) / 50)]
    apply_verdicts(workspace, weighed, by="lead")
    assert merge_settings(workspace).trust["civic"]["ORG"] == 0.6


def test_a_workspace_says_what_scores_mean(workspace):
    from labeling.preannotators.merge import merge_version
    from labeling.switches import calibrate

    points = ((0.0, 0.1), (1.0, 0.6))
    calibrate(workspace, "civic", "ORG", points, by="Lan", reason="thử")
    changed = merge_settings(workspace)
    assert changed.calibration["civic"]["ORG"] == points
    assert merge_version({"civic": "1"}, changed) != merge_version({"civic": "1"}, shipped())
    calibrate(workspace, "civic", "ORG", None, by="Lan")
    assert merge_settings(workspace) == shipped()
    for wrong in (((0.0, 0.9), (1.0, 0.1)), ((0.0, 2.0),), ()):
        with pytest.raises(UsageError, match="rising"):
            calibrate(workspace, "civic", "ORG", wrong, by="Lan")


def test_a_rule_without_its_source_is_refused(workspace):
    with pytest.raises(UsageError, match="source:rule"):
        switch(workspace, "bad", off=True, by="lead")
