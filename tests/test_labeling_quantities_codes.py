"""Codes of every make hold no number: at most one in a hundred generated ones may be read as a figure."""

from __future__ import annotations

import random
from collections.abc import Callable

import pytest

from labeling.quantities import find

PER_KIND = 150
FRAMES = (
    "{}",
    "Liên hệ {} để biết thêm",
    "theo {} của đơn vị",
    "({})",
    "cụ thể là {}, các đơn vị lưu ý",
    "Tin: {}.",
)


class Maker:
    """Random codes from patterns: 0 is any digit, o the digit nought, A a capital; the rest is itself."""

    def __init__(self, seed: int) -> None:
        self.random = random.Random(seed)

    def code(self, patterns: tuple[str, ...]) -> str:
        pattern = self.random.choice(patterns)
        return "".join(
            self.random.choice("0123456789") if sign == "0" else
            self.random.choice("ABCDEFGHKLMNPSTVX") if sign == "A" else sign
            for sign in pattern
        )  # fmt: skip

    def octets(self) -> str:
        return ".".join(str(self.random.randint(1, 255)) for _ in range(4))


PATTERNS: dict[str, tuple[str, ...]] = {
    "phone": ("o900000000", "o900.000.000", "o900 000 000", "+84 900 000 000", "(o200) 3000.000", "19oo 0000"),
    "document": ("00/2019/NĐ-CP", "000/QĐ-UBND", "00-NQ/TW", "000/2021/QH14", "00/KH-BCĐ", "00/2020/TT-BTC"),
    "plate": ("00A-000.00", "00A0-000.00", "00A-00000", "00A - 000.00", "00-A0 000.00"),
    "product": ("AA-0000", "AAA000", "AA00-000A", "SM-A000A", "000-AA-00", "AAA-00.000"),
    "tax": ("9000000000", "9000000000-000", "900.000.000.0", "o000000000"),
    "account": ("000000000000", "9000 0000 0000 0000", "9000-0000-0000", "900.00.00.000000.0", "9000.0000.0000"),
    "identity": ("o00000000000", "o00 000 000 000", "o00.000.000.000", "A0000000"),
    "web": ("https://a.vn/tin/2023/05/06/bai-00000.html", "www.a.vn/?id=00000&p=00", "b0000@mail.vn",
            "https://a.vn/2021-07-21T10:15:30/a-000"),
    "version": ("v0.0.0", "9.00.0", "phiên bản 0.0.00", "ver 0.0", "9.0.0-beta0"),
    "position": ("20.0000, 105.0000", "20°00'00\"N", "10°16'00\"N 106°10'00\"E", "20,0°N; 107,0°E"),
    "serial": ("SN 00000000", "IMEI 000000000000000", "ISBN 978-604-000-000-0", "số seri 00000000"),
}  # fmt: skip


def false_positives(make: Callable[[], str], choose: random.Random) -> list[str]:
    wrong = []
    for _ in range(PER_KIND):
        code = make()
        text = choose.choice(FRAMES).format(code)
        start = text.index(code)
        if any(q.extent.start < start + len(code) and q.extent.end > start for q in find(text)):
            wrong.append(text)
    return wrong


@pytest.mark.parametrize("kind", [*PATTERNS, "address"])
def test_at_most_one_code_in_a_hundred_reads_as_a_figure(kind: str) -> None:
    maker = Maker(20260)
    make = maker.octets if kind == "address" else lambda: maker.code(PATTERNS[kind]).replace("o", "0")
    wrong = false_positives(make, random.Random(7))
    assert len(wrong) <= PER_KIND / 100, wrong[:10]


@pytest.mark.parametrize("unit", ["đồng", "VND", "USD"])
def test_an_amount_as_long_as_an_account_number_stays_one(unit: str) -> None:
    maker = Maker(11)
    for _ in range(100):
        figure = maker.code(("900.000.000.000", "9.000.000.000.000"))
        for text in (f"Tổng chi {figure} {unit} trong kỳ", f"{figure} {unit}"):
            (found,) = find(text)
            assert (found.label, found.norm.value) == ("MONEY", figure.replace(".", ""))
