"""Who may see and change routes, stops and calendars: by the school, or by who keeps the stop."""

from fleet.grants import Grant, declare
from fleet.organisations.models import Role
from fleet.routes.models import Route, Stop
from fleet.vehicles.permissions import ABOARD, AT_SCHOOL, OVERSEEING, RUNNING


def school_of(route: Route) -> tuple[int | None]:
    """Whom a route serves."""
    return (route.school_id,)


def keepers_of(stop: Stop) -> tuple[int | None, int | None]:
    """Who keeps a stop, and whom it serves."""
    return stop.organisation_id, stop.school_id


declare(
    {
        "routes.view_route": Grant((*RUNNING, *AT_SCHOOL, *ABOARD, *OVERSEEING)),
        "routes.change_route": Grant(RUNNING),
        "routes.export_route": Grant((*RUNNING, *AT_SCHOOL, *OVERSEEING)),
    },
    school_of,
)
declare(
    {
        "routes.view_stop": Grant((*RUNNING, *AT_SCHOOL, *ABOARD, *OVERSEEING)),
        "routes.change_stop": Grant(RUNNING),
        "routes.approve_stop": Grant((Role.ADMINISTRATOR, *OVERSEEING), by_authority=True),
        "routes.inspect_stop": Grant((*RUNNING, *AT_SCHOOL, *OVERSEEING)),
    },
    keepers_of,
)
