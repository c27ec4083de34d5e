"""Who may see and change routes, stops and calendars: by the school, or by who keeps the stop."""

from fleet.grants import Grant, declare
from fleet.organisations.models import Role
from fleet.routes.models import Route, Stop
from fleet.vehicles.permissions import ABOARD, AT_SCHOOL, OVERSEEING, RUNNING


def organisations_of(route: Route) -> set[int | None]:
    """Whom a route serves, and who runs its buses."""
    return {route.school_id, *route.buses.values_list("operator_id", flat=True)}


def organisations_at(stop: Stop) -> set[int | None]:
    """Who keeps a stop, whom it serves, and whose buses stop there."""
    served = stop.pattern_stops.values_list("pattern__route__school_id", "pattern__route__buses__operator_id")
    return {stop.organisation_id, stop.school_id}.union(*served)


declare(
    {
        "routes.view_route": Grant((*RUNNING, *AT_SCHOOL, *ABOARD, *OVERSEEING)),
        "routes.change_route": Grant(RUNNING),
        "routes.export_route": Grant((*RUNNING, *AT_SCHOOL, *OVERSEEING)),
    },
    organisations_of,
)
declare(
    {
        "routes.view_stop": Grant((*RUNNING, *AT_SCHOOL, *ABOARD, *OVERSEEING)),
        "routes.change_stop": Grant(RUNNING),
        "routes.approve_stop": Grant((Role.ADMINISTRATOR, *OVERSEEING), by_authority=True),
        "routes.inspect_stop": Grant((*RUNNING, *AT_SCHOOL, *OVERSEEING)),
    },
    organisations_at,
)
