"""Who may see and change routes, stops and calendars: by the school, or by who keeps the stop."""

from fleet.grants import Grant, declare
from fleet.organisations.models import Role
from fleet.routes.calendars import ExceptionalDay, Term
from fleet.routes.models import LowVisibility, Route, Stop
from fleet.vehicles.permissions import ABOARD, AT_SCHOOL, OVERSEEING, RUNNING


def organisations_of(route: Route) -> set[int | None]:
    """Whom a route serves, and who runs its buses."""
    if route._state.adding:
        return {route.school_id}
    return {route.school_id, *route.buses.values_list("operator_id", flat=True)}


def organisations_at(stop: Stop) -> set[int | None]:
    """Who keeps a stop, whom it serves, and whose buses stop there."""
    if stop._state.adding:
        return {stop.organisation_id, stop.school_id}
    served = stop.pattern_stops.values_list("pattern__route__school_id", "pattern__route__buses__operator_id")
    return {stop.organisation_id, stop.school_id}.union(*served)


def school_of(one: Term | ExceptionalDay) -> tuple[int]:
    """Whose calendar it is in."""
    return (one.school_id,)


def area_of(one: LowVisibility) -> tuple[int]:
    """For whose area it was declared."""
    return (one.organisation_id,)


declare(
    {
        "routes.view_route": Grant((*RUNNING, *AT_SCHOOL, *ABOARD, *OVERSEEING)),
        "routes.change_route": Grant(RUNNING),
        "routes.archive_route": Grant(RUNNING),
        "routes.export_route": Grant((*RUNNING, *AT_SCHOOL, *OVERSEEING)),
    },
    organisations_of,
)
declare(
    {
        "routes.view_stop": Grant((*RUNNING, *AT_SCHOOL, *ABOARD, *OVERSEEING)),
        "routes.change_stop": Grant(RUNNING),
        "routes.archive_stop": Grant(RUNNING),
        "routes.export_stop": Grant((*RUNNING, *AT_SCHOOL, *OVERSEEING)),
        "routes.approve_stop": Grant((Role.ADMINISTRATOR, *OVERSEEING), by_authority=True),
        "routes.inspect_stop": Grant((*RUNNING, *AT_SCHOOL, *OVERSEEING)),
    },
    organisations_at,
)

for _kind in ("term", "exceptionalday"):
    declare(
        {
            f"routes.view_{_kind}": Grant((*RUNNING, *AT_SCHOOL, *ABOARD, *OVERSEEING)),
            f"routes.change_{_kind}": Grant((*RUNNING, *AT_SCHOOL)),
            f"routes.archive_{_kind}": Grant((*RUNNING, *AT_SCHOOL)),
        },
        school_of,
    )

declare(
    {
        "routes.view_lowvisibility": Grant((*RUNNING, *AT_SCHOOL, *ABOARD, *OVERSEEING)),
        "routes.change_lowvisibility": Grant(RUNNING),
        "routes.archive_lowvisibility": Grant(RUNNING),
    },
    area_of,
)
