"""Is a text Vietnamese?  By the share of its lower-case words that are possible Vietnamese syllables.

Language identifiers call unaccented Vietnamese and copies with scrambled tone marks ("qùỵết định qùản
trọng") Vietnamese; the syllable does not lie: onset + rhyme + one tone mark in its place.  Words with a
capital are not counted (names and abbreviations are often foreign).  An identifier that ships its model
(py3langid) has the second vote where the share alone leaves doubt.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator
from functools import cache
from typing import NamedTuple

ENOUGH = 0.95  # share of possible syllables; real news stays above 0.99, English has about 0.2
SURE = 0.97  # from here on the identifier is not asked
ACCENTED = 0.3  # share of words with Vietnamese letters below which a text is unaccented (news: 0.7 and more)
FEW = 20  # lower-case words below which shares say little

_onsets = "b c ch d đ g gh gi h k kh l m n ng ngh nh p ph qu r s t th tr v x"
_rhymes = (
    "a ac ach ai am an ang anh ao ap at au ay ăc ăm ăn ăng ăp ăt âc âm ân âng âp ât âu ây "
    "e ec em en eng eo ep et ê êch êm ên ênh êp êt êu "
    "i ia ich iêc iêm iên iêng iêp iêt iêu im in inh ip it iu "
    "o oa oac oach oai oam oan oang oanh oao oap oat oay oăc oăm oăn oăng oăt oc oe oen oeo oet oi om on ong "
    "oong ooc op ot ô ôc ôi ôm ôn ông ôp ôt ơ ơi ơm ơn ơp ơt "
    "u ua uân uâng uât uây uc uê uêch uênh uêu ui um un ung uôc uôi uôm uôn uông uôt uơ up ut uy uya uych "
    "uyên uyêt uynh uyt uyu uyn uyp ư ưa ưc ưi ưm ưng ươc ươi ươm ươn ương ươp ươt ươu ưt ưu "
    "y yêm yên yêng yêt yêu"
)
_after_qu = (
    "a ac ach ai an ang anh ao at au ay ăc ăm ăn ăng ăp ăt ân âng ât ây e en eo et ê êch ên ênh êt "
    "i ich it y yên yêt ynh yt ôc ơ"
)
_before_y = "b d h k l m n ng ngh qu s t th tr v"
_tones = ("", "\u0300", "\u0301", "\u0309", "\u0303", "\u0323")
_stopped = re.compile(r"(?:c|ch|p|t)$")
_word = re.compile(r"(?<![^\W_])[^\W\d_]+(?![^\W_])")
_accent = re.compile(r"[^\x00-\x7f]")


class Share(NamedTuple):
    """Counts over lower-case words: all, possible syllables, words with a Vietnamese letter."""

    words: int
    valid: int
    accented: int

    @property
    def valid_share(self) -> float:
        """Possible syllables among the words; 1.0 when there are none."""
        return self.valid / self.words if self.words else 1.0

    @property
    def accented_share(self) -> float:
        """Words with a letter outside ASCII; 1.0 when there are no words."""
        return self.accented / self.words if self.words else 1.0


@cache
def valid_syllables() -> frozenset[str]:
    """Every possible syllable, lower case, NFC, in both ways of placing the tone mark."""
    found = set()
    for onset, rhyme in _combinations():
        for tone in _tones:
            if _stopped.search(rhyme) and tone not in ("", "\u0301", "\u0323"):
                continue
            if _stopped.search(rhyme) and not tone:
                continue  # a stopped rhyme always carries sắc or nặng
            for place in _places(rhyme):
                marked = rhyme[: place + 1] + tone + rhyme[place + 1 :]
                found.add(unicodedata.normalize("NFC", onset + marked))
    found |= {"gì", "gí", "gỉ", "gĩ", "gị", "gìn", "giếng", "giếc"}  # "gi" before i is written once
    return frozenset(found)


def _combinations() -> Iterator[tuple[str, str]]:
    for rhyme in _rhymes.split():
        yield "", rhyme
        for onset in _onsets.split():
            front = rhyme[0] in "eêi"  # before these k, gh, ngh are written, before others c, g, ng
            if onset == "qu" or rhyme[0] == "y" or (onset == "gi" and rhyme[0] == "i"):
                continue
            if not (onset in ("k", "gh", "ngh") and not front) and not (onset in ("c", "g", "ng") and front):
                yield onset, rhyme
    for onset in _before_y.split():
        yield onset, "y"
    yield "gi", "êng"
    yield "gi", "a"
    for rhyme in _after_qu.split():
        yield "qu", rhyme


def _places(rhyme: str) -> tuple[int, ...]:
    """Where the tone mark may stand in a rhyme."""
    vowels = [i for i, letter in enumerate(rhyme) if letter in "aăâeêioôơuưy"]
    marked = [i for i in vowels if rhyme[i] in "ăâêôơư"]
    if marked:
        return (marked[-1],)
    if rhyme in ("oa", "oe", "uy"):
        return (0, 1)
    if len(vowels) == 1:
        return (vowels[0],)
    closed = len(rhyme) > len(vowels)
    if closed or len(vowels) == 3:
        return (vowels[1],)
    return (vowels[0],)


def share_of(text: str) -> Share:
    """How much of a canonical text's lower-case words are possible syllables."""
    valid = valid_syllables()
    words = [word for word in _word.findall(text) if word.islower()]
    return Share(
        len(words),
        sum(word in valid for word in words),
        sum(bool(_accent.search(word)) for word in words),
    )


def why_not_vietnamese(text: str) -> str | None:
    """One reason why a canonical text is not (well-formed) Vietnamese; None when it is.

    Texts with few lower-case words are given the benefit of the doubt.
    """
    share = share_of(text)
    wrong = share.words - share.valid
    if share.words < FEW:
        few = share.words >= 3 and share.valid_share < 0.5
        return f"{wrong} of {share.words} words are no Vietnamese syllables" if few else None
    if share.valid_share < ENOUGH and wrong > 2:
        return f"only {share.valid_share:.0%} of {share.words} words are possible Vietnamese syllables"
    if share.accented_share < ACCENTED:
        return f"only {share.accented_share:.0%} of {share.words} words carry Vietnamese letters: unaccented"
    if share.valid_share < SURE and (language := _identified(text)) != "vi":
        return f"{share.valid_share:.0%} possible syllables, and the identifier says {language!r}"
    return None


def _identified(text: str) -> str:
    import py3langid

    return str(py3langid.classify(text[:5_000])[0])
