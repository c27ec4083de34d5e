"""Days of the week, in few words."""

from django.utils.translation import gettext as _

from fleet.routes.models import Weekday
from fleet.routes.patterns import EVERY_WEEKDAY, LAST_WEEKDAYS


def weekdays_in_words(bits: int) -> str:
    """The weekdays on which something holds."""
    if bits == EVERY_WEEKDAY:
        return _("Monday to Friday")
    if bits == LAST_WEEKDAYS:
        return _("Every day")
    return ", ".join(str(day.label) for day in Weekday if bits >> day.value & 1)
