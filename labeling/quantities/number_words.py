"""The spoken grammar of numbers: tokens (words and figures) → the longest well-formed number."""

from __future__ import annotations

import re
from decimal import Decimal

from labeling.quantities.figures import DIGITS, SCALES, figure_value, plain
from labeling.quantities.model import Style

_SUFFIX_TAIL = re.compile(r"\d{1,3}(?![\d\w.,/])")


_CLOSES = re.compile(r"\s*(?:$|[.,;:)\]!?]|đồng|đô|vnđ|vnd|usd|euro|nữa|rồi)")


_PLAIN = frozenset(["một", "hai", "ba", "bốn", "năm", "sáu", "bảy", "bẩy", "tám", "chín"])


_AFTER_TENS = frozenset(
    ["một", "mốt", "hai", "ba", "bốn", "tư", "lăm", "nhăm", "sáu", "bảy", "bẩy", "tám", "chín"]
)


_ONLY_AFTER_TENS = frozenset(["mốt", "tư", "lăm", "nhăm"])


_BIG = frozenset(["nghìn", "ngàn", "vạn", "triệu", "tỷ", "tỉ"])


ODD_WORDS = frozenset(["linh", "lẻ", "lẽ"])


HALF_WORDS = frozenset(["rưỡi", "rưởi"])


POINT_WORDS = frozenset(["phẩy", "phảy", "chấm"])


_SUFFIXES = {"k": Decimal(1000), "tr": Decimal(10**6), "M": Decimal(10**6), "G": Decimal(10**9)}


ONE = Decimal(1)


SUFFIX = re.compile(r"(tr|k|M|G)(?![^\W\d_])")


class Token:
    """One token of a numeral: a figure ("1,2") or a number word, and where it ends."""

    __slots__ = ("end", "figure", "word")

    def __init__(self, word: str, end: int, *, figure: bool) -> None:
        self.word = word
        self.end = end
        self.figure = figure


class Parser:
    """Reads the longest well-formed number from the front of a token list."""

    def __init__(self, tokens: list[Token], low: str) -> None:
        self.tokens = tokens
        self.low = low
        self.at = 0
        self.variant = ""

    def word(self, ahead: int = 0) -> str:
        index = self.at + ahead
        return self.tokens[index].word if index < len(self.tokens) and not self.tokens[index].figure else ""

    def parse(self) -> tuple[int, Decimal, str, Decimal, Style, str] | None:
        first = self.tokens[0]
        if first.figure:
            suffixed = self._suffixed(first)
            if suffixed is not None:
                return suffixed
        group, figure = self._group(), ""
        if group is None:
            if first.word not in SCALES or (len(self.tokens) == 1 and first.word == "chục"):
                return None
            group = Decimal(1)
        elif first.figure and self.at == 1:
            figure = first.word
        group = self._point(group)
        total, scale = self._scales(group)
        if scale != 1 and self.word() in POINT_WORDS:
            total, scale = self._point(total), ONE
        end = self.tokens[self.at - 1].end
        figures = any(token.figure for token in self.tokens[: self.at])
        words = any(not token.figure for token in self.tokens[: self.at])
        style: Style = "mixed" if figures and words else "arabic" if figures else "words"
        num = plain(group if scale > 1 and total == group * scale else total)
        if figure and total == group * scale:
            num = plain(group, keep=True)
        return end, total, num, scale if total == group * scale else Decimal(1), style, self.variant

    def _suffixed(self, first: Token) -> tuple[int, Decimal, str, Decimal, Style, str] | None:
        """ "100k", "2tr", "2tr5" (2.5 million), "1tr200" (1.2 million): a suffix glued to the digits."""
        match = SUFFIX.match(self.low, first.end)
        if match is None:
            return None
        value, variant = figure_value(first.word)
        if match[1] == "G" and value >= 1:
            return None
        scale, end = _SUFFIXES[match[1]], match.end()
        tail = _SUFFIX_TAIL.match(self.low, end) if match[1] == "tr" else None
        if tail is not None:
            value += Decimal(f"0.{tail[0]}")
            end = tail.end()
        return end, value * scale, plain(value, keep=True), scale, "arabic", variant or "suffix." + match[1]

    def _digit(self, allowed: frozenset[str], ahead: int = 0) -> int | None:
        word = self.word(ahead)
        return DIGITS[word] if word in allowed else None

    def _group(self) -> Decimal | None:
        """A figure, or words below one thousand."""
        if self.at >= len(self.tokens):
            return None
        if self.tokens[self.at].figure:
            value, variant = figure_value(self.tokens[self.at].word)
            self.variant = self.variant or variant
            self.at += 1
            if self.word() == "trăm" and value == value.to_integral_value() and value < 10:
                self.at += 1
                return value * 100 + (self._after_hundred() or 0)
            return value
        digit = self._digit(_PLAIN | {"không"})
        if digit is not None and self.word(1) == "trăm":
            self.at += 2
            return Decimal(digit * 100 + (self._after_hundred() or 0))
        tens = self._tens()
        return Decimal(tens) if tens is not None else None

    def _after_hundred(self) -> int | None:
        """What follows "trăm": linh/lẻ and a digit, tens, "rưỡi" (50), or one digit (×10: một trăm hai)."""
        if self.word() in ODD_WORDS:
            digit = self._digit(_PLAIN | _ONLY_AFTER_TENS, 1)
            if digit is not None:
                self.at += 2
                return digit
            return None
        if self.word() in HALF_WORDS:
            self.at += 1
            return 50
        digit = self._digit(_PLAIN)
        follower = self.word(1)
        if (digit is not None and follower in ("mươi", "chục")) or self.word() == "mười":
            return self._tens()
        if digit is not None and follower in _AFTER_TENS - {"một"}:
            value = digit * 10 + DIGITS[follower]
            self.at += 2
            return value
        if self.word() in (_PLAIN | {"tư"}) - {"năm"} and follower not in _BIG and follower != "trăm":
            self.at += 1
            return DIGITS[self.tokens[self.at - 1].word] * 10
        if self.word() in (_PLAIN | {"tư"}) and follower in _BIG:
            self.at += 1
            return DIGITS[self.tokens[self.at - 1].word] * 10
        return None

    def _tens(self) -> int | None:
        if self.word() == "mười":
            self.at += 1
            return 10 + self._ones()
        digit = self._digit(_PLAIN)
        if digit is None:
            if self.word() == "không":
                self.at += 1
                return 0
            return None
        if self.word(1) in ("mươi", "chục"):
            self.at += 2
            return digit * 10 + self._ones()
        if self.word(1) in ("mốt", "lăm", "nhăm", "tư") and digit > 1:
            self.at += 2
            return digit * 10 + DIGITS[self.tokens[self.at - 1].word]
        self.at += 1
        return digit

    def _ones(self) -> int:
        """The digit after tens; "năm" there is the year ("hai mươi năm" = 20 years)."""
        digit = self._digit(_AFTER_TENS)
        if digit is None or self.word(1) in ("trăm", "mươi"):
            return 0
        self.at += 1
        return digit

    def _point(self, group: Decimal) -> Decimal:
        """Spoken decimals: "hai phẩy năm", "2 phẩy 23", "một chấm không năm"."""
        if self.word() not in POINT_WORDS or self.at + 1 >= len(self.tokens):
            return group
        mark = self.at
        self.at += 1
        token, digits = self.tokens[self.at], ""
        if token.figure and token.word.isdigit():
            digits = token.word
            self.at += 1
        elif self.word(1) in ("mươi", "chục") or self.word() == "mười":
            tens = self._tens()
            digits = str(tens) if tens is not None else ""
        else:
            while self.word() in DIGITS and self.word(1) not in ("trăm", "mươi"):
                if self.word() == "năm" and self.low.startswith(" ánh sáng", self.tokens[self.at].end):
                    break
                if digits == "5" and self.word() == "năm" and self.word(1) not in DIGITS:
                    break
                digits += str(DIGITS[self.word()])
                self.at += 1
        if not digits:
            self.at = mark
            return group
        return group + Decimal(f"0.{digits}")

    def _scales(self, group: Decimal) -> tuple[Decimal, Decimal]:
        """(total, the scale of the first group): multiplies and adds scale words and smaller groups."""
        total, scale = group, Decimal(1)
        last: Decimal | None = None
        done = Decimal(0)
        while True:
            word = self.word()
            if word in SCALES and not (
                word in ("trăm", "chục") and last is None and not self._may_scale_small()
            ):
                step = SCALES[word]
                if last is not None and step > last:
                    done, group = Decimal(0), done + group
                self.at += 1
                group *= step
                scale = scale * step if last is None or step > last else scale
                last = step
                while self.word() in _BIG and SCALES[self.word()] >= 1000 and not self._starts_new(last):
                    group *= SCALES[self.word()]
                    scale *= SCALES[self.word()]
                    last = SCALES[self.word()]
                    self.at += 1
                done, group = done + group, Decimal(0)
                total = done
                if self.word() in HALF_WORDS:
                    self.at += 1
                    total = done = done + last / 2
                    return total, scale
                more = self._remainder(last)
                if more is None:
                    return total, scale
                group, closed = more
                total = done + group
                if closed:
                    return total, scale
                continue
            if self.word() in HALF_WORDS and last is None and group < 100 and not self._figure_before():
                self.at += 1
                return group + Decimal("0.5"), scale
            return total, scale

    def _figure_before(self) -> bool:
        return self.tokens[self.at - 1].figure and "," in self.tokens[self.at - 1].word

    def _may_scale_small(self) -> bool:
        """ "5 chục", "3 trăm", "2 trăm nghìn": after a figure a small scale word multiplies."""
        return self.tokens[self.at - 1].figure or self.at == 0

    def _starts_new(self, last: Decimal) -> bool:
        return SCALES[self.word()] < last and last >= 1000 and self.word() not in ("tỷ", "tỉ", "triệu")

    def _remainder(self, last: Decimal) -> tuple[Decimal, bool] | None:
        """What a smaller group adds after a scale: (amount, whether the numeral ends there)."""
        mark = self.at
        if self.word() in ODD_WORDS:
            self.at += 1
            group = self._group()
            if group is not None:
                return group, self.word() not in _BIG
            self.at = mark
            return None
        if last < 100 or self.at >= len(self.tokens):
            return None
        single = self.word() in (_PLAIN | {"tư"}) and self.word(1) not in (
            "trăm",
            "mươi",
            "chục",
            *_BIG,
            "mốt",
            "lăm",
        )
        token = self.tokens[self.at]
        group = self._group() if self.word() != "tư" else Decimal(4)
        if group is None:
            return None
        if self.word() == "tư" and self.at == mark:
            self.at += 1
        if self.word() in _BIG and SCALES[self.word()] != last:
            return group, False
        if single:
            if token.word == "năm" or not self._ends_here(token.end):
                self.at = mark
                return None
            return group * last / 10, True
        if token.figure:
            if token.word.isdigit() and len(token.word) == 1 and last >= 1000 and self._ends_here(token.end):
                return group * last / 10, True
            self.at = mark
            return None
        return group, True

    def _ends_here(self, end: int) -> bool:
        """After "triệu hai" only the end, a mark or a currency may follow; a noun makes it a count."""
        return _CLOSES.match(self.low, end) is not None
