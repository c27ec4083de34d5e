"""What drivers and attendants have in common: each look at their records is kept in the access log."""

from collections.abc import Iterable, Mapping
from datetime import date, datetime
from typing import Annotated, Any, Literal, TypeVar

from django.db.models import QuerySet
from django.http import HttpRequest
from django.utils.translation import gettext as _
from ninja import Field, FilterLookup, Schema

from fleet.audit.changes import record_access
from fleet.audit.models import Action
from fleet.organisations.directory import organisations_for
from fleet.people.crew import CrewMember
from fleet.tokens.models import Scope
from web.api.fields import Day, GivenLine, Id, Line, MaybeText, StrictId, omitted
from web.api.paging import RecordFilter
from web.api.payload import Change, Input, details_of
from web.person import person_of
from web.registry.forms import EMPLOYERS

Member = TypeVar("Member", bound=CrewMember)

READ, WRITE = Scope.CREW_READ, Scope.CREW_WRITE
Reveal = Annotated[
    Literal["identity_number"] | None,
    Field(
        description="Tell identity numbers whole, where you may see them so; the access log says that you did."
    ),
]


class MemberAnswer(Schema):
    """Somebody who works aboard."""

    id: int
    name: str
    identity_number: str = Field(
        description="Masked, unless it was asked for whole by somebody who may see it."
    )
    identity_number_is_masked: bool
    born_on: date | None
    telephone: MaybeText
    operator_id: int
    user_id: int | None = Field(description="The account of the person, where there is one.")
    archived_at: datetime | None


class MemberChange(Change):
    """Fields of somebody who works aboard."""

    name: GivenLine = omitted()
    identity_number: GivenLine = omitted()
    born_on: Day | None = omitted()
    telephone: Line | None = omitted()
    operator_id: StrictId = omitted()


class AccountLink(Input):
    """Which account is that of the person; null for none."""

    user_id: StrictId | None
    reason: Line = ""


class MemberFilter(RecordFilter):
    """Which people."""

    q: Annotated[Line | None, FilterLookup(["name__icontains", "telephone__icontains"])] = None
    operator_id: Id | None = None


def told(
    request: HttpRequest,
    members: Iterable[Member],
    answer: type[Schema],
    allowed: QuerySet[Any],
    *,
    action: Action,
    reveal: str | None,
) -> list[dict[str, Any]]:
    """Records as they go out, once the access log has the look at them.

    Args:
        request: who asks.
        members: the records.
        answer: what of them is told.
        allowed: those whose identity number the person may see whole.
        action: how they are looked at.
        reveal: what is asked for whole.
    """
    members = list(members)
    pks = [one.pk for one in members]
    revealed = set(allowed.filter(pk__in=pks).values_list("pk", flat=True)) if reveal else set()
    purpose = _("Identity number shown whole")
    for is_whole, why in ((True, purpose), (False, "")):
        looked_at = [one for one in members if (one.pk in revealed) == is_whole]
        record_access(by=person_of(request), action=action, objects=looked_at, purpose=why)
    return [answer_of(one, answer, one.pk in revealed) for one in members]


def answer_of(member: CrewMember, answer: type[Schema], is_revealed: bool) -> dict[str, Any]:
    """A record as it goes out."""
    own = {name: getattr(member, name) for name in answer.model_fields if hasattr(member, name)}
    number = member.identity_number if is_revealed else member.masked_identity_number
    return own | {"identity_number": number, "identity_number_is_masked": not is_revealed}


def member_details(
    request: HttpRequest, payload: MemberChange, model: type[CrewMember], permission: str
) -> Mapping[str, Any]:
    """The details of somebody, with the employer that they refer to."""
    employers = organisations_for(person_of(request), permission).current().filter(kind__in=EMPLOYERS)
    return details_of(payload, model, {"operator": employers})
