"""Who may ask the dispatch gate about a bus, see its answers, and override it where the law allows."""

from fleet.grants import Grant, declare
from fleet.vehicles.permissions import ABOARD, AT_SCHOOL, OVERSEEING, RUNNING, organisations_of

declare(
    {
        "dispatch.check_trip": Grant((*RUNNING, *AT_SCHOOL, *ABOARD)),
        "dispatch.view_gatecheck": Grant((*RUNNING, *AT_SCHOOL, *ABOARD, *OVERSEEING)),
        "dispatch.export_gatecheck": Grant((*RUNNING, *OVERSEEING)),
        "dispatch.override_gate": Grant(RUNNING),
    },
    organisations_of,
)
