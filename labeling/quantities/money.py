"""MONEY: an amount with its currency and its "per"; bare scales where the sentence is about money."""

from __future__ import annotations

import re
from decimal import Decimal
from functools import cache

import msgspec

from labeling.quantities.amounts import Amount, amount_at, norm_of, per_at, range_start
from labeling.quantities.lexicon import Unit, alternation, table
from labeling.quantities.model import Kind, Reading, Rule
from labeling.quantities.numerals import plain
from labeling.quantities.source import Source
from labeling.quantities.triggers import NUMBER

# a bare "5 triệu" is money when one of these stands before it in the clause
_JOINT = re.compile(r" *- *| +(?:đến|tới) +")
_WORD_NEXT = re.compile(r" +[^\W\d_]+")
_NEXT_WORD = re.compile(r" +([^\W\d_]+)")
_ABOUT_MONEY = re.compile(
    r"(?<!\w)(?:giá|trị giá|kinh phí|tiền|vốn|thu nhập|doanh thu|lợi nhuận|ngân sách|đầu tư|hỗ"
    r" trợ|phạt|lãi|nợ|vay|lương|mua|bán"
    r"|thưởng|tiết kiệm|chi phí|chi|thu|đóng góp|ủng hộ|trao tặng|bồi thường|thiệt hại|chiếm"
    r" đoạt|lừa đảo|tài trợ|dư nợ|quỹ|cọc|trả|nộp|đồng)(?!\w)"
)
_CLAUSE_END = re.compile(r"[.;:!?]\s")
_MONEY_SCALES = frozenset([Decimal(10**6), Decimal(10**9), Decimal(10**12), Decimal(10**3)])
_MINOR = re.compile(r"(?: +(?:và|với))? +")
_TAIL_CENTS = re.compile(r" +(\d{2})(?![\d.,/]|\s*\w)")
_SHORT_BILLION = re.compile(r"(\d{1,3})t(\d{1,3})(?!\w)")


@cache
def _prefixes() -> tuple[re.Pattern[str], dict[str, str]]:
    codes = {name: row["code"] for row in table("currencies")["currency"] for name in row["prefix"]}
    words = "|".join(re.escape(name) for name in sorted(codes, key=len, reverse=True))
    return re.compile(rf"({words}) ?(?=\d|,\d)"), codes


@cache
def _minors() -> dict[str, frozenset[str]]:
    return {row["code"]: frozenset(row.get("minor", ())) for row in table("currencies")["currency"]}


@cache
def _minor_pattern() -> re.Pattern[str]:
    return re.compile(r" *(" + alternation({name for names in _minors().values() for name in names}) + ")")


def _read(source: Source, position: int) -> Reading | None:
    """ "63,4 triệu đồng/người/năm", "từ 1.000 đến 2.000 đồng", "2 đô la và 23 xu"."""
    amount = amount_at(source, position)
    if amount is None or amount.unit is None or amount.unit.kind != "money":
        return None
    norm = norm_of(source, amount, "money.per" if amount.per else "money")
    end, cents = _cents(source, amount)
    if cents is not None:
        norm = msgspec.structs.replace(
            norm, value=plain(cents), num=plain(cents), scale=None, rule="money.minor"
        )
    return Reading(range_start(source, amount), end, "MONEY", norm, 0.97)


def _cents(source: Source, amount: Amount) -> tuple[int, Decimal | None]:
    """Hundredths after the unit: "2 đô 23 xu", "hai đô 23"."""
    unit = amount.unit
    if unit is None or amount.high is not None or amount.per or not _minors().get(unit.code):
        return amount.end, None
    joint = _MINOR.match(source.low, amount.end)
    numeral = source.numeral(joint.end()) if joint is not None else None
    if numeral is None or numeral.value >= 100 or numeral.value != numeral.value.to_integral_value():
        return amount.end, None
    minor = _minor_pattern().match(source.low, numeral.end)
    if minor is not None and minor[1] in _minors()[unit.code]:
        return minor.end(), amount.low.value + numeral.value / 100
    if (
        _TAIL_CENTS.match(source.low, amount.end) is not None
        and amount.low.value == amount.low.value.to_integral_value()
    ):
        return numeral.end, amount.low.value + numeral.value / 100
    return amount.end, None


def _read_minor(source: Source, position: int) -> Reading | None:
    """Hundredths alone: "mười xu" is a tenth of a dollar (the scale of Duckling's cases)."""
    numeral = source.numeral(position)
    minor = _minor_pattern().match(source.low, numeral.end) if numeral is not None else None
    if numeral is None or minor is None or minor[1] not in ("xu", "xen", "cent", "cents"):
        return None
    norm = norm_of(source, _bare(numeral, minor.end()), "money.cents")
    norm = msgspec.structs.replace(norm, value=plain(numeral.value / 100), scale="0.01", unit="USD")
    return Reading(position, minor.end(), "MONEY", norm, 0.6)


def _bare(numeral: object, end: int) -> Amount:
    return Amount(numeral.start, end, numeral, None, None, None, end, (), "")  # type: ignore[attr-defined,arg-type]


def _read_prefixed(source: Source, position: int) -> Reading | None:
    """The currency first: "$10", "USD 5 tỷ", "VND1000-VND2000"."""
    pattern, codes = _prefixes()
    match = pattern.match(source.low, position)
    amount = amount_at(source, match.end()) if match is not None else None
    if match is None or amount is None:
        return None
    unit = Unit(codes[match[1]], "money", match[1])
    if amount.unit is not None:
        cut = amount.high.end if amount.high is not None else amount.low.end
        amount = amount._replace(end=cut, per=())
    second = _second_prefixed(source, amount, unit.code)
    if second is not None:
        amount = second
    norm = norm_of(source, amount._replace(unit=unit), "money.prefix")
    start = position
    if amount.high is not None:
        start = range_start(source, amount._replace(start=position))
    return Reading(start, amount.end, "MONEY", norm, 0.95)


def _second_prefixed(source: Source, amount: Amount, code: str) -> Amount | None:
    joint = _JOINT.match(source.low, amount.end)
    pattern, codes = _prefixes()
    match = pattern.match(source.low, joint.end()) if joint is not None and amount.high is None else None
    numeral = source.numeral(match.end()) if match is not None and codes[match[1]] == code else None
    if numeral is None:
        return None
    return amount._replace(high=numeral, end=numeral.end, joined="-")


def _read_bare_scale(source: Source, position: int) -> Reading | None:
    """ "hỗ trợ 50 triệu": a scale without noun or unit, in a clause about money; the currency is implied."""
    amount = amount_at(source, position)
    if amount is None or amount.unit is not None or (amount.high or amount.low).scale not in _MONEY_SCALES:
        return None
    if _WORD_NEXT.match(source.low, amount.end) and not _function_word(source, amount.end):
        return None
    window = source.left(position, 70)
    cut = [match.end() for match in _CLAUSE_END.finditer(window)]
    if not _ABOUT_MONEY.search(window[cut[-1] if cut else 0 :]):
        return None
    unit = Unit("VND", "money", "")
    per, end = per_at(source, unit, amount.end)
    norm = norm_of(source, amount._replace(unit=unit, per=per), "money.implied")
    return Reading(range_start(source, amount), end, "MONEY", norm, 0.92)


_FUNCTION_WORDS = frozenset([
    "mua", "bán", "trả", "nuôi", "làm", "xây", "sửa", "chi", "gửi", "nộp", "đóng", "về", "ra", "lên",
    "xuống", "đi", "đầu", "gồm", "vì", "do", "để", "cho", "và", "hoặc", "mà", "thì", "là", "từ", "của",
    "do", "khi", "nếu", "với", "trong", "tại", "ở", "vào", "so", "đến", "được", "bị", "nhưng", "hay",
    "theo", "nữa", "thôi", "rồi", "trở", "mỗi", "một"
])  # fmt: skip


def _function_word(source: Source, position: int) -> bool:
    match = _NEXT_WORD.match(source.low, position)
    return match is not None and match[1] in _FUNCTION_WORDS


def _read_short_billion(source: Source, position: int) -> Reading | None:
    """ "2t3" = 2.3 billion, only in a clause about money."""
    match = _SHORT_BILLION.match(source.low, position)
    if match is None or not _ABOUT_MONEY.search(source.left(position, 60)):
        return None
    value = Decimal(f"{match[1]}.{match[2]}")
    from labeling.norm import Norm

    norm = Norm(
        value=plain(value * 10**9),
        num=plain(value),
        scale="1000000000",
        unit="VND",
        numeral="arabic",
        rule="money.t",
    )
    return Reading(position, match.end(), "MONEY", norm, 0.6)


def currency_before(source: Source, start: int) -> bool:
    """Whether a currency sign or code is glued to the front of the figure at `start`."""
    window = source.low[max(0, start - 5) : start]
    return any(window.endswith(prefix) for prefix in _prefixes()[1])


def prefix_words() -> frozenset[str]:
    """The currency signs and codes that may come before a figure."""
    return frozenset(_prefixes()[1])


KIND = Kind(
    "MONEY",
    (
        Rule("money", NUMBER, _read, frozenset(["@money"])),
        Rule("money.prefix", frozenset(["$"]), _read_prefixed),
        Rule("money.cents", NUMBER, _read_minor, frozenset(["xu", "xen", "cent", "cents"])),
        Rule("money.t", frozenset(["0"]), _read_short_billion, frozenset(["t"])),
        Rule("money.implied", NUMBER, _read_bare_scale, frozenset(["@none"])),
    ),
)
