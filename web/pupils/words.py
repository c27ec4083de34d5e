"""What the pages of pupils say of days and names."""

from django.utils.dates import WEEKDAYS_ABBR
from django.utils.translation import gettext as _

from fleet.pupils.periods import weekdays_of
from fleet.routes.patterns import EVERY_WEEKDAY, LAST_WEEKDAYS


def weekday_names(bits: int) -> str:
    """Some weekdays in words."""
    if bits == EVERY_WEEKDAY:
        return _("Monday to Friday")
    if bits == LAST_WEEKDAYS:
        return _("Every day")
    return ", ".join(str(WEEKDAYS_ABBR[weekday]) for weekday in weekdays_of(bits))


def masked_name(name: str) -> str:
    """The first character of a name: enough for who knows the child, and for nobody else."""
    return name[:1] + "*" * max(1, len(name) - 1)
