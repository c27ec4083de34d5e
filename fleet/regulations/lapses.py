"""What lapses for the whole installation: the public holidays known, and the regulation profile in force."""

from collections.abc import Iterator
from datetime import date, timedelta

from django.utils.text import format_lazy
from django.utils.translation import gettext_lazy as _

from fleet.lapses import Lapse
from fleet.regulations.calendars import china_calendar
from fleet.regulations.profile import HERE
from fleet.regulations.queries import version_on

ACT = "regulations.change_profile"


def lapses_of_law(until: date, today: date) -> Iterator[Lapse]:
    """What administrators of the installation must see to, up to a day."""
    first_unknown = next_unknown_year(today)
    last_known = date(first_unknown, 1, 1) - timedelta(days=1)
    if last_known <= until:
        what = format_lazy(
            _("Public holidays of {year}: add the State Council's notice as holidays/{year}.toml"),
            year=first_unknown,
        )
        yield Lapse(None, f"holidays:{first_unknown}", what, last_known, ACT)
    yield from lapses_of_profile(until, today)


def next_unknown_year(today: date) -> int:
    """The first year, this one or later, whose public holidays are not known."""
    known = {notice.year for notice in china_calendar().notices}
    year = today.year
    while year in known:
        year += 1
    return year


def lapses_of_profile(until: date, today: date) -> Iterator[Lapse]:
    """The regulation profile in force, where none follows it; what lapsed yesterday, where none is in force."""
    current = version_on(HERE, today)
    ends = current.valid_until if current else today - timedelta(days=1)
    if ends is None or ends > until:
        return
    if version_on(HERE, ends + timedelta(days=1)) is None:
        yield Lapse(None, "profile", _("Regulation profile in force: have the next one approved"), ends, ACT)
