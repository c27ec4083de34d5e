"""Who may do what with a bus and its papers, by memberships that reach its operator or its school."""

from fleet.grants import Grant, declare
from fleet.organisations.models import Role
from fleet.vehicles.models import Bus

RUNNING = (Role.ADMINISTRATOR, Role.COORDINATOR)
AT_SCHOOL = (Role.PRINCIPAL, Role.SAFETY_OFFICER)
ABOARD = (Role.DRIVER, Role.ATTENDANT)
OVERSEEING = (Role.POLICE_OFFICER, Role.INSPECTOR)

WATCH_BUS = "vehicles.watch_bus"
ASSIGN_DEVICE = "vehicles.assign_device"


def organisations_of(bus: Bus) -> tuple[int | None, int | None]:
    """Who runs a bus, and whom it serves."""
    return bus.operator_id, bus.school_id


declare(
    {
        "vehicles.view_bus": Grant((*RUNNING, *AT_SCHOOL, *ABOARD, *OVERSEEING)),
        "vehicles.change_bus": Grant(RUNNING),
        "vehicles.archive_bus": Grant(RUNNING),
        "vehicles.export_bus": Grant((*RUNNING, *OVERSEEING)),
        "vehicles.check_bus": Grant((*RUNNING, *AT_SCHOOL, *ABOARD)),  # count seats, report defects
        "vehicles.release_defect": Grant(RUNNING),
        WATCH_BUS: Grant((*RUNNING, *AT_SCHOOL, *OVERSEEING)),
        ASSIGN_DEVICE: Grant(RUNNING),
    },
    organisations_of,
)
