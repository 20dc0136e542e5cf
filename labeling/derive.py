"""What follows from a span and is never annotated: the kind of a place, the core of a name.

For metadata, views and users; never for the label.
"""

from __future__ import annotations

from typing import Literal

Kind = Literal["country", "province", "district", "commune", "hamlet", "road", "water", "facility", "other"]


def _nouns(kind: Kind, words: str) -> dict[str, Kind]:
    return {word.strip(): kind for word in words.split(",")}


# Class nouns of Vietnamese places, lower case.  Administrative levels by the Law on the Organisation of
# Local Government (2015; two levels since 1 July 2025); the rest is general usage.
CLASS_NOUNS: dict[str, Kind] = {
    **_nouns("country", "nước, vương quốc"),
    **_nouns("province", "tỉnh"),
    **_nouns("district", "huyện, quận, thị xã"),
    **_nouns("commune", "xã, phường, thị trấn, đặc khu"),
    **_nouns(
        "hamlet",
        "thôn, bản, làng, ấp, buôn, bon, bum, plei, plây, phum, sóc, khóm, xóm, tổ, tổ dân phố, khu phố, "
        "khu, tiểu khu, khối, khối phố, tdp, xứ đồng",
    ),
    **_nouns(
        "road",
        "quốc lộ, tỉnh lộ, hương lộ, đường, phố, ngõ, ngách, hẻm, đại lộ, cao tốc, đường cao tốc, "
        "tuyến đường, ql, tl, dt, đt, đèo, cầu, hầm, ngã ba, ngã tư, ngã năm, nút giao",
    ),
    **_nouns(
        "water",
        "sông, suối, hồ, biển, vịnh, kênh, rạch, cửa, cửa biển, đầm, phá, thác, lạch, sông suối, "
        "ao, đập, hồ chứa, bãi biển",
    ),
    **_nouns(
        "facility",
        "bảo tàng, đền, đền thờ, chùa, đình, miếu, phủ, nhà thờ, thành, lăng, tháp, chợ, công viên, "
        "quảng trường, sân vận động, nhà văn hóa, nhà văn hoá, trung tâm thương mại, khu công nghiệp, "
        "cụm công nghiệp, kcn, ccn, khu kinh tế, khu du lịch, khu di tích, di tích, "
        "nghĩa trang, tượng đài, đài tưởng niệm, sân bay, "
        "cảng, cảng hàng không, ga, nhà ga, bến xe, bến, hội trường, nhà hát, rạp, khu đô thị, "
        "cửa khẩu, vườn quốc gia, nhà máy, trạm, nhà máy thủy điện, thủy điện",
    ),
    **_nouns(
        "other",
        "núi, đảo, quần đảo, bán đảo, cù lao, đồi, hang, động, rừng, cao nguyên, mũi, hòn, cồn, "
        "đồng bằng, vùng, miền, châu, cánh đồng, thung lũng, lòng hồ",
    ),
    **_nouns("district", "thành phố, tp, tp."),
    **_nouns("commune", "tx, tt, p., x."),
}


def is_class_noun(text: str) -> bool:
    """Whether `text` is nothing but the class noun of a place, with or without capitals."""
    return " ".join(text.lower().split()) in CLASS_NOUNS
