"""The demo's organisations and people: one person for every role, each where such a person serves."""

from collections.abc import Mapping
from typing import NamedTuple

from fleet.organisations.changes import create_organisation
from fleet.organisations.models import Kind, Organisation, Role, SchoolStage
from fleet.people import accounts
from fleet.people.models import Attendant, Driver, User
from telematics.simulator import model

REASON = "Demo"
ADMINISTRATOR = "admin"
STAGES = {
    "kindergarten": SchoolStage.KINDERGARTEN,
    "primary": SchoolStage.PRIMARY,
    "middle": SchoolStage.MIDDLE,
}
NAMES: Mapping[Role, str] = {
    Role.COORDINATOR: "校车调度员",
    Role.PRINCIPAL: "校长",
    Role.SAFETY_OFFICER: "学校安全干部",
    Role.CLASS_TEACHER: "班主任",
    Role.GUARD: "保安",
    Role.GUARDIAN: "学生家长",
    Role.POLICE_OFFICER: "交警",
    Role.INSPECTOR: "督导员",
}
USERNAMES: Mapping[Role, str] = {
    Role.SAFETY_OFFICER: "safety",
    Role.CLASS_TEACHER: "teacher",
    Role.POLICE_OFFICER: "police",
}
"""Where it is not the name of the role."""


class Login(NamedTuple):
    """Someone who can sign in to the demo, and what they see there."""

    username: str
    role: Role
    sees: str


class Organisations(NamedTuple):
    """What the demo's district is made of."""

    district: Organisation
    schools: list[Organisation]
    operators: list[Organisation]
    police: Organisation
    supervisor: Organisation


def found_organisations(simulated: model.District) -> Organisations:
    """The district with its administrator, and all that lies below it; what is there already stays."""
    district = Organisation.objects.filter(parent=None, name=simulated.name_zh).first()
    if district is None:
        accounts.found(
            name=simulated.name_zh,
            name_en=simulated.name_en,
            kind=Kind.DISTRICT,
            username=ADMINISTRATOR,
            full_name="系统管理员",
        )
        district = Organisation.objects.get(parent=None, name=simulated.name_zh)
    by = User.objects.get(username=ADMINISTRATOR)

    def below(kind: Kind, name: str, name_en: str, stage: str = "") -> Organisation:
        known = Organisation.objects.filter(parent=district, name=name).first()
        return known or create_organisation(
            parent=district, by=by, reason=REASON, kind=kind, name=name, name_en=name_en, stage=stage
        )

    return Organisations(
        district=district,
        schools=[below(Kind.SCHOOL, one.name_zh, one.name_en, STAGES[one.kind]) for one in simulated.schools],
        operators=[below(Kind.OPERATOR, one.name_zh, one.name_en) for one in simulated.operators],
        police=below(Kind.POLICE, f"{simulated.name_zh}交通警察大队", f"{simulated.name_en} Traffic Police"),
        supervisor=below(
            Kind.SUPERVISOR, f"{simulated.name_zh}教育督导室", f"{simulated.name_en} Education Supervision"
        ),
    )


def appoint(there: Organisations, password: str) -> list[Login]:
    """One person for every role, all with the same password; drivers and attendants are among the recorded.

    Args:
        there: where they serve.
        password: set again for who is there already.
    """
    driver = Driver.objects.current().order_by("pk").select_related("operator", "user")[0]
    attendant = Attendant.objects.current().order_by("pk").select_related("operator", "user")[0]
    school = there.schools[0]
    places = {
        Role.ADMINISTRATOR: there.district,
        Role.COORDINATOR: there.district,
        Role.POLICE_OFFICER: there.police,
        Role.INSPECTOR: there.supervisor,
        Role.DRIVER: driver.operator,
        Role.ATTENDANT: attendant.operator,
    }
    names = {**NAMES, Role.DRIVER: driver.name, Role.ATTENDANT: attendant.name}
    by = User.objects.get(username=ADMINISTRATOR)
    logins = []
    for role in Role:
        place = places.get(role, school)
        username = ADMINISTRATOR if role == Role.ADMINISTRATOR else USERNAMES.get(role, role.value)
        person = User.objects.filter(username=username).first()
        if person is None:
            person = accounts.create_person(
                username=username,
                full_name=names[role],
                organisation=place,
                role=role,
                by=by,
                reason=REASON,
            ).person
        set_password(person, password)
        logins.append(Login(username, role, f"{place.name} ({place.name_en})"))
    for record in (driver, attendant):
        if record.user is None:
            account = User.objects.get(username=record._meta.model_name)
            accounts.link_record(record, account, by=by, reason=REASON)
    return logins


def set_password(person: User, password: str) -> None:
    """Set the demo's password, in place of an invitation."""
    person.set_password(password)
    person.invitation = ""
    person.save(update_fields=["password", "invitation"])
