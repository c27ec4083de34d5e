"""What is wrong with a timetable from elsewhere, to people."""

from django.utils.translation import gettext_lazy as _

from telematics.transit.faults import Fault, FaultKind

WORDS = {
    FaultKind.NOT_ZIP: _("This is no zip file."),
    FaultKind.TOO_LARGE: _("It is larger than %(value)s MB."),
    FaultKind.NO_FILE: _("The feed has no such file."),
    FaultKind.NO_COLUMN: _("There is no such column."),
    FaultKind.NOT_UTF8: _("This is not UTF-8 text."),
    FaultKind.NOT_CSV: _("This can't be read as CSV: %(value)s"),
    FaultKind.TOO_MANY_ROWS: _("There are more than %(value)s lines."),
    FaultKind.EMPTY: _("It is empty."),
    FaultKind.NOT_NUMBER: _("“%(value)s” is not a number that can stand here."),
    FaultKind.NOT_ON_EARTH: _("%(value)s degrees are not on the earth."),
    FaultKind.NOT_TIME: _("“%(value)s” is not a time such as 07:05:00."),
    FaultKind.NOT_DATE: _("“%(value)s” is not a date such as 20260901."),
    FaultKind.NOT_ONE_OF: _("“%(value)s” is none of the values that may stand here."),
    FaultKind.NO_ZONE: _("There is no time zone “%(value)s”."),
    FaultKind.REPEATED: _("“%(value)s” was there before."),
    FaultKind.NOT_FOUND: _("“%(value)s” is nowhere in the feed."),
    FaultKind.BACK_IN_TIME: _("%(value)s is before the time at the stop before it."),
    FaultKind.NO_TIME_AT_END: _("The first and the last stop of trip “%(value)s” need a time."),
    FaultKind.WRONG_ORDER: _("%(value)s is before the first day."),
    FaultKind.NO_LINE: _("Shape “%(value)s” has fewer than two points."),
}


def in_words(fault: Fault) -> str:
    """What is wrong."""
    return str(WORDS[fault.kind]) % {"value": fault.value}
