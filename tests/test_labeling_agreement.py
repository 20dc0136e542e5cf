"""Agreement by hand and against published values: nested, shuffled, empty, alone, one label only."""

import random

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from corpus.document import Document
from labeling.agreement.alpha import Sums, alpha, alpha_1995, alpha_nominal, joined_1995, sums
from labeling.agreement.kinds import differences
from labeling.agreement.measure import measure
from labeling.agreement.spans import compare, depths, f1
from labeling.norm import Norm
from labeling.scheme import load_scheme
from labeling.span import AnnotatedSpan, Annotation
from tests.planted import World

SCHEME = load_scheme()
TEXT = "x" * 100


def marked(*spans):
    return tuple(
        AnnotatedSpan(
            start=start,
            end=end,
            label=label,
            text=TEXT[start:end],
            region=f"{start}{end}{label}",
            origin="manual",
            norm=rest[0] if rest else None,
        )
        for start, end, label, *rest in spans
    )


def said(author, *spans, number=1, document="d", round_="r1", **more):
    fields = {
        "key": ("s", 1, number, "t"),
        "document": document,
        "digest": Document(id=document, text=TEXT).digest,
        "part": None,
        "scheme": "1",
        "guideline": "1.0",
        "round": round_,
        "layer": "names",
        "author": author,
        "editor": author,
        "status": "submitted",
        "created_at": "t",
        "updated_at": "t",
        "lead_time": None,
        "blind": False,
        "merge_version": None,
        "shown": (),
        "spans": marked(*spans),
    }
    return Annotation(**{**fields, **more})


def agreement(*documents, **options):
    given = [(Document(id=f"d{n}", text=TEXT), annotations) for n, annotations in enumerate(documents)]
    return measure(given, scheme=SCHEME, **{"draws": 50, **options})


def line(lines, label="*"):
    return next(item for item in lines if item.label == label)


# --- α against published values -------------------------------------------------------------------


def test_krippendorff_2004_page_254():
    c = alpha_1995([[(75, 145), (220, 250)], [(70, 150), (205, 225), (250, 270)]], 300)
    k = alpha_1995([[(30, 90), (150, 200)], [(30, 90), (150, 200)]], 300)
    assert (round(c.observed, 4), round(c.expected, 4), round(c.alpha, 4)) == (0.0144, 0.0532, 0.7286)
    assert (round(k.observed, 4), round(k.expected, 4), k.alpha) == (0.0, 0.0490, 1.0)
    assert joined_1995({"c": c, "k": k}) == pytest.approx(0.8591, abs=0.0005)


BERTHA, BILL = [(2, 10), (14, 20)], [(4, 8), (15, 17)]
JOHN, JILL = [(0, 18)], [(0, 2), (2, 3), (3, 4), (4, 5), (5, 6), (6, 9), (9, 10)]
HEATHER = [(0, 2), (2, 10), (10, 14), (14, 20), (20, 24)]
HILL = [(0, 4), (4, 8), (8, 15), (15, 17), (17, 24)]


@pytest.mark.parametrize(
    ("one", "other", "observed", "expected", "published"),
    [
        (BERTHA, BILL, 0.03125, 0.06990, 0.553),
        (JOHN, JILL, 2.26736, 1.17731, -0.926),
        (HEATHER, HILL, 0.38715, 0.41445, 0.066),
    ],
)
def test_krippendorff_1995_page_57_in_the_limit_of_fine_units(one, other, observed, expected, published):
    fine = 50_000
    found = alpha_1995([[(s * fine, e * fine) for s, e in side] for side in (one, other)], 24 * fine)
    assert found.observed == pytest.approx(observed, abs=1e-5)
    assert found.expected == pytest.approx(expected, abs=0.002)
    assert found.alpha == pytest.approx(published, abs=0.003)


def digits(spans):
    return [(at, at + 1) for start, end in spans for at in range(start, end)]


def test_units_of_length_one_give_the_published_alpha_of_the_digitised_example():
    """Krippendorff 1995, example A read digit by digit: nominal α = .329."""
    found = alpha(sums([digits(BERTHA), digits(BILL)]), 2 * 24)
    assert found == pytest.approx(0.329, abs=0.0005)


def test_alpha_by_hand():
    """T = 20, u = 8, s = 32, x = 4, g = 12: D_o = 8, D_e = 20 − 20 · 164 / 356."""
    assert sums([[(0, 4)], [(2, 6)]]) == Sums(8, 32, 4)
    assert alpha(sums([[(0, 4)], [(2, 6)]]), 20) == pytest.approx(1 - 8 / (20 - 20 * 164 / 356))


def brute_force(annotators, length):
    """_uα from the definition, position by position."""
    many = len(annotators)
    value = [[None] * length for _ in annotators]
    for row, spans in zip(value, annotators, strict=True):
        for start, end, label in spans:
            row[start:end] = [label] * (end - start)
    values = [*sorted({v for row in value for v in row if v}), None]
    seen = {(c, k): 0.0 for c in values for k in values}
    for i in range(many):
        for j in range(many):
            for at in range(length):
                if i != j:
                    seen[value[i][at], value[j][at]] += 1 / (many - 1)
    total = many * length
    margin = {c: sum(seen[c, k] for k in values) for c in values}
    own = {c: sum((e - s) ** 2 for spans in annotators for s, e, v in spans if v == c) for c in values}
    own[None] = margin[None]
    below = total**2 - sum(own.values())
    chance = sum(total * (margin[c] ** 2 - own[c]) / below for c in values)
    agreed = sum(seen[c, c] for c in values)
    return 1 - (total - agreed) / (total - chance)


def flatten(steps):
    found, place = [], 0
    for gap, size, label in steps:
        found.append((place + gap, place + gap + size, label))
        place += gap + size
    return found


flat = st.lists(
    st.tuples(st.integers(0, 3), st.integers(1, 4), st.sampled_from("AB")), min_size=1, max_size=5
).map(flatten)


@settings(max_examples=200, deadline=None)
@given(st.lists(flat, min_size=2, max_size=4))
def test_alpha_is_its_definition(annotators):
    length = 40
    assert alpha_nominal(annotators, length) == pytest.approx(brute_force(annotators, length))
    one = [[(s, e, "A") for s, e, _ in spans] for spans in annotators]
    found = alpha(sums([[(s, e) for s, e, _ in spans] for spans in one]), len(one) * length)
    assert found == pytest.approx(brute_force(one, length))


def test_alpha_of_nothing_is_undefined_and_of_the_same_is_one():
    assert alpha(sums([[], []]), 20) is None
    assert alpha_nominal([[], []], 10) is None
    assert alpha(sums([[(0, 4)], [(0, 4)]]), 20) == 1


# --- F1 by hand -----------------------------------------------------------------------------------

OUTER, INNER = (0, 20, "ORG"), (5, 20, "LOC")


def test_f1_by_hand():
    counts = compare([OUTER, INNER, (30, 35, "PER")], [OUTER, (5, 20, "ORG"), (30, 37, "PER")])
    whole = counts["*"]
    assert (whole.one, whole.other, whole.exact, whole.free, whole.partial) == (3, 3, 1, 2, 1.5)
    assert f1(whole.exact, whole.one, whole.other) == pytest.approx(1 / 3)
    assert (counts["LOC"].exact, counts["LOC"].free) == (0, 0.5)
    assert (counts["PER"].exact, counts["PER"].partial) == (0, 0.5)


def test_a_missing_inner_span_costs_itself_alone():
    whole = line(agreement([said("a", OUTER, INNER), said("b", OUTER)]).lines)
    assert whole.exact.value == pytest.approx(2 / 3, abs=1e-6)
    assert line(agreement([said("a", OUTER, INNER), said("b", OUTER)]).lines, "ORG").exact.value == 1


def test_a_missing_outer_span_leaves_the_inner_ones_where_they_are():
    found = agreement([said("a", (0, 30, "TITLE"), OUTER), said("b", OUTER)])
    assert line(found.lines, "ORG").alpha.value == 1
    assert depths([(0, 30, "TITLE"), (0, 20, "ORG"), (5, 20, "ORG")]) == {
        (0, 30, "TITLE"): 0,
        (0, 20, "ORG"): 0,
        (5, 20, "ORG"): 1,
    }


def test_order_means_nothing():
    spans = [(n, n + 3, "ORG") for n in range(0, 60, 5)]
    shuffled = random.Random(3).sample(spans, len(spans))
    assert compare(spans, shuffled)["*"].exact == len(spans)


def test_one_overlap_is_counted_once():
    counts = compare([(0, 10, "ORG")], [(0, 4, "ORG"), (5, 10, "ORG")])["*"]
    assert (counts.partial, counts.exact) == (0.5, 0)


def test_empty_and_alone():
    assert agreement().lines == ()
    assert agreement([said("a", OUTER)]).documents == 0
    nothing = agreement([said("a"), said("b")])
    assert (nothing.documents, nothing.lines[0].exact.value) == (1, None)
    one_side = agreement([said("a", OUTER), said("b")])
    assert line(one_side.lines).exact.value == 0


def test_one_label_only():
    found = agreement([said("a", OUTER), said("b", OUTER)])
    assert [item.label for item in found.lines] == ["*", "ORG"]
    assert (found.lines[1].exact.value, found.lines[1].alpha.value) == (1, 1)


def test_three_annotators_are_three_pairs_and_one_alpha():
    found = agreement([said("a", OUTER), said("b", OUTER), said("c", INNER)])
    assert [(pair.one, pair.other) for pair in found.pairs] == [("a", "b"), ("a", "c"), ("b", "c")]
    assert [line(pair.lines).exact.value for pair in found.pairs] == [1, 0, 0]
    assert line(found.lines).exact.value == pytest.approx(1 / 3, abs=1e-6)
    three = alpha(sums([[(0, 20)], [(0, 20)], []]), 300)
    assert line(found.lines, "ORG").alpha.value == pytest.approx(three, abs=1e-6)


def test_who_does_not_count():
    found = agreement(
        [
            said("a", OUTER),
            said("b", OUTER),
            said("lint", INNER),
            said("c", INNER, round_="curation:1"),
            said("d", INNER, round_="training:1"),
            said("e", INNER, round_="control:1"),
            said("f", INNER, status="skipped"),
            said("g", INNER, digest="0" * 64),
        ]
    )
    assert [(pair.one, pair.other) for pair in found.pairs] == [("a", "b")]


def test_labels_that_the_scheme_does_not_know_are_counted():
    found = agreement([said("a", OUTER, (50, 55, "FOO")), said("b", OUTER)])
    assert (found.unknown, found.lines[0].exact.value) == ({"FOO": 1}, 1)


def test_a_scheme_that_changed_in_the_middle_of_a_round_is_seen():
    found = agreement([said("a", OUTER, scheme="1"), said("b", OUTER, scheme="2")])
    assert (found.schemes, found.lines[0].exact.value) == ({"1": 1, "2": 1}, 1)


def test_the_older_alpha_of_a_pair_runs_over_documents_end_to_end():
    one = [said("a", (0, 20, "ORG")), said("b", (0, 20, "ORG"))]
    other = [said("a", (10, 20, "ORG")), said("b", (12, 22, "ORG"))]
    (pair,) = agreement(one, other).pairs
    expected = alpha_1995([[(0, 20), (110, 120)], [(0, 20), (112, 122)]], 200).alpha
    assert pair.alpha_1995 == pytest.approx(expected, abs=1e-6)


def test_layers_and_parts_are_compared_with_their_like():
    numbers = said("b", (50, 55, "DATE"), layer="numbers")
    both = said("a", OUTER, (50, 55, "DATE"), layer="both")
    found = agreement([both, numbers])
    assert [item.label for item in found.lines] == ["*", "DATE"]
    halves = agreement([said("a", OUTER, part=(0, 40)), said("b", OUTER, part=(40, 100))])
    assert halves.documents == 0


def test_rounds_blind_pairs_and_foreign_edits():
    found = agreement(
        [said("a", OUTER, blind=True), said("b", OUTER, blind=True, editor="c")],
        [said("a", OUTER, round_="r2"), said("b", INNER, round_="r2")],
    )
    assert [(item.round, line(item.lines).exact.value) for item in found.rounds] == [("r1", 1), ("r2", 0)]
    assert line(found.blind).exact.value == 1
    assert [(item.author, item.editor) for item in found.foreign] == [("b", "c")]
    assert [(item.document, item.exact) for item in found.lowest] == [("d1", 0), ("d0", 1)]


def test_only_the_newest_word_of_a_person_counts():
    old = said("a", INNER, number=1)
    new = said("a", OUTER, number=2, updated_at="u")
    assert line(agreement([old, new, said("b", OUTER)]).lines).exact.value == 1


# --- kinds ----------------------------------------------------------------------------------------


def test_kinds_by_hand():
    one = marked(
        (0, 5, "ORG"), (10, 15, "LOC"), (20, 25, "PER"), (30, 35, "ORG"), (40, 45, "DATE", Norm(edtf="2020"))
    )
    other = marked((0, 7, "ORG"), (10, 15, "ORG"), (30, 35, "ORG"), (40, 45, "DATE", Norm(edtf="2021")), (50, 60, "LAW"))  # fmt: skip
    assert [kind for kind, _, _ in differences(one, other)] == [
        "edge",
        "label",
        "missing",
        "value",
        "missing",
    ]


def test_the_spans_to_talk_about_are_those_that_come_up_most():
    twice = [said("a", (10, 15, "LOC")), said("b", (10, 15, "ORG"))]
    found = agreement(twice, twice, [said("a", OUTER), said("b")])
    first = found.topics[0]
    assert (first.kind, first.labels, first.count) == ("label", ("LOC", "ORG"), 2)
    assert [example.document for example in first.examples] == ["d0", "d1"]
    assert found.kinds == {"label": 2, "missing": 1}


# --- bootstrap and the planted habits -------------------------------------------------------------


def test_intervals_hold_the_value_and_are_the_same_each_time():
    world = World(seed=5, documents=40)
    by_document = {}
    for item in world.annotations(overlap=3):
        by_document.setdefault(item.document, []).append(item)
    given = [(document, by_document[document.id]) for document in world.documents]
    first = measure(given, scheme=SCHEME, draws=200)
    assert first == measure(given, scheme=SCHEME, draws=200)
    for item in first.lines:
        for found in (item.exact, item.free, item.partial, item.alpha):
            assert found.low <= found.value <= found.high
    scores = {(pair.one.split("@")[0], pair.other.split("@")[0]): line(pair.lines) for pair in first.pairs}
    assert scores["careful-2", "careful"].exact.value == max(item.exact.value for item in scores.values())
    swapped = next(item for names, item in scores.items() if "swapper" in names and "careful" in names)
    assert swapped.free.value > swapped.exact.value + 0.05
    moved = next(item for names, item in scores.items() if "sloppy" in names and "careful" in names)
    assert moved.partial.value > moved.exact.value + 0.05
