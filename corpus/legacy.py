"""Vietnamese encodings from before Unicode that Python has no codec for: TCVN3, VISCII, VNI.

- TCVN3 (ABC): the standard TCVN 5712:1993.  Its text fonts for capitals (`.VnTimeH`) used the codes of
  the small letters: such headings come out in small letters.
- VISCII: RFC 1456.
- VNI for Windows: a letter and a mark, each one character of windows-1252, as its fonts and keyboards
  laid them out.

The first two tables agree with glibc's `iconv` byte for byte (a test compares them where it is there).
"""

from __future__ import annotations

import re
import unicodedata

# Codes 0x80-0xFF.  Both standards also put capitals in control codes (`_LOW`).
_TCVN = (
    "ÀẢÃÁẠẶẬÈẺẼÉẸỆÌỈĨÍỊÒỎÕÓỌỘỜỞỠỚỢÙỦŨ\u00a0ĂÂÊÔƠƯĐăâêôơưđẰ\u0300\u0309\u0303\u0301\u0323àảãáạẲằẳẵắẴẮẦẨẪẤỀặầẩẫấậè"
    "ỂẻẽéẹềểễếệìỉỄẾỒĩíịòỔỏõóọồổỗốộờởỡớợùỖủũúụừửữứựỳỷỹýỵỐ"
)
_VISCII = (
    "ẠẮẰẶẤẦẨẬẼẸẾỀỂỄỆỐỒỔỖỘỢỚỜỞỊỎỌỈỦŨỤỲÕắằặấầẩậẽẹếềểễệốồổỗỠƠộờởịỰỨỪỬơớƯÀÁÂÃẢĂẳẵÈÉÊẺÌÍĨỳĐứÒÓÔạỷừửÙÚỹỵÝỡưàáâãảăữẫ"
    "èéêẻìíĩỉđựòóôõỏọụùúũủýợỮ"
)
_LOW = {
    "tcvn3": dict(zip(b"\x01\x02\x04\x05\x06\x11\x12\x13\x14\x15\x16\x17", "ÚỤỪỬỮỨỰỲỶỸÝỴ", strict=True)),
    "viscii": dict(zip(b"\x02\x05\x06\x14\x19\x1e", "ẲẴẪỶỸỴ", strict=True)),
}
_HIGH = {"tcvn3": _TCVN, "viscii": _VISCII}

_VNI_MARKS = {
    "ù": "\u0301", "ø": "\u0300", "û": "\u0309", "õ": "\u0303", "ï": "\u0323",
    "â": "\u0302", "á": "\u0302\u0301", "à": "\u0302\u0300", "å": "\u0302\u0309", "ã": "\u0302\u0303",
    "ä": "\u0302\u0323", "ê": "\u0306", "é": "\u0306\u0301", "è": "\u0306\u0300", "ú": "\u0306\u0309",
    "ü": "\u0306\u0303", "ë": "\u0306\u0323",
}  # fmt: skip
_VNI_LETTERS = {"ô": "ơ", "ö": "ư", "ñ": "đ", "í": "í", "ì": "ì", "æ": "ỉ", "ó": "ĩ", "ò": "ị", "î": "ỵ"}
_AFTER_ALL = "ùøûõï"  # the five tones follow every vowel; the others only a, e, o
_vni = re.compile(
    f"([aeo])([{''.join(_VNI_MARKS)}])|([uyôö])([{_AFTER_ALL}])|([{''.join(_VNI_LETTERS)}])", re.IGNORECASE
)

NAMES = {
    "tcvn3": "tcvn3", "tcvn": "tcvn3", "abc": "tcvn3", "tcvn5712": "tcvn3", "tcvn-5712": "tcvn3",
    "viscii": "viscii", "vni": "vni", "vni-win": "vni", "vni-windows": "vni",
}  # fmt: skip


def decode_legacy(raw: bytes, name: str) -> str:
    """The NFC text of `raw` in `tcvn3`, `viscii` or `vni`.

    Raises UnicodeDecodeError on a byte that has no meaning in VNI (the other two give every byte one).
    """
    if name == "vni":
        return unicodedata.normalize("NFC", _vni.sub(_vni_letter, raw.decode("cp1252")))
    low, high = _LOW[name], _HIGH[name]
    text = "".join(low.get(byte) or (high[byte - 0x80] if byte >= 0x80 else chr(byte)) for byte in raw)
    return unicodedata.normalize("NFC", text)


def encode_legacy(text: str, name: str) -> bytes:
    """The bytes of NFC `text`; the way back, for tests and tools.  Raises UnicodeEncodeError."""
    if name == "vni":
        return "".join(map(_to_vni, text)).encode("cp1252")
    table = {character: byte for byte, character in _LOW[name].items()}
    table |= {character: 0x80 + place for place, character in enumerate(_HIGH[name])}
    out = bytearray()
    for place, character in enumerate(text):
        code = table.get(character, ord(character))
        if code > 0xFF or (code >= 0x80 and character not in table):
            raise UnicodeEncodeError(name, text, place, place + 1, "no code for it")
        out.append(code)
    return bytes(out)


def _vni_letter(found: re.Match[str]) -> str:
    if found.group(5):
        letter = found.group(5)
        made = _VNI_LETTERS[letter.lower()]
        return made.upper() if letter.isupper() else made
    base, mark = (found.group(1), found.group(2)) if found.group(1) else (found.group(3), found.group(4))
    plain = _VNI_LETTERS.get(base.lower(), base.lower())
    made = unicodedata.normalize("NFC", plain + _VNI_MARKS[mark.lower()])
    if mark.lower() in "êéèúüë" and base.lower() != "a":
        return found.group()  # the breve marks stand on a only
    return made.upper() if base.isupper() else made


def _vni_table() -> dict[str, str]:
    table = {}
    for base in "aeouyôö":
        for mark, accents in _VNI_MARKS.items():
            breve, circumflex = mark in "êéèúüë", mark in "âáàåãä"
            if (breve and base != "a") or (circumflex and base not in "aeo"):
                continue
            plain = _VNI_LETTERS.get(base, base)
            table[unicodedata.normalize("NFC", plain + accents)] = base + mark
    table |= {made: letter for letter, made in _VNI_LETTERS.items()}
    return table | {made.upper(): code.upper() for made, code in table.items()}


_TO_VNI = _vni_table()


def _to_vni(character: str) -> str:
    return _TO_VNI.get(character, character)
