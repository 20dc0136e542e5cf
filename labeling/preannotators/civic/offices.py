"""TITLE: offices with their body, offices beside a person, ranks, and offices that are named whole."""

from __future__ import annotations

from labeling.preannotators.civic import runs
from labeling.preannotators.civic.grammar import Node, Rule, Scan
from labeling.preannotators.civic.lexicon import phrase_set, phrases

_offices = phrases("offices", "offices")
_sharing = phrases("offices", "sharing")
_single = phrases("offices", "single")
_ranks = phrases("offices", "ranks")
_suffixes = phrases("offices", "suffixes")
_ALONE = phrase_set("offices", "alone")
_prefixes = phrases("offices", "prefixes")
_FIRSTS = _offices.firsts | _prefixes.firsts
# offices that are a seat or a role: a body must follow
_SEATS = frozenset(
    [("đại", "biểu"), ("ủy", "viên"), ("thư", "ký"), ("thủ", "trưởng"), ("uv", "bch"), ("uv", "btv")]
)


# the first syllable of an office closes another word: "chức vụ | Trưởng Ban", "cán bộ | trưởng phòng"
_OTHER_WORDS = frozenset([("chức", "vụ"), ("nhiệm", "vụ"), ("cán", "bộ"), ("bệnh", "viện"), ("quân", "đội")])


def _office_end(scan: Scan, i: int) -> int:
    """The end of an office's own words from `i` on, prefixes and "Thường trực" included, or 0."""
    k = i
    if i and not scan.fresh[i] and (scan.low[i - 1], scan.low[i]) in _OTHER_WORDS:
        return 0
    found = _offices.at(scan.low, scan.fresh, k)
    if not found:
        prefix = _prefixes.at(scan.low, scan.fresh, k)
        found = _offices.at(scan.low, scan.fresh, prefix[0]) if prefix and scan.joined(prefix[0]) else None
    if not found:
        return 0
    k = found[0]
    for _ in range(2):
        more = _suffixes.at(scan.low, scan.fresh, k) if scan.joined(k) else None
        if not more or (more[0] - k == 1 and scan.shape[k] != "U"):
            break
        k = more[0]
    return k


def read_sharing(scan: Scan, i: int) -> Node | None:
    """An office whose noun the body keeps: "Trưởng [Ban Tổ chức Huyện ủy]", "Phó Chánh [Văn phòng …]"."""
    found = _sharing.at(scan.low, scan.fresh, i)
    if not found or not scan.joined(found[0]) or scan.low[found[0]] == "bí":
        return None
    if scan.low[found[0] : found[0] + 3] == ["ban", "thường", "trực"] or scan.low[found[0]] in (
        "ubnd",
        "hđnd",
        "ủy",
    ):
        return None
    body = scan.best("ORG", found[0])
    if not body and scan.low[found[0] : found[0] + 2] == ["công", "an"] and scan.shape[found[0]] == "C":
        body = Node(found[0], found[0] + 2, "body.seat")  # "Bí thư Đảng ủy, Trưởng Công an các xã"
    if not body or (body.j - body.i < 2 and scan.shape[body.i] != "U"):
        return None
    return Node(i, body.j, "office.sharing", (body,))


def read_with_body(scan: Scan, i: int) -> Node | None:
    """An office and the body it is held in: "Phó Chủ tịch Thường trực [UBND tỉnh]"."""
    k = _office_end(scan, i)
    if not k or not scan.joined(k):
        return None
    if scan.low[i : i + 2] == ["đại", "biểu"] and not _is_assembly(scan, i + 2):
        return None
    body = scan.best("ORG", k)
    if body is None and k - i > 2 and scan.low[k - 1] == "trực":
        body = scan.best("ORG", k - 2)  # "Phó Bí thư, Thường trực Huyện ủy" without its comma
        k = k - 2 if body else k
    return Node(i, body.j, "office.with_body", (body,)) if body else None


def _is_assembly(scan: Scan, k: int) -> bool:
    """Whether what follows "đại biểu" is a body with seats, not the hosts of a meeting."""
    return scan.low[k] == "hđnd" or scan.low[k : k + 2] in (["quốc", "hội"], ["hội", "đồng"])


def read_of_body(scan: Scan, i: int) -> Node | None:
    """An office that "của" joins to a body; the body stays outside."""
    k = _office_end(scan, i)
    if (
        not k
        or not scan.joined(k)
        or scan.low[k] != "của"
        or tuple(scan.low[i : i + 2]) in _SEATS
        or not scan.joined(k + 1)
    ):
        return None
    return Node(i, k, "office.of_body") if scan.best("ORG", k + 1) else None


def read_beside_person(scan: Scan, i: int) -> Node | None:
    """An office without a body, right before or after a person: "Giám đốc Lê Văn An", "…, Trưởng thôn"."""
    k = _office_end(scan, i)
    if (
        not k
        or tuple(scan.low[i : i + 2]) in _SEATS
        or (scan.low[k - 1] in ("chi", "phòng") and scan.low[k - 2] == "văn")
    ):
        return None
    own_noun = (
        scan.shape[k : k + 1] == ["C"] and scan.low[k] == scan.low[i] and k > i
    )  # "Tổ phó Tổ dân phố 3"
    unit = scan.best("LOC", k) if scan.joined(k) and (scan.shape[k] == "l" or own_noun) else None
    end, kids = (unit.j, (unit,)) if unit and unit.rule.endswith("unit") else (k, ())
    for t in (k - 1, k - 2, k - 3):  # the longest class noun last
        own = scan.best("LOC", t) if t > i else None
        if own and own.rule.endswith("unit") and own.j > k:
            end, kids = own.j, (own,)
    before = scan.beside_person and scan.follows_last(i)
    after = scan.joined(end) and _person_follows(scan, end)
    heading = (
        scan.fresh[i]
        and end < scan.size
        and scan.fresh[end]
        and _person_follows(scan, end)
        and scan.line_end(end) - end <= 5
    )
    return Node(i, end, "office.beside_person", kids) if before or after or heading else None


def _person_follows(scan: Scan, k: int) -> bool:
    k += scan.low[k] == ":" and scan.joined(k + 1)
    if scan.low[k] == "là" and scan.joined(k + 1) and scan.low[k + 1] in ("ông", "bà"):
        return scan.joined(k + 2) and scan.shape[k + 2] == "C"
    end = runs.run_end(scan, k, 5)
    return end - k >= 2 and scan.low[k] in runs.SURNAMES and not runs.known_place(scan, k)


def read_single(scan: Scan, i: int) -> Node | None:
    """An office named whole: "Chủ tịch nước", "Tỉnh ủy viên"; a country's name may follow."""
    found = _single.at(scan.low, scan.fresh, i)
    if not found:
        return None
    k = found[0]
    if tuple(scan.low[i:k]) not in _ALONE and not _person_follows(scan, k):
        return None
    country = scan.best("LOC", k) if scan.joined(k) and scan.low[k - 1] == "nước" else None
    return Node(i, country.j, "office.single", (country,)) if country else Node(i, k, "office.single")


def read_rank(scan: Scan, i: int) -> Node | None:
    """A rank of the army or police: capitalised, or right before a name."""
    found = _ranks.at(scan.low, scan.fresh, i)
    if not found:
        return None
    follows = scan.joined(found[0]) and scan.shape[found[0]] == "C"
    return Node(i, found[0], "office.rank") if scan.shape[i] == "C" or follows else None


RULES = (
    Rule("office.sharing", "TITLE", 0.94, read_sharing, _sharing.firsts),
    Rule("office.with_body", "TITLE", 0.95, read_with_body, _FIRSTS),
    Rule("office.of_body", "TITLE", 0.85, read_of_body, _FIRSTS),
    Rule("office.single", "TITLE", 0.93, read_single, _single.firsts),
    Rule("office.rank", "TITLE", 0.93, read_rank, _ranks.firsts),
    Rule("office.beside_person", "TITLE", 0.85, read_beside_person, _FIRSTS, contextual=True),
)
