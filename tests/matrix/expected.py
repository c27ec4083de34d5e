"""Who may do what, written down apart from the code: the table that the matrix test holds it against."""

from dataclasses import dataclass

from fleet.organisations.models import Role

COLUMNS = [
    Role.ADMINISTRATOR, Role.COORDINATOR, Role.PRINCIPAL, Role.SAFETY_OFFICER, Role.CLASS_TEACHER, Role.GUARD,
    Role.DRIVER, Role.ATTENDANT, Role.GUARDIAN, Role.POLICE_OFFICER, Role.INSPECTOR,
]  # fmt: skip

# The object is ours in tests/matrix/world.py; behind a plus sign stands how it is reached, where not as itself.
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
dispatch.export_gatecheck             x   x   .   .   .   .   .   .   .   x   x   bus
dispatch.override_gate                x   x   .   .   .   .   .   .   .   .   .   bus
people.view_driver                    x   x   .   .   .   .   .   .   .   x   x   driver         o
people.view_driver_identity           x   .   .   .   .   .   .   .   .   x   .   driver         o
people.change_driver                  x   x   .   .   .   .   .   .   .   .   .   driver
people.archive_driver                 x   x   .   .   .   .   .   .   .   .   .   driver
people.export_driver                  x   x   .   .   .   .   .   .   .   .   .   driver
duty.view_dutylog                     x   x   .   .   .   .   .   .   .   x   x   driver         o
duty.change_dutylog                   x   x   .   .   .   .   .   .   .   .   .   driver         o
duty.export_dutylog                   x   x   .   .   .   .   .   .   .   x   x   driver
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
permits.export_usepermit              x   x   .   .   .   .   .   .   .   x   x   permit
permits.reply_usepermit               a   .   .   .   .   .   .   .   .   a   a   permit
notices.view_maildelivery             x   .   .   .   .   .   .   .   .   .   .   delivery
notices.change_hook                   x   .   .   .   .   .   .   .   .   .   .   hook
organisations.view_organisation       x   x   x   x   .   .   .   .   .   x   x   operator
organisations.change_organisation     x   .   .   .   .   .   .   .   .   .   .   operator
organisations.export_organisation     x   x   .   .   .   .   .   .   .   x   x   operator
organisations.archive_organisation    x   .   .   .   .   .   .   .   .   .   .   operator+what_lies_above
organisations.grant_membership        x   .   .   .   .   .   .   .   .   .   .   coordinating
organisations.grant_membership        x   x   .   .   .   .   .   .   .   .   .   driving
organisations.grant_membership        x   .   x   .   .   .   .   .   .   .   .   teaching
organisations.view_membership         x   .   .   .   .   .   .   .   .   .   .   coordinating
organisations.view_membership         x   x   .   .   .   .   .   .   .   .   .   driving        o
organisations.view_membership         x   .   x   .   .   .   .   .   .   .   .   teaching
people.view_user                      x   x   .   .   .   .   .   .   .   .   .   account        o
people.invite_user                    x   x   .   .   .   .   .   .   .   .   .   account
people.change_user                    x   .   .   .   .   .   .   .   .   .   .   account
feeds.view_feedcontract               x   .   .   .   .   .   .   .   .   .   .   contract
feeds.open_feedcontract               x   .   .   .   .   .   .   .   .   .   .   contract
tokens.revoke_accesstoken             x   .   .   .   .   .   .   .   .   .   .   token          o
routes.view_route                     x   x   x   x   .   .   x   x   .   x   x   route
routes.change_route                   x   x   .   .   .   .   .   .   .   .   .   route
routes.archive_route                  x   x   .   .   .   .   .   .   .   .   .   route
routes.export_route                   x   x   x   x   .   .   .   .   .   x   x   route
routes.view_stop                      x   x   x   x   .   .   x   x   .   x   x   stop
routes.change_stop                    x   x   .   .   .   .   .   .   .   .   .   stop
routes.archive_stop                   x   x   .   .   .   .   .   .   .   .   .   stop
routes.export_stop                    x   x   x   x   .   .   .   .   .   x   x   stop
routes.approve_stop                   a   .   .   .   .   .   .   .   .   a   a   stop
routes.inspect_stop                   x   x   x   x   .   .   .   .   .   x   x   stop
routes.view_term                      x   x   x   x   .   .   x   x   .   x   x   term
routes.change_term                    x   x   x   x   .   .   .   .   .   .   .   term
routes.archive_term                   x   x   x   x   .   .   .   .   .   .   .   term
routes.view_exceptionalday            x   x   x   x   .   .   x   x   .   x   x   exceptional_day
routes.change_exceptionalday          x   x   x   x   .   .   .   .   .   .   .   exceptional_day
routes.archive_exceptionalday         x   x   x   x   .   .   .   .   .   .   .   exceptional_day
routes.view_lowvisibility             x   x   x   x   .   .   x   x   .   x   x   low_visibility
routes.change_lowvisibility           x   x   .   .   .   .   .   .   .   .   .   low_visibility
routes.archive_lowvisibility          x   x   .   .   .   .   .   .   .   .   .   low_visibility
pupils.view_pupil                     x   x   x   x   .   .   .   .   .   .   .   pupil          o
pupils.report_absence                 x   x   x   x   .   .   .   .   .   .   .   pupil          o
pupils.change_pupil                   x   .   x   x   .   .   .   .   .   .   .   pupil
pupils.archive_pupil                  x   .   x   x   .   .   .   .   .   .   .   pupil
pupils.assign_stop                    x   x   x   x   .   .   .   .   .   .   .   pupil
pupils.link_guardian                  x   .   x   x   .   .   .   .   .   .   .   pupil
pupils.export_pupil                   x   .   x   .   .   .   .   .   .   .   .   pupil
pupils.change_authorised_adult        x   .   x   x   .   .   .   .   .   .   .   pupil          o
pupils.view_schoolclass               x   x   x   x   .   .   .   .   .   .   .   class          o
pupils.change_schoolclass             x   .   x   x   .   .   .   .   .   .   .   class
pupils.archive_schoolclass            x   .   x   x   .   .   .   .   .   .   .   class
family.change_schoolprivacy           x   .   x   .   .   .   .   .   .   .   .   privacy
family.share_trip                     .   .   .   .   .   .   .   .   .   .   .   pupil          o
family.revoke_sharetoken              x   .   x   x   .   .   .   .   .   .   .   share          o
alarms.view_alarm                     x   x   x   x   .   .   .   .   .   x   x   alarm          o
alarms.handle_alarm                   x   x   x   x   .   .   .   .   .   .   .   alarm
alarms.export_alarm                   x   x   x   x   .   .   .   .   .   x   x   alarm
alarms.view_suppression               x   x   x   x   .   .   .   .   .   x   x   suppression
alarms.change_suppression             x   x   .   .   .   .   .   .   .   .   .   suppression
trips.view_trip                       x   x   x   x   .   .   .   .   .   x   x   trip           o
trips.run_trip                        x   x   .   .   .   .   .   .   .   .   .   trip           o
trips.change_trip                     x   x   .   .   .   .   .   .   .   .   .   trip
trips.export_trip                     x   x   x   x   .   .   .   .   .   .   .   trip
ledger.keep_ledger                    x   x   .   .   .   .   .   .   .   .   .   trip           o
ledger.view_ledger                    x   x   x   x   .   .   .   .   .   .   .   trip           o
reports.view_report                   x   x   x   x   .   .   .   .   .   x   x   operator
ledger.report_occupancy               x   x   .   .   .   .   x   x   .   .   .   bus
ledger.call_roll                      .   .   x   x   .   .   .   .   .   .   .   class          o
"""

OVERSEES = {"police", "supervisor"}
"""Places whose police officers and inspectors reach the district around them."""

OF_THE_OPERATOR = {
    "bus", "driver", "attendant", "permit", "permit+bus", "access_record", "trip", "delivery", "operator",
    "coordinating", "driving", "account", "token", "alarm", "suppression", "hook", "low_visibility",
}  # fmt: skip
OF_THE_SCHOOL = {
    "bus",
    "privacy",
    "contract",
    "share",
    "permit+bus",
    "route",
    "stop",
    "term",
    "exceptional_day",
    "pupil",
    "class",
    "trip",
    "teaching",
    "alarm",
}
REACHED = {
    "district": {*OF_THE_OPERATOR, *OF_THE_SCHOOL, "operator+what_lies_above"},
    "operator": OF_THE_OPERATOR,
    "school": OF_THE_SCHOOL,
}
"""What lies below each place; nothing does below those not named."""

AUTHORITIES = {"district", "police", "supervisor"}
OVERSEEING_ROLES = {Role.POLICE_OFFICER, Role.INSPECTOR}


@dataclass(frozen=True)
class Row:
    """A line of the table: who may do one thing with one object."""

    permission: str
    marks: dict[Role, str]
    reached_as: str
    own: bool

    @property
    def object(self) -> str:
        """Its name among the objects of the world."""
        return self.reached_as.partition("+")[0]

    def allows(self, role: Role, where: str) -> bool:
        """Whether a role that is held in a place gives the permission for our object."""
        return expected(self.marks[role], role, where, self.reached_as)


def rows() -> list[Row]:
    """The table."""
    found = []
    for line in TABLE.strip().splitlines()[1:]:
        name, *marks = line.split()
        roles, rest = marks[: len(COLUMNS)], marks[len(COLUMNS) :]
        found.append(Row(name, dict(zip(COLUMNS, roles, strict=True)), rest[0], rest[1:] == ["o"]))
    return found


ROWS = rows()


def expected(mark: str, role: Role, where: str, reached_as: str) -> bool:
    """Whether a role held in a place gives a permission for our object."""
    if mark == "." or (mark == "a" and where not in AUTHORITIES):
        return False
    if where in OVERSEES:
        return role in OVERSEEING_ROLES
    return reached_as in REACHED.get(where, ())
