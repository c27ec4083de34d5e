"""Writes: a family's looks at a child's trip, once for each trip's window and way, not for each poll.

A page that is open polls every few seconds: a row for each would bury the looks that matter. What may be seen is
the same all through the window, so the first look says it all; a look at another child or trip, by another person or
another way is a row of its own.
"""

from collections.abc import Iterable
from datetime import timedelta

from django.core.cache import cache
from django.utils.translation import gettext as _

from fleet.audit.changes import record_access
from fleet.audit.models import Action
from fleet.audit.origin import current_origin
from fleet.family.legs import Leg
from fleet.people.models import User

KEPT_S = int(timedelta(hours=20).total_seconds())
"""Longer than a trip's window, shorter than until the same trip's next day, which is another trip."""


def note_looks(person: User, legs: Iterable[Leg], *, by_link: str = "", link: int = 0) -> None:
    """Add the legs whose bus is shown to the access log, where this person's look at it is not there yet.

    Args:
        person: who looks, or who has shared the link.
        legs: what is shown.
        by_link: for whom the link was shared, where one is used.
        link: number of that link.
    """
    origin = current_origin()
    for leg in legs:
        if not leg.is_shown:
            continue
        key = f"family-look-{person.pk}-{leg.pupil.pk}-{leg.trip.pk}-{link}-{origin.channel}"
        if cache.get(key):
            continue
        purpose = _("Shared link for %(name)s") % {"name": by_link} if by_link else str(leg.trip)
        record_access(by=person, action=Action.VIEW, objects=[leg.pupil], purpose=purpose)
        cache.set(key, 1, KEPT_S)
