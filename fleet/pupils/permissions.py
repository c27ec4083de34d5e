"""Who may see and change what is known of a child: few, each for what they do (未成年人网络保护条例 Art 36, 37).

A class teacher sees the own class, a guardian the own child. Drivers and attendants see the pupils of their trip,
which `fleet.trips` decides.
"""

from fleet.grants import Grant, declare
from fleet.organisations.models import Role
from fleet.people.models import User
from fleet.pupils.models import Pupil

AT_SCHOOL = (Role.PRINCIPAL, Role.SAFETY_OFFICER)


def school_of(pupil: Pupil) -> tuple[int | None]:
    """Whose pupil it is."""
    return (pupil.school_id,)


def is_entrusted_with(person: User, pupil: Pupil) -> bool:
    """Whether a person is a guardian of a pupil, or teaches the class."""
    if pupil.guardianships.filter(guardian=person, archived_at=None).exists():
        return True
    taught = pupil.school_class_id
    return taught is not None and person.classes.filter(pk=taught).exists()


def is_guardian_of(person: User, pupil: Pupil) -> bool:
    """Whether a person is a guardian of a pupil."""
    return pupil.guardianships.filter(guardian=person, archived_at=None).exists()


declare(
    {
        "pupils.view_pupil": Grant((Role.ADMINISTRATOR, Role.COORDINATOR, *AT_SCHOOL), for_oneself=True),
        "pupils.report_absence": Grant((Role.ADMINISTRATOR, Role.COORDINATOR, *AT_SCHOOL), for_oneself=True),
    },
    school_of,
    is_about=is_entrusted_with,
)
declare(
    {
        "pupils.change_pupil": Grant((Role.ADMINISTRATOR, *AT_SCHOOL)),
        "pupils.assign_stop": Grant((Role.ADMINISTRATOR, Role.COORDINATOR, *AT_SCHOOL)),
        "pupils.link_guardian": Grant((Role.ADMINISTRATOR, *AT_SCHOOL)),
        "pupils.export_pupil": Grant((Role.ADMINISTRATOR, Role.PRINCIPAL)),
    },
    school_of,
)
declare(
    {"pupils.change_authorised_adult": Grant((Role.ADMINISTRATOR, *AT_SCHOOL), for_oneself=True)},
    school_of,
    is_about=is_guardian_of,
)
