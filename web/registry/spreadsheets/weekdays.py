"""Weekdays in a cell of a spreadsheet, as people write them, and the column that holds them."""

import re

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from fleet.pupils.periods import weekdays_of
from fleet.routes.patterns import EVERY_WEEKDAY
from web.registry.spreadsheets.columns import Column
from web.registry.spreadsheets.contents import CellError, folded, tidy

NAMES = {
    0: ("1", "一", "mon"), 1: ("2", "二", "tue"), 2: ("3", "三", "wed"), 3: ("4", "四", "thu"),
    4: ("5", "五", "fri"), 5: ("6", "六", "sat"), 6: ("7", "日", "天", "sun"),
}  # fmt: skip
WEEKDAY_OF = {name: weekday for weekday, names in NAMES.items() for name in names}
ONE_NAME = re.compile("|".join(sorted(WEEKDAY_OF, key=len, reverse=True)))
PASSED_OVER = re.compile("周|星期|[,、;/和及]")
UNTIL = re.compile("[-–—~至到]")


class Weekdays:
    """Weekdays, written as 1-5, 一三五, 周一至周五 or Mon-Fri; kept as bits, bit 0 is Monday."""

    def parse(self, text: str) -> int:
        """The bits."""
        plain = PASSED_OVER.sub("", folded(tidy(text)))
        bits = 0
        for part in re.findall(rf"(?:{ONE_NAME.pattern})(?:{UNTIL.pattern}(?:{ONE_NAME.pattern}))?", plain):
            first, *last = (WEEKDAY_OF[name] for name in ONE_NAME.findall(part))
            for weekday in range(first, (last[0] if last else first) + 1):
                bits |= 1 << weekday
        left = UNTIL.sub("", ONE_NAME.sub("", plain))
        if not bits or left:
            raise CellError(_("“%s” are no weekdays. Write them like 1-5 or 1,3,5; 1 is Monday.") % text)
        return bits

    def show(self, value: int) -> str:
        """Digits, which `parse` reads back; 1 is Monday."""
        return ",".join(str(weekday + 1) for weekday in weekdays_of(value))

    def choices(self) -> list[str]:
        """Free."""
        return []


def weekdays_column() -> Column:
    """The weekdays of a row; those of school where the cell is empty."""
    return Column(
        "weekdays",
        "星期",
        "Weekdays",
        Weekdays(),
        example="1-5",
        empty=EVERY_WEEKDAY,
        note=gettext_lazy("1 is Monday; Monday to Friday where it is empty."),
    )
