"""How much of a driver's name a family is shown: pure."""

import unicodedata

COMPOUND_SURNAMES = (
    "欧阳", "太史", "端木", "上官", "司马", "东方", "独孤", "南宫", "闻人", "夏侯", "诸葛", "尉迟", "赫连", "澹台",
    "皇甫", "宗政", "濮阳", "公冶", "太叔", "申屠", "公孙", "慕容", "仲孙", "钟离", "长孙", "宇文", "司徒", "鲜于",
    "司空", "令狐", "轩辕", "呼延",
)  # fmt: skip


def surname_of(name: str) -> str:
    """The surname in a name: Chinese names begin with it, others end with it."""
    name = name.strip()
    if not name:
        return ""
    if "CJK" in unicodedata.name(name[0], ""):
        return name[:2] if len(name) > 2 and name[:2] in COMPOUND_SURNAMES else name[0]
    return name.split()[-1]
