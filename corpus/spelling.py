"""Keys for looking Vietnamese words up: one case, one place for the tone mark.  Text itself never changes.

Both ways of placing the tone mark on `oa, oe, uy` are in use ("hoà", "hòa"; "uỷ", "ủy").  `fold` brings
them to the older one ("hòa", "ủy", but "quý") and lower case.  The length stays the same, code point by
code point, so an offset found in the folded text holds in the text itself.
"""

from __future__ import annotations

import re
from functools import lru_cache

_OLD = {
    **dict(zip(("oà", "oá", "oả", "oã", "oạ"), ("òa", "óa", "ỏa", "õa", "ọa"), strict=True)),
    **dict(zip(("oè", "oé", "oẻ", "oẽ", "oẹ"), ("òe", "óe", "ỏe", "õe", "ọe"), strict=True)),
    **dict(zip(("uỳ", "uý", "uỷ", "uỹ", "uỵ"), ("ùy", "úy", "ủy", "ũy", "ụy"), strict=True)),
}
_QUY = dict(zip(("qùy", "qúy", "qủy", "qũy", "qụy"), ("quỳ", "quý", "quỷ", "quỹ", "quỵ"), strict=True))
# after "q" the u belongs to the consonant: "quý", never "qúy"
_style = re.compile(rf"(?:(?<!q)(?:{'|'.join(_OLD)})|{'|'.join(_QUY)})(?![^\W\d_])")
_table = _OLD | _QUY
_spaces = re.compile(r"\s+")
_dash = re.compile(r"\s*[-–—]\s*")


def fold(text: str) -> str:
    """Lower case and one tone-mark style; same length as `text` (canonical text in, NFC)."""
    lower = text.lower()
    if len(lower) != len(text):  # a few foreign capitals have longer lower-case forms
        lower = "".join(low if len(low := character.lower()) == 1 else character for character in text)
    return _style.sub(lambda found: _table[found.group()], lower)


@lru_cache(maxsize=1 << 15)
def key(name: str) -> str:
    """`fold`, with single spaces and bare hyphens: for tables of names, where length does not matter."""
    return _dash.sub("-", _spaces.sub(" ", fold(name).strip()))
