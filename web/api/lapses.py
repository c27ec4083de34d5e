"""The expiry board: what lapses when."""

from datetime import date, timedelta
from typing import Annotated, Any, Literal

from django.http import HttpRequest
from django.utils import timezone
from ninja import Field, Query, Router, Schema

from fleet.expiry import expiring
from fleet.lapses import Lapse
from fleet.tokens.models import Scope
from web.api.auth import reading
from web.api.paging import Page, Paging, slice_of
from web.person import person_of

router = Router(tags=["expiry"], auth=reading(Scope.REGISTRY_READ))

DEFAULT_DAYS = 60
MOST_DAYS = 3660
Kind = Literal["bus", "driver", "attendant", "usepermit", "stop", "installation"]


class LapseAnswer(Schema):
    """Something that ends, or has to be done, by a day."""

    kind: Kind = Field(description="What it belongs to.")
    object_id: int | None = Field(description="Id of that object; null for the whole installation.")
    subject: str = Field(description="Whose it is, for people.")
    key: str = Field(description="What lapses, the same in every language.")
    what: str = Field(description="What lapses, for people.")
    lapses_on: date = Field(description="The last day on which it is good.")
    days_left: int = Field(description="Negative once it has lapsed.")
    organisation_ids: list[int] = Field(description="Who answers for it, the first before the others.")


@router.get("/lapses", response=Page[LapseAnswer])
def list_lapses(
    request: HttpRequest,
    paging: Query[Paging],
    days: Annotated[int, Field(ge=0, le=MOST_DAYS)] = DEFAULT_DAYS,
    kind: Kind | None = None,
) -> dict[str, Any]:
    """What lapses within so many days, or has lapsed, of all that you may see; the first before the others."""
    today = timezone.localdate()
    found = expiring(person_of(request), today + timedelta(days=days), today)
    lapses = sorted(
        (one for one in found if kind in (None, one.kind)),
        key=lambda one: (one.lapses_on, one.subject_key, one.key),
    )
    page = slice_of(lapses, len(lapses), paging)
    return page | {"items": [told(one, today) for one in page["items"]]}


def told(lapse: Lapse, today: date) -> dict[str, Any]:
    """A lapse as it goes out."""
    return {
        "kind": lapse.kind,
        "object_id": lapse.object and lapse.object.pk,
        "subject": lapse.subject,
        "key": lapse.key,
        "what": str(lapse.what),
        "lapses_on": lapse.lapses_on,
        "days_left": (lapse.lapses_on - today).days,
        "organisation_ids": [one for one in lapse.belongs_to if one is not None],
    }
