"""The source `underthesea`: the library's own NER by sentence, aligned exactly to our text, and repaired.

It speaks for PER, LOC and ORG (its MISC is no label of ours).  The score of a span is the smallest
marginal probability of its tokens; calibration is the merge's work.

The model of 2017 swallows common nouns ("đồng chí Triệu Đình Dũng" is one LOC), takes years, ordinals and
acronyms for places and opening words for persons.  What it marks is therefore read again by named rules,
and what none of them can read is not proposed:

- `person`  the capitalised words at the end of a PER or LOC, two to five, the first one a surname
- `place`   the capitalised words at the end of a LOC with the class noun right before them
- `name`    a LOC or ORG that is nothing but two to five capitalised words
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from functools import cache
from typing import NamedTuple

from corpus.document import Document
from corpus.places import lookup
from corpus.segment import sentences
from labeling.derive import is_class_noun
from labeling.preannotators.base import proposal, version_of
from labeling.preannotators.civic.lexicon import table, words
from labeling.preannotators.library import models_digest
from labeling.preannotators.stages import Stages, Tagged
from labeling.span import Proposal

NAME = "underthesea"
LABELS = frozenset({"PER", "LOC", "ORG"})

# after these words a capitalised word is a people or its language, which the scheme does not mark
_peoples = frozenset({"tộc", "bào", "người", "tiếng", "-", "–"})
# offices and forms of address that the model takes for the beginning of a place
ADDRESSED = "phó trưởng chánh giám bí chủ quyền ông bà anh chị em cô chú bác cụ thầy cháu đồng các tết lễ"
_addressed = frozenset(ADDRESSED.split())
# what a body's name begins with; a run of capitals without one that the model calls ORG is a place or nothing
BODIES = "hội đoàn ban sở phòng trường công tập ngân bệnh viện trung liên tổng hợp báo đài ủy đảng bộ cục chi"
_bodies = frozenset(BODIES.split())
# the years of the lunar calendar ("Bính Ngọ"), of which the model makes places
_stems = frozenset(["giáp", "ất", "bính", "đinh", "mậu", "kỷ", "canh", "tân", "nhâm", "quý"])
_branches = frozenset(["tý", "sửu", "dần", "mão", "thìn", "tỵ", "ngọ", "mùi", "thân", "dậu", "tuất", "hợi"])
_letters = re.compile(r"[^\W\d_]+(?:['’][^\W\d_]+)*")


class Entity(NamedTuple):
    """A run of words with one tag: words[first:last], its label, its score in [0, 1]."""

    first: int
    last: int
    label: str
    score: float


class Underthesea:
    """underthesea's CRF of 2017.  Pure: the same sentence gives the same spans."""

    name = NAME
    labels = LABELS

    @property
    def version(self) -> str:
        """Over this code, the alignment and the library with its models."""
        return _version()

    def propose(self, documents: Sequence[Document]) -> list[list[Proposal]]:
        """PER, LOC and ORG of each document in the order of the text; spans never overlap."""
        places = [
            (index, extent) for index, document in enumerate(documents) for extent in sentences(document.text)
        ]
        texts = (extent.slice(documents[index].text) for index, extent in places)
        found: list[list[Proposal]] = [[] for _ in documents]
        for (index, extent), tagged in zip(places, _stages().tag(texts), strict=True):
            found[index] += self._spans(documents[index].text, extent.start, tagged)
        return found

    def _spans(self, text: str, offset: int, tagged: Tagged) -> Iterator[Proposal]:
        bounds = [*tagged.firsts, len(tagged.tokens)]
        for entity in entities(tagged.ner, tagged.score):
            first, last = bounds[entity.first], bounds[entity.last]
            reading = read_again(entity.label, [token.text for token in tagged.tokens[first:last]])
            broken = reading and reading.label == "PER" and _breaks_word(tagged, first + reading.last)
            if (
                reading
                and not broken
                and not (reading.rule == "name" and _names_a_people(tagged, first + reading.first))
            ):
                tokens = tagged.tokens[first + reading.first : first + reading.last]
                yield proposal(
                    text,
                    offset + tokens[0].start,
                    offset + tokens[-1].end,
                    reading.label,
                    source=NAME,
                    version=self.version,
                    rule=reading.rule,
                    score=entity.score,
                )


class Reading(NamedTuple):
    """What a marked run of tokens is after all: tokens[first:last], its label, the rule that says so."""

    first: int
    last: int
    label: str
    rule: str


def read_again(label: str, tokens: Sequence[str]) -> Reading | None:
    """The reading of one entity of the library, or None when no rule can make a name of it."""
    last = len(tokens)
    while last and not _has_letter(tokens[last - 1]):
        last -= 1
    first = last
    while first and _is_capitalised(tokens[first - 1]):
        first -= 1
    count = last - first
    if count == 2 and (_names_a_year(label, *tokens[first:last]) or _is_compound(*tokens[first:last])):
        return None
    kinh = first < last and tokens[first].lower() in words("persons", "kinh")
    if label in ("PER", "LOC") and 2 <= count <= 5:
        if label == "PER" and (kinh or tokens[first].lower() in words("persons", "minority")):
            return Reading(first, last, "PER", "person")
        if label == "LOC" and kinh and count >= 3 and first and not _noun_before(tokens, first):
            return Reading(first, last, "PER", "person")
    noun = _noun_before(tokens, first) if label == "LOC" and 1 <= count <= 5 else 0
    if noun:
        # "chủ tịch xã Trần Văn An": a person, unless there is such a unit ("huyện Trần Văn Thời")
        person = count >= 3 and kinh and not lookup(" ".join(tokens[first:last]))
        return (
            Reading(first, last, "PER", "person") if person else Reading(first - noun, last, "LOC", "place")
        )
    alone = (
        not any(map(_has_letter, tokens[:first])) and tokens[min(first, last - 1)].lower() not in _addressed
    )
    names_body = label != "ORG" or tokens[min(first, last - 1)].lower() in _bodies
    if label in ("LOC", "ORG") and 2 <= count <= 5 and alone and names_body:
        return Reading(first, last, label, "name")
    return None


def _names_a_people(tagged: Tagged, place: int) -> bool:
    return place > 0 and tagged.tokens[place - 1].text.lower() in _peoples


def _breaks_word(tagged: Tagged, end: int) -> bool:
    """Whether the tokens before `end` stop in the middle of a word ("Đoàn Công|tác")."""
    if end >= len(tagged.tokens):
        return False
    return _is_compound(tagged.tokens[end - 1].text, tagged.tokens[end].text)


def _is_compound(first: str, second: str) -> bool:
    """Whether two syllables make a word of public life ("Công Thương")."""
    return f"{first} {second}".lower() in _compounds()


def _names_a_year(label: str, first: str, second: str) -> bool:
    """Whether a "place" is a year of the lunar calendar; "Đinh Dậu" may be a person."""
    return label != "PER" and first.lower() in _stems and second.lower() in _branches


@cache
def _compounds() -> frozenset[str]:
    listed = (*table("persons")["compounds"], *table("bodies")["fields"])
    return frozenset(" ".join(entry.lower().split()[:2]) for entry in listed)


def _noun_before(tokens: Sequence[str], place: int) -> int:
    """How many tokens right before `place` are the class noun of a place; the longest counts."""
    for count in (3, 2, 1):
        if count <= place and is_class_noun(" ".join(tokens[place - count : place])):
            return count
    return 0


def _is_capitalised(token: str) -> bool:
    """A syllable as in a name ("Bắc", "Y", "H'Mông"), not an acronym, a number or a compound ("Covid-19")."""
    return token[0].isupper() and bool(_letters.fullmatch(token)) and (len(token) == 1 or not token.isupper())


def entities(tags: Sequence[str], scores: Sequence[float]) -> Iterator[Entity]:
    """The entities of BIO `tags`; an I- that continues nothing begins one."""
    first, label = 0, ""
    for index, tag in enumerate([*tags, "O"]):
        kind = tag[2:]
        if label and (tag[0] != "I" or kind != label):
            if label in LABELS:
                yield Entity(first, index, label, min(scores[first:index]))
            label = ""
        if kind and not label:
            first, label = index, kind


def _has_letter(token: str) -> bool:
    return any(character.isalnum() for character in token)


@cache
def _stages() -> Stages:
    return Stages()


@cache
def _version() -> str:
    from importlib.metadata import version

    code = ("underthesea", "stages", "crf", "library")
    return version_of(
        *(f"labeling.preannotators:{name}.py" for name in code),
        "labeling.preannotators.civic:persons.toml",
        "labeling.preannotators.civic:bodies.toml",
        "labeling:derive.py",
        "labeling:place_kinds.toml",
        "corpus:places.py",
        "corpus.tables:places.tsv",
        "corpus:align.py",
        "corpus:segment.py",
        extra=(version("underthesea"), models_digest()),
    )
