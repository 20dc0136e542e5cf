"""LOC: administrative units, roads, waters and heights, sites, and places that need no class noun."""

from __future__ import annotations

import re

from labeling.preannotators.civic import runs
from labeling.preannotators.civic.grammar import Node, Rule, Scan
from labeling.preannotators.civic.lexicon import phrases, table
from labeling.preannotators.civic.syllables import phrase

_units = phrases("places", "units")
_numbered = {phrase(word) for word in table("places")["numbered"]}
_roads = phrases("places", "roads")
_sites = phrases("places", "nature", "sites")
_nature = {phrase(word) for word in table("places")["nature"]}
_between = phrases("places", "between")
_levels = phrases("places", "levels")
_not_levels = phrases("places", "not_levels")
_not_after = {phrase(word)[0]: frozenset(before) for word, before in table("places")["not_after"].items()}
_ABBREVIATED = frozenset(["tp", "tx", "tt", "kp", "tdp", "kdc", "ql", "tl", "đt", "kcn", "ccn", "kđt", "vqg"])
_road_token = re.compile(r"(?:QL|TL|ĐT|ĐH|HL)\d+[A-Za-z]?")
# class nouns that are surnames, or other words: in doubt a preposition must stand before them
_DOUBTFUL = frozenset(
    "hồ đình lăng phủ động phá đập hang ao đầm bến bãi khe eo kè cống đê mỏ tháp ga cầu rừng biển đảo cồn mũi thác phà đèo kênh rạch hòn hầm thư cảng bàu búng nậm sườn".split()
)
_BEFORE_PLACES = frozenset(
    "tại ở qua đến trên dưới trong và , ( thăm từ tới về bên quanh ra vào gần như lên xuống dọc nước lòng của đi ven theo là khu vực dự án sạt lở xây dựng treo sang tiếp giáp - hai cửa đoạn bãi lưu sông cụm".split()
)
_HOLDS_UNIT = frozenset(["đình", "chợ", "chùa", "đền", "miếu"])
_HOSTS = frozenset(
    ["hội trường", "nhà khách", "sân", "trụ sở", "thư viện", "nhà truyền thống", "nhà thi đấu", "nhà văn hóa"]
)


def read_unit(scan: Scan, i: int) -> Node | None:
    """A unit's class noun with its name or number: "huyện Lấp Vò", "TP. Dĩ An", "khu phố 3"."""
    found = _units.at(scan.low, scan.fresh, i)
    if not found or not _free(scan, i):
        return None
    k = _after_dot(scan, i, found[0])
    if k < 0 or not scan.joined(k):
        return None
    noun = tuple(scan.low[i : found[0]])
    if scan.shape[k] == "C":
        if noun == ("nước",) and not runs.known_place(scan, k):
            return None
        if (
            noun in (("huyện",), ("tỉnh",))
            and not runs.known_place(scan, k)
            and runs.looks_like_person(scan, k, runs.run_end(scan, k))
            and _no_district(scan, k)
        ):
            return None
        end = runs.place_end(scan, k, number=noun in _numbered)
        if end == k + 1 and scan.low[k] in ("đoàn", "ủy", "đội"):
            return None
        return Node(i, end, "place.unit") if end > k else None
    if noun in _numbered:
        end = _number_end(scan, k)
        return Node(i, end, "place.numbered_unit") if end else None
    if scan.shape[k] == "U" and runs.known_place(scan, k):
        return Node(i, runs.known_place(scan, k), "place.unit")
    return None


# districts named after persons, in full
DISTRICTS = frozenset([("trần", "văn", "thời"), ("dương", "minh", "châu"), ("hồ", "chí", "minh")])


def _no_district(scan: Scan, k: int) -> bool:
    end = runs.run_end(scan, k)
    return end - k == 3 and tuple(scan.low[k:end]) not in DISTRICTS | scan.memory.places


def read_dotted(scan: Scan, i: int) -> Node | None:
    """A unit's one-letter abbreviation with its dot: "H. Đam Rông", "P. Tân Thanh"."""
    if scan.shape[i] != "C" or not scan.joined(i + 1) or scan.low[i + 1] != "." or not scan.joined(i + 2):
        return None
    if scan.shape[i + 2] != "C" or len(scan.low[i + 2]) < 2 or scan.low[i + 2] in runs.CERTAIN:
        return None
    return Node(i, runs.place_end(scan, i + 2), "place.unit")


def _number_end(scan: Scan, k: int) -> int:
    """The end of "5", "số 5", "5A", "II" as a unit's number, or 0 where something is counted instead."""
    if scan.low[k] == "số" and scan.joined(k + 1):
        return k + 2 if scan.shape[k + 1] == "n" else 0
    if scan.shape[k] == "U" and runs.is_roman(scan.low[k]):
        return k + 1
    if scan.shape[k] != "n" or len(scan.low[k]) > 3:
        return 0
    follows = scan.low[k + 1] if k + 1 < scan.size and not scan.fresh[k + 1] else ""
    glued = (
        k + 2 < scan.size
        and follows in ("/", ".", "-", ",")
        and scan.tokens.start[k + 2] == scan.tokens.end[k + 1]
        and scan.shape[k + 2] == "n"
    )
    return 0 if glued or follows in ("người", "hộ", "năm", "tháng", "giờ", "thành", "%", "em") else k + 1


def _after_dot(scan: Scan, i: int, k: int) -> int:
    """The token after a class noun and the dot of its abbreviation; -1 where an abbreviation is in lower case."""
    if k - i == 1 and scan.low[i] in _ABBREVIATED:
        if scan.shape[i] not in "CU":
            return -1
        if k < scan.size and scan.low[k] == "." and scan.joined(k):
            return k + 1
    return k


def _free(scan: Scan, i: int) -> bool:
    """Whether the syllable before `i` makes no other word with the one at `i`."""
    return i == 0 or scan.fresh[i] or scan.low[i - 1] not in _not_after.get(scan.low[i], ())


def read_road(scan: Scan, i: int) -> Node | None:
    """A road with its number or name: "Quốc lộ 7A", "đường tỉnh 543D", "cao tốc Nội Bài - Lào Cai"."""
    if _road_token.fullmatch(scan.tokens.text[scan.tokens.start[i] : scan.tokens.end[i]]):
        return Node(i, i + 1, "place.road")
    found = _roads.at(scan.low, scan.fresh, i)
    if not found or not _free(scan, i):
        return None
    k = _after_dot(scan, i, found[0])
    if k < 0 or not scan.joined(k):
        return None
    if scan.low[k] == "số" and scan.joined(k + 1):
        k += 1
    if scan.shape[k] == "n":
        bare = found[0] - i == 1 and scan.low[i] in ("đường", "phố", "ngõ", "hẻm", "ngách")
        if bare and scan.low[k - 1] != "số":
            return None
        unit = read_unit(scan, k + 1) if scan.low[k - 1] == "đai" and scan.joined(k + 1) else None
        return Node(i, unit.j if unit else k + 1, "place.road", (unit,) if unit else ())
    inner = read_road(scan, k) if scan.low[k] != scan.low[i] else None
    if inner:
        return Node(i, inner.j, "place.road", inner.kids)
    if scan.shape[k] != "C":
        return None
    end = runs.place_end(scan, k, dashes=True)
    return Node(i, end, "place.road") if end > k else None


def read_site(scan: Scan, i: int) -> Node | None:
    """A water, height or built site: class noun, words between, then a name, a unit or an occasion."""
    found = _sites.at(scan.low, scan.fresh, i)
    if not found or not _free(scan, i) or not _site_in_place(scan, i, found[0]):
        return None
    noun = tuple(scan.low[i : found[0]])
    k = found[0]
    for _ in range(3):
        more = _between.at(scan.low, scan.fresh, k) if scan.joined(k) else None
        if not more:
            break
        k = more[0]
    if not scan.joined(k):
        return None
    proper = scan.shape[i] in "CU"
    rule = "place.nature" if noun in _nature else "place.site"
    for label in (
        ("EVENT", "LOC", "TITLE", "ORG", "PROGRAM")
        if proper or k > found[0] or " ".join(noun) in _HOSTS
        else ("LOC",)
    ):
        inner = scan.best(label, k)
        if inner and label == "TITLE" and scan.joined(inner.j) and scan.shape[inner.j] == "C":
            end = runs.run_end(scan, inner.j, 4)
            return Node(i, end, rule, (inner, Node(inner.j, end, "person.after_title")))
        if (
            inner
            and label != "TITLE"
            and (inner.j > k + 1 or label == "PROGRAM")
            and _holds(scan, i, found[0], inner)
        ):
            return Node(i, inner.j, rule, (inner,))
    if scan.shape[k] == "C":
        end = runs.place_end(scan, k, dashes=noun in _nature or k - i > 1)
        if end > k and end - k <= 5 and scan.shape[end - 1] == "C":
            end = _roman_end(scan, end)
            return Node(i, end, rule)
    if scan.shape[i] in "CU" and len(noun) > 1 and rule == "place.site":
        level = level_end(scan, k)
        return Node(i, level, "place.site_of_level") if level else None
    return None


def _roman_end(scan: Scan, end: int) -> int:
    return end + 1 if scan.joined(end) and runs.is_roman(scan.low[end]) and scan.shape[end] in "CU" else end


def _holds(scan: Scan, i: int, k: int, inner: Node) -> bool:
    """Whether a site with the class noun [i, k) can be the site of `inner`, not merely be named like it."""
    if inner.rule in ("place.known", "place.remembered"):
        return False
    if inner.rule in ("place.site", "place.nature"):
        return scan.shape[inner.i] == "l"
    return k - i > 1 or scan.low[i] in _HOLDS_UNIT or scan.label(inner) != "LOC"


def _site_in_place(scan: Scan, i: int, k: int) -> bool:
    """Whether a class noun that may be a surname or another word is one here."""
    if k - i > 1 or scan.low[i] not in _DOUBTFUL:
        return True
    before = scan.low[i - 1] if i and not scan.fresh[i] else ""
    if scan.shape[i] == "C" and scan.low[i] in runs.SURNAMES:
        return before in _BEFORE_PLACES and scan.low[k] not in runs.MIDDLE if k < scan.size else False
    return True


def level_end(scan: Scan, k: int) -> int:
    """The end of a level word that stands for the article's own unit ("UBND huyện"), or 0."""
    if not scan.joined(k):
        return 0
    found = _levels.at(scan.low, scan.fresh, k)
    if not found:
        return 0
    other = _not_levels.at(scan.low, scan.fresh, k)
    return 0 if other and other[0] > found[0] or other and other[0] - k > 1 else found[0]


def read_known(scan: Scan, i: int) -> Node | None:
    """A province, country, region or large city without its class noun."""
    end = runs.known_place(scan, i)
    if not end or runs.cue_before(scan, i) in ("direct", "strong"):
        return None
    if end - i == 1 and scan.shape[i] == "C" and not scan.fresh[i] and scan.low[i - 1] in ("bà", "ông"):
        return None
    hero = scan.low[end : end + 2] == ["anh", "hùng"]  # a title of honour around the country's name
    return Node(i, end, "place.known") if hero or runs.stands_alone(scan, i, end) else None


def named_at_end(scan: Scan, i: int, j: int) -> tuple[Node, ...]:
    """The known or remembered place that closes the run [i, j) of another name."""
    for k in range(i, j):
        if runs.known_place(scan, k) == j:
            return (Node(k, j, "place.known"),)
        if j - k > 1 and tuple(scan.low[k:j]) in scan.memory.places:
            return (Node(k, j, "place.remembered"),)
    return ()


def read_remembered(scan: Scan, i: int) -> Node | None:
    """The bare name of a unit that the document names with its class noun elsewhere."""
    end = runs.run_end(scan, i)
    for j in range(min(end, i + scan.memory.longest), i, -1):
        name = tuple(scan.low[i:j])
        if name in scan.memory.places and (j - i > 1 or scan.shape[i] == "U"):
            if runs.cue_before(scan, i) in ("direct", "strong") or not runs.stands_alone(scan, i, j):
                return None
            return Node(i, j, "place.remembered")
    return None


def read_listed(scan: Scan, i: int) -> Node | None:
    """A further name in a list of units: "các xã Long Hưng A, [Mỹ An Hưng B]"."""
    last = scan.last
    opens = i > 2 and scan.low[i - 1] == ":" and _plural_noun_before(scan, i - 1)
    if not opens and (last is None or scan.label(last) != "LOC" or not scan.follows_last(i)):
        return None
    end = runs.place_end(scan, i, number=True)
    if opens and end > i:
        return Node(i, end, "place.listed")
    if end == i or last is None or runs.begins_office_or_body(scan, i, inside_run=False):
        return None
    if scan.in_place_list:
        return Node(i, end, "place.listed")
    # "xã Mường Típ, Mường Ải": a list without "các", of names that can't be persons
    listed = last.rule == "place.listed_freely"
    alike = listed or last.rule == "place.unit" and last.j - last.i > 2
    gap = scan.low[last.j : i]
    if alike and end - i in (2, 3) and gap in ([","], ["và"]) and scan.low[i] not in runs.CERTAIN:
        other = scan.best("ORG", i) or scan.best("TITLE", i) or scan.low[i] in _BEGINS_BODY
        if not other and (listed or not (runs.looks_like_person(scan, i, end) and end - i > 2)):
            return Node(i, end, "place.listed_freely")
    return None


_MODIFIERS = frozenset(phrase(words) for words in table("places")["modifiers"])
_BEGINS_BODY = phrases("bodies", "departments", "companies", "armed").firsts


def _plural_noun_before(scan: Scan, k: int) -> bool:
    """Whether "các xã", "3 huyện" … stands right before token `k`."""
    for size in (1, 2):
        found = _units.at(scan.low, scan.fresh, k - size) if k > size else None
        if (
            found
            and found[0] == k
            and (
                scan.low[k - size - 1] in ("các", "hai", "ba", "bốn", "năm")
                or scan.shape[k - size - 1] == "n"
            )
        ):
            return True
    return False


def read_modified(scan: Scan, i: int) -> Node | None:
    """The name after a class noun and a word on its lie: "xã biên giới [Bờ Y]", "huyện vùng cao [Trạm Tấu]"."""
    if i < 2 or scan.fresh[i]:
        return None
    for size in (1, 2, 3):
        k = i - size
        if (
            k > 0
            and tuple(scan.low[k:i]) in _MODIFIERS
            and scan.low[k - 1] in ("xã", "huyện", "tỉnh", "bản", "thôn")
        ):
            end = runs.place_end(scan, i)
            return Node(i, end, "place.modified") if end > i else None
    return None


def read_headline(scan: Scan, i: int) -> Node | None:
    """The place before the colon that opens a headline: "[Nghệ An]: Khẩn trương …"."""
    if not scan.fresh[i] or i > 60:
        return None
    end = runs.place_end(scan, i)
    if not 2 <= end - i <= 4 or not scan.joined(end) or scan.low[end] != ":":
        return None
    if (
        runs.begins_office_or_body(scan, i, inside_run=False)
        or runs.looks_like_person(scan, i, end)
        and end - i > 2
    ):
        return None
    return Node(i, end, "place.headline") if scan.joined(end + 1) and scan.shape[end + 1] in "Cn" else None


def read_defined(scan: Scan, i: int) -> Node | None:
    """A place that the text says is one: "[Thanh Sơn] là huyện miền núi"."""
    end = runs.run_end(scan, i)
    if not 1 <= end - i <= 4 or not scan.joined(end) or scan.low[end] != "là" or not scan.joined(end + 1):
        return None
    k = end + 1
    if scan.low[k] in ("một", "địa"):
        k += 1
        k += scan.low[k : k + 1] == ["trong"]
    unit = _units.at(scan.low, scan.fresh, k) if k < scan.size else None
    return (
        Node(i, end, "place.defined")
        if unit and scan.low[k] in ("huyện", "xã", "tỉnh", "thành", "thị", "phường", "quận")
        else None
    )


RULES = (
    Rule("place.unit", "LOC", 0.95, read_unit, _units.firsts),
    Rule("place.numbered_unit", "LOC", 0.85),
    Rule("place.road", "LOC", 0.9, read_road, _roads.firsts),
    Rule("place.road_number", "LOC", 0.9, read_road),
    Rule("place.site", "LOC", 0.8, read_site, _sites.firsts),
    Rule("place.nature", "LOC", 0.85),
    Rule("place.site_of_level", "LOC", 0.6),
    Rule("place.known", "LOC", 0.93, read_known),
    Rule("place.remembered", "LOC", 0.9, read_remembered),
    Rule("place.listed", "LOC", 0.85, read_listed, contextual=True),
    Rule("place.listed_freely", "LOC", 0.7),
    Rule("place.dotted", "LOC", 0.85, read_dotted, frozenset(["h", "x", "p", "t"])),
    Rule("place.modified", "LOC", 0.8, read_modified),
    Rule("place.headline", "LOC", 0.8, read_headline),
    Rule("place.defined", "LOC", 0.85, read_defined),
)
