"""What holds for every text and every value: spans, determinism, linear time, and both ways of writing."""

from __future__ import annotations

import unicodedata
from decimal import Decimal

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from labeling.norm import Norm
from labeling.quantities import KINDS, core, find, format_norm, parse_norm
from labeling.quantities.numerals import numeral_at, plain
from labeling.quantities.speller import grouped, scaled, spelled
from labeling.quantities.written import unit_names

FRAGMENTS = (
    "ngày 21/10", "năm 2020", "6 tháng đầu năm 2021", "từ 90% đến dưới 100%", "63,4 triệu đồng/người/năm", "8/8 xã",
    "gần 6.000 ha", "lần thứ XXIV", "8 giờ 30 phút", "3 năm", "hai mươi mốt", "số 12/2020/NQ-HĐND", "0912 345 678",
    "từ", "đến", "và", ",", ".", " - ", "/", "(", ")", "\n", "\u00a0", "  ", "khoảng", "trên", "hơn", "gấp đôi", "nửa",
    "thứ tư,", "sáng", "đêm 3 rạng sáng 4/8", "mùng 10 tháng 3 âm lịch", "$5", "-3", "âm", "12 - 15", "1.", "tổ 3, 4", "xã", "một",
)  # fmt: skip
TEXTS = st.one_of(
    st.text(max_size=80),
    st.lists(st.sampled_from(FRAGMENTS), max_size=14).map(" ".join),
    st.lists(st.sampled_from(FRAGMENTS), max_size=14).map("".join),
    st.text(alphabet="0123456789.,/-:% đồngăm", max_size=40),
)
MODS = ("more", "less", "near", "approx", "at_least", "at_most", None)


@given(TEXTS)
@settings(max_examples=1500, deadline=None)
def test_spans_lie_in_the_text_in_order_and_never_overlap(text: str) -> None:
    found = find(text, "2021-07-21")
    last = 0
    for quantity in found:
        start, end = quantity.extent.start, quantity.extent.end
        assert last <= start < end <= len(text)
        piece = quantity.extent.slice(text)
        assert piece == text[start:end] == piece.strip()
        assert quantity.norm.rule == quantity.rule
        assert 0 <= quantity.score <= 1
        last = end
    assert found == find(text, "2021-07-21")


@given(TEXTS)
@settings(max_examples=500, deadline=None)
def test_nbsp_reads_as_a_blank(text: str) -> None:
    plain_text = unicodedata.normalize("NFC", text.replace("\u00a0", " "))
    blanks = plain_text.replace(" ", "\u00a0")
    assert [(q.extent, q.label, core(q.norm)) for q in find(plain_text)] == [
        (q.extent, q.label, _plain_noun(core(q.norm))) for q in find(blanks)
    ]


def _plain_noun(norm: Norm) -> Norm:
    import msgspec

    return msgspec.structs.replace(norm, noun=norm.noun.replace("\u00a0", " ")) if norm.noun else norm


def test_double_blanks_change_no_value() -> None:
    for text in FRAGMENTS:
        once, twice = find(text), find(text.replace(" ", "  "))
        assert [(q.label, core(q.norm)) for q in once] == [(q.label, core(q.norm)) for q in twice], text


def _bounded(value: str, unit: str | None, mod: str | None) -> Norm:
    fields: dict[str, object] = {"mod": "less" if mod == "near" else mod}
    if mod in ("more", "at_least"):
        fields |= {"low": value, "low_open": mod == "more"}
    elif mod in ("less", "at_most"):
        fields |= {"high": value, "high_open": mod == "less"}
    return Norm(value=value, unit=unit, **fields)  # type: ignore[arg-type]


DECIMALS = st.decimals(min_value=0, max_value=10**12, places=3, allow_nan=False).map(
    lambda d: plain(d.normalize())
)
INTEGERS = st.integers(0, 10**12).map(str)
MEASURED = sorted(set(unit_names()) - {"ms", "us", "ns", "h", "min", "s", "d", "wk", "mo", "a"})


@given(
    st.one_of(INTEGERS, DECIMALS),
    st.sampled_from(MEASURED),
    st.sampled_from(MODS),
    st.sampled_from(["line", "vi", "words"]),
)
@settings(max_examples=1500, deadline=None)
def test_values_of_every_unit_and_bound_come_back(value: str, unit: str, mod: str | None, style: str) -> None:
    norm = _bounded(value, unit, mod)
    assert parse_norm(format_norm(norm, style)) == norm  # type: ignore[arg-type]


@given(INTEGERS, INTEGERS, st.sampled_from(MEASURED), st.booleans(), st.sampled_from(["line", "vi", "words"]))
@settings(max_examples=800, deadline=None)
def test_ranges_come_back(low: str, high: str, unit: str, open_: bool, style: str) -> None:
    low, high = sorted((low, high), key=int)
    norm = Norm(low=low, high=str(int(high) + 1), high_open=open_, unit=unit)
    assert parse_norm(format_norm(norm, style)) == norm  # type: ignore[arg-type]


@given(st.integers(1, 999), st.integers(2, 999), st.sampled_from(["line", "words"]))
@settings(max_examples=400, deadline=None)
def test_ratios_come_back(top: int, bottom: int, style: str) -> None:
    norm = parse_norm(f"{top}/{bottom}")
    assert (norm.numerator, norm.denominator) == (str(top), str(bottom))
    assert parse_norm(format_norm(norm, style)) == norm  # type: ignore[arg-type]


@given(
    st.dates(), st.sampled_from(["day", "month", "year", "noyear"]), st.sampled_from(["line", "vi", "words"])
)
@settings(max_examples=800, deadline=None)
def test_dates_come_back(date: object, grain: str, style: str) -> None:
    text = str(date)
    if text < "1800" or text > "2199":
        text = "2021" + text[4:] if text[5:] != "02-29" else "2020-02-29"
    edtf = {"day": text, "month": text[:7], "year": text[:4], "noyear": "XXXX" + text[4:]}[grain]
    assert parse_norm(format_norm(Norm(edtf=edtf), style)) == Norm(edtf=edtf)  # type: ignore[arg-type]


@given(
    st.integers(1, 500),
    st.sampled_from(["a", "mo", "wk", "d", "h", "min", "s"]),
    st.sampled_from(MODS),
    st.sampled_from(["line", "vi", "words"]),
)
@settings(max_examples=600, deadline=None)
def test_durations_come_back(count: int, unit: str, mod: str | None, style: str) -> None:
    letters = {
        "a": "P{}Y",
        "mo": "P{}M",
        "wk": "P{}W",
        "d": "P{}D",
        "h": "PT{}H",
        "min": "PT{}M",
        "s": "PT{}S",
    }
    import msgspec

    norm = msgspec.structs.replace(_bounded(str(count), unit, mod), edtf=letters[unit].format(count))
    assert parse_norm(format_norm(norm, style)) == norm  # type: ignore[arg-type]


@given(st.integers(0, 10**15))
@settings(max_examples=2000, deadline=None)
def test_number_words_read_back(number: int) -> None:
    words = spelled(str(number))
    numeral = numeral_at(words, 0)
    assert numeral is not None
    assert (numeral.value, numeral.end) == (Decimal(number), len(words))


@given(st.decimals(min_value=0, max_value=10**9, places=4, allow_nan=False))
@settings(max_examples=500, deadline=None)
def test_grouped_and_scaled_figures_read_back(number: Decimal) -> None:
    value = plain(number.normalize())
    for text in (grouped(value), scaled(value)):
        numeral = numeral_at(text, 0)
        assert numeral is not None
        assert (plain(numeral.value), numeral.end) == (value, len(text))


@pytest.mark.parametrize(
    "piece",
    ["1.", "1 ", "1/1/", "-1 ", "hai ", "năm ", "trước ", "sáng ngày ", "ngày 21, 22, ", "3, 4 và ", "1 và ", "thứ tư, ", "hôm nay (",
     "cùng kỳ ", "1.234.", "tổ 3, 4, ", "9", "đồng/", "0912 ", "@", "(", "một trăm ", "x"],
)  # fmt: skip
def test_a_long_text_of_one_piece_ends(piece: str) -> None:
    """Quadratic work on these would take hours; the suite's own time limit is the judge."""
    text = piece * (250_000 // len(piece))
    for quantity in find(text):
        assert quantity.extent.end <= len(text)


def test_every_rule_has_a_name_of_its_kind_and_a_trigger() -> None:
    assert {kind.label for kind in KINDS} == {
        "PERCENT", "MONEY", "QUANTITY", "CARDINAL", "ORDINAL", "RATIO", "DATE", "TIME", "DURATION",
    }  # fmt: skip
    for kind in KINDS:
        assert kind.rules
        for rule in kind.rules:
            assert rule.name.split(".")[0] == kind.label.lower()
            assert rule.starts
