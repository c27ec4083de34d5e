"""Who may do what with the records of drivers and attendants, by memberships that reach their employer."""

from fleet.grants import Grant, declare
from fleet.organisations.models import Role
from fleet.people.crew import CrewMember
from fleet.people.models import User

RUNNING = (Role.ADMINISTRATOR, Role.COORDINATOR)
OVERSEEING = (Role.POLICE_OFFICER, Role.INSPECTOR)


def employer_of(member: CrewMember) -> tuple[int | None]:
    """Who employs a driver or an attendant."""
    return (member.operator_id,)


def is_oneself(person: User, member: CrewMember) -> bool:
    """Whether a record is about the person who signs in."""
    return member.user_id == person.pk


for kind in ("driver", "attendant"):
    declare(
        {
            f"people.view_{kind}": Grant((*RUNNING, *OVERSEEING), for_oneself=True),
            f"people.view_{kind}_identity": Grant(
                (Role.ADMINISTRATOR, Role.POLICE_OFFICER), for_oneself=True
            ),
            f"people.change_{kind}": Grant(RUNNING),
            f"people.archive_{kind}": Grant(RUNNING),
            f"people.export_{kind}": Grant(RUNNING),
        },
        employer_of,
        is_about=is_oneself,
    )
