"""PROGRAM: programmes and standards, indices, movements, campaigns and projects with a name."""

from __future__ import annotations

from labeling.preannotators.civic.grammar import Node, Rule, Scan
from labeling.preannotators.civic.lexicon import phrases, words
from labeling.preannotators.civic.syllables import QUOTES

_leads = phrases("programmes", "leads")
_subjects = phrases("programmes", "subjects")
_grades = phrases("programmes", "grades")
_rural = phrases("programmes", "rural")
_any = phrases("programmes", "any")
_standards = phrases("programmes", "standards")
_indices = phrases("programmes", "indices")
_movements = phrases("programmes", "movements")
_movement_names = phrases("programmes", "movement_names")
_projects = phrases("programmes", "projects")
_STOPS = words("programmes", "project_stops")
_WORKS = words("programmes", "works")


def _grade_end(scan: Scan, k: int) -> int:
    found = _grades.at(scan.low, scan.fresh, k) if scan.joined(k) else None
    return found[0] if found else k


def read_programme(scan: Scan, i: int) -> Node | None:
    """ "chương trình xây dựng nông thôn mới nâng cao", "Chương trình MTQG giảm nghèo bền vững"."""
    found = _leads.at(scan.low, scan.fresh, i)
    if not found:
        return None
    k = found[0]
    national = k - i > 2
    subject = _subjects.at(scan.low, scan.fresh, k) if scan.joined(k) else None
    if subject is None:
        if not national or scan.low[k - 1] == "về" or scan.low[i] == "các":
            return None
        numbered = scan.joined(k) and scan.shape[k] == "n" and len(scan.low[k]) == 4
        return Node(i, k + numbered, "programme.national")
    end = subject[0]
    if scan.low[end - 1] in ("mới", "ntm"):
        end = _grade_end(scan, end)
    start = i + (scan.low[i] == "các")
    return Node(start, end, "programme.lead") if start == i else None


def read_rural(scan: Scan, i: int) -> Node | None:
    """ "nông thôn mới" or "NTM" with its grade."""
    found = _rural.at(scan.low, scan.fresh, i)
    return Node(i, _grade_end(scan, found[0]), "programme.rural") if found else None


def read_any(scan: Scan, i: int) -> Node | None:
    """A standard or index of one name: "OCOP", "VietGAP", "PCI"."""
    found = _any.at(scan.low, scan.fresh, i)
    if not found or (scan.shape[i] == "l" and scan.low[i] != "chuẩn"):
        return None
    return Node(i, found[0], "programme.named")


def read_standard(scan: Scan, i: int) -> Node | None:
    """A set of criteria and what it is for: "Bộ tiêu chí quốc gia về y tế xã"."""
    index = _indices.at(scan.low, scan.fresh, i)
    if index:
        return Node(i, index[0], "programme.index")
    found = _standards.at(scan.low, scan.fresh, i)
    if not found or not scan.joined(found[0]):
        return None
    k = t = found[0]
    stops = _STOPS - {"về", "đạt", "quốc"}
    while (
        t < scan.size
        and t - k < 16
        and scan.joined(t)
        and scan.shape[t] not in "pn"
        and scan.low[t] not in stops
    ):
        t += 1
        if (scan.low[t - 1] == "mới" and scan.low[t - 2] == "thôn") or scan.low[t - 1] == "ntm":
            t = _grade_end(scan, t)
            break
    while t > k and scan.low[t - 1] in ("về", "và", "các"):
        t -= 1
    rural = scan.low[t - 1] in ("mới", "ntm", "cao", "mẫu")
    if t - k < 2 or (scan.shape[i] == "l" and not rural):
        return None
    return Node(i, t, "programme.standard", scan.inside(k, t, ("ORG", "LOC")))


def read_movement(scan: Scan, i: int) -> Node | None:
    """A movement, drive or programme with its name, in quotation marks or well known."""
    found = _movements.at(scan.low, scan.fresh, i)
    if not found or not scan.joined(found[0]) or scan.low[i] in ("đề", "các", "chiến"):
        return None
    k = found[0]
    known = _movement_names.at(scan.low, scan.fresh, k)
    if known:
        return Node(i, known[0], "programme.movement")
    for t in range(k, min(k + 4, scan.size)):
        if not scan.joined(t):
            return None
        if scan.low[t] in QUOTES:
            end = scan.quote_end(t)
            return (
                Node(i, end, "programme.quoted", scan.inside(t + 1, end - 1, ("ORG", "LOC", "PER")))
                if end
                else None
            )
        if scan.shape[t] != "l":
            return None
    return None


def read_listed(scan: Scan, i: int) -> Node | None:
    """A further name in quotation marks after a movement: "phong trào “A”, “[B]”"."""
    last = scan.last
    if last is None or last.rule not in ("programme.quoted", "programme.listed") or not 1 <= i - last.j <= 4:
        return None
    gap = scan.low[last.j : i]
    if scan.low[i - 1] not in QUOTES or not all(word in (",", ";", "và", "”", '"', "“") for word in gap):
        return None
    end = scan.quote_end(i - 1)
    return Node(i, end - 1, "programme.listed") if end and end - 1 > i else None


def read_project(scan: Scan, i: int) -> Node | None:
    """A project named by what is built or done: "Dự án nâng cấp [Tỉnh lộ 2]"."""
    found = _projects.at(scan.low, scan.fresh, i)
    if not found or not scan.joined(found[0]):
        return None
    k = t = found[0]
    if i and not scan.fresh[i] and scan.low[i - 1] in ("các", "những", "nhiều"):
        return None
    if scan.low[k] in _STOPS or scan.shape[k] in "pn" or (scan.shape[k] == "l" and scan.low[k] not in _WORKS):
        return None
    while t < scan.size and t - k < 24 and scan.joined(t):
        node = scan.best("LOC", t) or scan.best("ORG", t)
        if node:
            t = node.j
            continue
        comma = scan.low[t] == "," and scan.joined(t + 1) and scan.low[t + 1] in _WORKS
        dash = scan.low[t] == "-" and scan.joined(t + 1) and scan.shape[t + 1] == "C"
        inner_and = (
            scan.low[t] == "và"
            and scan.joined(t + 1)
            and scan.low[t + 1] in _WORKS
            and scan.shape[t + 1] == "l"
            and not scan.best("LOC", t + 1)
        )
        if not (comma or dash or inner_and) and (scan.shape[t] in "pn" or scan.low[t] in _STOPS):
            break
        t += 1
    named = scan.inside(k, t)
    if not named and (scan.shape[i] == "l" or t - k < 3):
        return None
    return Node(i, t, "programme.project", named)


def read_in_brackets(scan: Scan, i: int) -> Node | None:
    """An abbreviation in brackets right after a programme."""
    last = scan.last
    if (
        last is None
        or scan.label(last) != "PROGRAM"
        or last.j != i - 1
        or scan.low[i - 1] != "("
        or scan.fresh[i]
    ):
        return None
    closed = scan.shape[i] == "U" and i + 1 < scan.size and scan.low[i + 1] == ")"
    return Node(i, i + 1, "programme.in_brackets") if closed else None


RULES = (
    Rule("programme.lead", "PROGRAM", 0.9, read_programme, _leads.firsts),
    Rule("programme.national", "PROGRAM", 0.75),
    Rule("programme.rural", "PROGRAM", 0.95, read_rural, _rural.firsts),
    Rule("programme.named", "PROGRAM", 0.93, read_any, _any.firsts),
    Rule("programme.standard", "PROGRAM", 0.75, read_standard, _standards.firsts | _indices.firsts),
    Rule("programme.index", "PROGRAM", 0.85),
    Rule("programme.movement", "PROGRAM", 0.85, read_movement, _movements.firsts),
    Rule("programme.quoted", "PROGRAM", 0.8),
    Rule("programme.listed", "PROGRAM", 0.7, read_listed, contextual=True),
    Rule("programme.project", "PROGRAM", 0.6, read_project, _projects.firsts),
    Rule("programme.in_brackets", "PROGRAM", 0.8, read_in_brackets, contextual=True),
)
