"""Who may do what, written down apart from the code: the table that the matrix test holds it against."""

from fleet.organisations.models import Role

COLUMNS = [
    Role.ADMINISTRATOR, Role.COORDINATOR, Role.PRINCIPAL, Role.SAFETY_OFFICER, Role.CLASS_TEACHER, Role.GUARD,
    Role.DRIVER, Role.ATTENDANT, Role.GUARDIAN, Role.POLICE_OFFICER, Role.INSPECTOR,
]  # fmt: skip

# x: may, within reach.  a: may, by a role in a district, the police or a supervisor only.
# o: everybody may for the own record.
TABLE = """
                                     adm coo pri saf tea gua dri att par pol ins  object         own
vehicles.view_bus                     x   x   x   x   .   .   x   x   .   x   x   bus
vehicles.change_bus                   x   x   .   .   .   .   .   .   .   .   .   bus
vehicles.archive_bus                  x   x   .   .   .   .   .   .   .   .   .   bus
vehicles.export_bus                   x   x   .   .   .   .   .   .   .   x   x   bus
vehicles.check_bus                    x   x   x   x   .   .   x   x   .   .   .   bus
vehicles.release_defect               x   x   .   .   .   .   .   .   .   .   .   bus
vehicles.watch_bus                    x   x   x   x   .   .   .   .   .   x   x   bus
vehicles.assign_device                x   x   .   .   .   .   .   .   .   .   .   bus
dispatch.check_trip                   x   x   x   x   .   .   x   x   .   .   .   bus
dispatch.view_gatecheck               x   x   x   x   .   .   x   x   .   x   x   bus
dispatch.override_gate                x   x   .   .   .   .   .   .   .   .   .   bus
people.view_driver                    x   x   .   .   .   .   .   .   .   x   x   driver         o
people.view_driver_identity           x   .   .   .   .   .   .   .   .   x   .   driver         o
people.change_driver                  x   x   .   .   .   .   .   .   .   .   .   driver
people.archive_driver                 x   x   .   .   .   .   .   .   .   .   .   driver
people.export_driver                  x   x   .   .   .   .   .   .   .   .   .   driver
people.view_attendant                 x   x   .   .   .   .   .   .   .   x   x   attendant      o
people.view_attendant_identity        x   .   .   .   .   .   .   .   .   x   .   attendant      o
people.change_attendant               x   x   .   .   .   .   .   .   .   .   .   attendant
people.archive_attendant              x   x   .   .   .   .   .   .   .   .   .   attendant
people.export_attendant               x   x   .   .   .   .   .   .   .   .   .   attendant
permits.view_usepermit                x   x   x   x   .   .   .   .   .   x   x   permit+bus
permits.change_usepermit              x   x   .   .   .   .   .   .   .   .   .   permit
permits.decide_usepermit              a   .   .   .   .   .   .   .   .   .   a   permit
permits.issue_platecard               a   .   .   .   .   .   .   .   .   a   .   permit
audit.view_accessrecord               x   .   .   .   .   .   .   .   .   .   .   access_record
routes.view_route                     x   x   x   x   .   .   x   x   .   x   x   route
routes.change_route                   x   x   .   .   .   .   .   .   .   .   .   route
routes.export_route                   x   x   x   x   .   .   .   .   .   x   x   route
routes.view_stop                      x   x   x   x   .   .   x   x   .   x   x   stop
routes.change_stop                    x   x   .   .   .   .   .   .   .   .   .   stop
routes.approve_stop                   a   .   .   .   .   .   .   .   .   a   a   stop
routes.inspect_stop                   x   x   x   x   .   .   .   .   .   x   x   stop
pupils.view_pupil                     x   x   x   x   .   .   .   .   .   .   .   pupil          o
pupils.report_absence                 x   x   x   x   .   .   .   .   .   .   .   pupil          o
pupils.change_pupil                   x   .   x   x   .   .   .   .   .   .   .   pupil
pupils.assign_stop                    x   x   x   x   .   .   .   .   .   .   .   pupil
pupils.link_guardian                  x   .   x   x   .   .   .   .   .   .   .   pupil
pupils.export_pupil                   x   .   x   .   .   .   .   .   .   .   .   pupil
pupils.change_authorised_adult        x   .   x   x   .   .   .   .   .   .   .   pupil          o
trips.view_trip                       x   x   x   x   .   .   .   .   .   x   x   trip           o
trips.run_trip                        x   x   .   .   .   .   .   .   .   .   .   trip           o
trips.change_trip                     x   x   .   .   .   .   .   .   .   .   .   trip
trips.export_trip                     x   x   x   x   .   .   .   .   .   .   .   trip
"""

OVERSEES = {"police", "supervisor"}
"""Places whose police officers and inspectors reach the district around them."""

REACHED = {
    "district": {
        "bus",
        "driver",
        "attendant",
        "permit",
        "permit+bus",
        "access_record",
        "route",
        "stop",
        "pupil",
        "trip",
    },
    "operator": {"bus", "driver", "attendant", "permit", "permit+bus", "access_record", "trip"},
    "school": {"bus", "permit+bus", "route", "stop", "pupil", "trip"},
}
"""What lies below each place; nothing does below those not named."""

AUTHORITIES = {"district", "police", "supervisor"}
OVERSEEING_ROLES = {Role.POLICE_OFFICER, Role.INSPECTOR}


def rows() -> dict[str, tuple[dict[Role, str], str, bool]]:
    """Of each permission: the mark of each role, the object, and whether everybody has it for the own record."""
    found = {}
    for line in TABLE.strip().splitlines()[1:]:
        name, *marks = line.split()
        roles, rest = marks[: len(COLUMNS)], marks[len(COLUMNS) :]
        found[name] = (dict(zip(COLUMNS, roles, strict=True)), rest[0], rest[1:] == ["o"])
    return found


def expected(mark: str, role: Role, where: str, reached_as: str) -> bool:
    """Whether a role held in a place gives a permission for our object."""
    if mark == "." or (mark == "a" and where not in AUTHORITIES):
        return False
    if where in OVERSEES:
        return role in OVERSEEING_ROLES
    return reached_as in REACHED.get(where, ())
