"""What the noise on Vietnamese news pages looks like: patterns for `corpus.regions`, matched on folded lines.

Each pattern is one family of lines seen on government and newspaper sites.  They are general: none names
a page, a place or a person.
"""

from __future__ import annotations

import re


def _any(*alternatives: str) -> re.Pattern[str]:
    return re.compile("|".join(alternatives), re.I)


_WEEKDAY = r"(?:thứ\s+(?:hai|ba|tư|năm|sáu|bảy|[2-7])|chủ\s+nhật)"
_DATE = r"(?:ngày\s+)?\d{1,2}\s*[/.-]\s*\d{1,2}\s*[/.-]\s*\d{4}"
_CLOCK = r"\d{1,2}\s*[:hg]\s*\d{2}(?:\s*phút)?(?:\s*(?:am|pm|sa|ch))?(?:\s*\(?gmt\s*[+-]\s*\d+\)?)?"
date_line = re.compile(
    rf"(?:{_WEEKDAY}\b)?[\s,|:.–-]*(?:{_CLOCK}[\s,|–-]*)?(?:{_DATE})?[\s,|–-]*(?:{_CLOCK})?[\s.|–-]*"
)
slogan = _any(
    r"^chủ đề (?:công tác )?năm \d{4}",
    r"^(?:nhiệt liệt )?chào mừng ",
    r"[-–] (?:nhiệt liệt )?chào mừng ",
    r"^thi đua (?:lập thành tích|chào mừng)",
    r"^(?:quyết tâm|ra sức|đẩy mạnh) (?:học tập|thực hiện|thi đua)\b.*\b(?:phong cách|thắng lợi"
    r"|nghị quyết)",
    r"^(?:toàn đảng|đảng bộ)[^.]*\b(?:quyết tâm|ra sức) ",
)
site_line = _any(
    r"^(?:cổng|trang) (?:thông tin điện tử|ttđt)\b",
    r"^báo (?:điện tử )?[^.]{1,40} online$",
    r"^cộng hòa xã hội chủ nghĩa việt nam$",
    r"^độc lập\s*[-–]\s*tự do\s*[-–]\s*hạnh phúc$",
    r"^(?:www\.|https?://)\S+$",
)
crumb = _any(r"^(?:trang chủ|home)\b[^.]{0,120}$", r"^[^.>»]{2,40}(?:\s*[>»›]\s*[^.>»›]{2,60})+$")
section = _any(
    r"^(?:tin tức|thời sự|chính trị|kinh tế|văn hóa|xã hội|quốc phòng|an ninh|giáo dục|y tế|sự kiện|tin mới"
    r"|tin trong (?:huyện|tỉnh|xã|phường)|tin (?:hoạt động|địa phương)|xây dựng đảng|nông thôn mới"
    r"|hoạt động (?:của )?lãnh đạo|chuyển đổi số|cải cách hành chính|nông nghiệp|pháp luật)"
    r"(?:\s*[-–&,/]\s*[^.,;:]{2,30})?$"
)
page_tool = _any(
    r"^(?:ngày đăng|ngày (?:xuất bản|cập nhật)|đăng (?:ngày|lúc|bởi)|cập nhật(?: lúc"
    r"| lần cuối)?)\s*[:|]?\s*\S*\d",
    r"^(?:lượt xem|số lần (?:xem|đọc)|đã xem|lượt đọc|xem)\s*:?\s*[\d.,]+$",
    r"^[\d.,]+\s*(?:lượt (?:xem|đọc)|views?)$",
    r"^(?:cỡ chữ|font size|a-?\s*a\s*a\+?|in (?:trang|bài)(?: viết| này)?|đọc bài(?: viết)?"
    r"|nghe đọc bài(?: viết)?"
    r"|mặc định|tương phản|chia sẻ(?: qua)?|facebook|zalo|twitter|print|email|google news"
    r"|theo dõi)\s*:?[\s|:]*$",
)
artefact = re.compile(r"date \d{4}-\d{2}(?:-\d{2})?\s+(?=\S)")

related = _any(
    r"^(?:các )?(?:tin|bài)(?: viết| tức)? (?:liên quan|khác|cùng (?:chuyên )?mục|mới(?: nhất"
    r"| hơn)?|đọc nhiều|cũ hơn|đã đưa)"
    r"\s*:?$",
    r"^(?:có thể bạn quan tâm|xem thêm|đọc thêm|tin nổi bật|ý kiến bạn đọc|bình luận|gửi bình luận)\s*:?$",
)
foot_line = _any(
    r"(?:^|\s)(?:©|copyright|bản quyền (?:thuộc|©)|bản quyền \d{4})",
    r"^(?:địa chỉ|trụ sở|điện thoại|đt|tel|hotline|fax|e-?mail|website)\s*:",
    r"^(?:giấy phép|gp)(?: (?:số|xuất bản|thiết lập))?\s*:?\s*(?:số\s*)?\d",
    r"^(?:chịu trách nhiệm(?: chính| nội dung)?|trưởng ban biên tập|tổng biên tập|cơ quan chủ quản)\s*:",
    r"ghi rõ nguồn\b",
    r"^(?:tổng )?(?:số )?lượt truy cập\b|^đang (?:truy cập|trực tuyến|online)\b|^thống kê truy cập",
    r"^(?:quay lại|về đầu trang|lên đầu trang|trở về|gửi (?:phản hồi|ý kiến))$",
    r"^(?:từ khóa|tags?)\s*:",
    r"^(?:đánh giá|tổng số điểm|xếp hạng)\b.*(?:bài viết|\d+\s*/\s*\d+|phiếu|đánh giá)",
)

_PEOPLE = (
    r"(?:các )?(?:đồng chí|đ/c|đại biểu|ông|bà|lãnh đạo|cán bộ|nhân dân|người dân|bà con|học sinh"
    r"|hội viên|đoàn viên"
    r"|chiến sĩ|lực lượng|thành viên|ban|đoàn|thường trực|chủ tịch|phó chủ tịch|bí thư|phó bí thư"
    r"|đại diện|tập thể"
    r"|giám đốc|hội nghị|ubnd|hđnd|huyện ủy|đảng ủy|tỉnh ủy)"
)
_SCENE = (
    r"(?:toàn cảnh|quang cảnh|khung cảnh|một góc|hình ảnh|ảnh|phối cảnh|cảnh|th[aă]m quan"
    r"|tham quan|mô hình|tiết mục)"
)
_ACT = (
    r"\b(?:phát biểu|chủ trì|tham dự|dự|báo cáo|trình bày|thảo luận|trao|tặng|thăm|kiểm tra"
    r"|chụp ảnh|chúc mừng"
    r"|th[aă]m quan|tham quan|dâng (?:hương|hoa)|trồng cây|ký kết|bỏ phiếu|biểu quyết|khảo sát"
    r"|tham gia|điều hành"
    r"|cắt băng|làm việc|động viên|chia sẻ|khai mạc|bế mạc|ra mắt|tiếp xúc|giới thiệu|khen thưởng"
    r"|thu hoạch)\b"
)
scene = re.compile(rf"^(?:\(?{_SCENE})\b", re.I)
people_act = re.compile(rf"^{_PEOPLE}\b.*{_ACT}", re.I)
# Words of a report: a sentence with one of them tells a story and is no caption.
telling = _any(
    r"\b(?:đã|sẽ|đang|cho rằng|cho biết|nhấn mạnh|đề nghị|yêu cầu|khẳng định|ghi nhận|theo đó"
    r"|tuy nhiên|đồng thời"
    r"|cần|phải|nhằm|góp phần|tổ chức|triển khai|chiếm|ước|lưu ý|mong muốn|biểu dương)\b"
)
credit = _any(
    r"(?:^|[(\s.])(?:ảnh|hình)\s*(?:minh họa|tư liệu|chụp màn hình)?\s*:\s*[^.:]{1,60}\.?\)?$",
    r"\bảnh (?:minh họa|tư liệu)\b\.?\)?$",
)

_CAPITALS = "".join(c for c in map(chr, range(0x41, 0x1EFA)) if c.isupper() and not "\u0250" < c < "\u1e00")
_name_word = rf"(?:[{_CAPITALS}][^\W\d_]*\.?)"
sign = re.compile(rf"{_name_word}(?:[\s,–&-]+(?:{_name_word}|TT&VH|VH-TT|và))*")
desk = re.compile(
    rf"{_name_word}(?:\s+{_name_word}){{1,3}}\s*[-–,|]\s*"
    r"(?:(?i:trung tâm|tt|đài|báo|phòng|ban|cổng|trang|ubnd|văn phòng|vp|mttq|hội|đoàn|huyện"
    r"|xã)\b)[^.;:!?]{0,60}"
)
signed = _any(
    r"^(?:tin|bài|tin,? bài|tin,? ảnh|tin và ảnh|bài và ảnh|bài,? ảnh|ảnh|thực hiện|tác giả"
    r"|nguồn(?: tin)?|người viết"
    r"|biên tập|theo|nội dung|video|clip)(?:\s*[,&–-]?\s*(?:và\s+)?(?:ảnh|video"
    r"|clip))?\s*:\s*\S[^.!?]{0,80}$",
    r"^\(?theo [^.,]{2,40}\)?$",
    r"^(?:bbt|ban biên tập|pv|ctv|nhóm pv|nhóm phóng viên|ttxvn)(?:\s*[-–(,][^.]{0,40})?$",
)
