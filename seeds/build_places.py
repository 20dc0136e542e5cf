"""Build corpus/tables/places.tsv from seeds/sources/vietnamadminunits-1.0.4.

The sources are the columns named below of the wheel vietnamadminunits 1.0.4 (MIT, licence beside them):
its tables `admin_units_legacy` (63 provinces, as they stood until 30 June 2025), `admin_units` (34
provinces, from 1 July 2025) and its converter between the two.  Codes and names go back to the list of
the General Statistics Office (danhmuchanhchinh.gso.gov.vn).

    python seeds/build_places.py
"""

from __future__ import annotations

import csv
import io
import lzma
from collections import defaultdict
from pathlib import Path

HERE = Path(__file__).parent
SOURCES = HERE / "sources" / "vietnamadminunits-1.0.4"
TARGET = HERE.parent / "corpus" / "tables" / "places.tsv"
REFORM = "2025-07-01"
HEADER = """\
# Administrative units of Vietnam before and after the reform of 1 July 2025.
# Built by seeds/build_places.py from vietnamadminunits 1.0.4 (MIT, Copyright (c) 2025 Tran Ngoc Minh Hieu);
# codes of the General Statistics Office.  valid_to is the first day on which the unit no longer exists.
# successors: codes of units of 2025-07-01 that took over all or a part, parted by spaces.
"""


def rows(name: str) -> list[dict[str, str]]:
    text = lzma.decompress((SOURCES / f"{name}.tsv.xz").read_bytes()).decode("utf-8")
    return list(csv.DictReader(io.StringIO(text), delimiter="\t"))


def kind_of(full: str, short: str) -> str:
    return full.removesuffix(short).strip().lower()


def main() -> None:
    legacy, current = rows("legacy"), rows("current")
    code_now = {row["provinceKey"]: row["provinceCode"] for row in current}
    code_now |= {f"{row['provinceKey']}_{row['wardKey']}": row["wardCode"] for row in current}
    after: dict[str, set[str]] = defaultdict(set)
    for row in rows("converter_2025"):
        after[row["old"]].add(code_now[row["new"]])
    units: dict[tuple[str, str, str], tuple[str, ...]] = {}
    district_after: dict[str, set[str]] = defaultdict(set)
    for row in legacy:
        ward_key = "_".join((row["provinceKey"], row["districtKey"], row["wardKey"]))
        wards = after.get(ward_key, set())
        district_after[row["districtCode"]] |= wards
        province = ("province", row["provinceCode"], "")
        units[province] = (
            kind_of(row["province"], row["provinceShort"]),
            row["provinceShort"],
            "",
            "",
            REFORM,
            " ".join(sorted(after[row["provinceKey"]])),
        )
        units[("district", row["districtCode"], "")] = (
            row["districtType"].lower(),
            row["districtShort"],
            row["provinceCode"],
            "",
            REFORM,
            "",
        )
        if row["wardCode"]:
            units[("commune", row["wardCode"], "")] = (
                row["wardType"].lower(),
                row["wardShort"],
                row["districtCode"],
                "",
                REFORM,
                " ".join(sorted(wards)),
            )
    for (level, code, since), unit in list(units.items()):
        if level == "district":
            units[(level, code, since)] = (*unit[:5], " ".join(sorted(district_after[code])))
    for row in current:
        kind = kind_of(row["province"], row["provinceShort"])
        units[("province", row["provinceCode"], REFORM)] = (kind, row["provinceShort"], "", REFORM, "", "")
        units[("commune", row["wardCode"], REFORM)] = (
            row["wardType"].lower(),
            row["wardShort"],
            row["provinceCode"],
            REFORM,
            "",
            "",
        )
    order = {"province": 0, "district": 1, "commune": 2}
    for entry, unit in units.items():  # the source writes "Quận 1", "Phường 3" as names
        first, _, number = unit[1].partition(" ")
        if first in ("Quận", "Phường") and number.isdigit():
            units[entry] = (first.lower(), number, *unit[2:])
    with TARGET.open("w", encoding="utf-8", newline="") as out:
        out.write(HEADER)
        out.write("level\tcode\tkind\tname\tparent\tvalid_from\tvalid_to\tsuccessors\n")
        for (level, code, since), (kind, name, parent, start, end, new) in sorted(
            units.items(), key=lambda item: (item[0][2], order[item[0][0]], item[0][1])
        ):
            assert start == since
            out.write("\t".join((level, code, kind, name, parent, start, end, new)) + "\n")
    print(f"{len(units):,} units in {TARGET}")


if __name__ == "__main__":
    main()
