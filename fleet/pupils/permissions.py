"""Who may see and change what is known of a child: few, each for what they do (未成年人网络保护条例 Art 36, 37).

A class teacher sees the own class, a guardian the own child. Drivers and attendants see the pupils of their trip,
which `fleet.pupils.riders` gives to whoever may run it.
"""

from fleet.grants import Grant, declare
from fleet.organisations.models import Role
from fleet.organisations.queries import reach
from fleet.people.models import User
from fleet.pupils.models import Pupil, SchoolClass

AT_SCHOOL = (Role.PRINCIPAL, Role.SAFETY_OFFICER)
KEEPING = (Role.ADMINISTRATOR, *AT_SCHOOL)
SEEING = (Role.ADMINISTRATOR, Role.COORDINATOR, *AT_SCHOOL)


def school_of(one: Pupil | SchoolClass) -> tuple[int | None]:
    """Whose pupil or class it is."""
    return (one.school_id,)


def teaches(person: User, school_class: SchoolClass) -> bool:
    """Whether a person teaches a class, and serves at its school as class teacher."""
    if not school_class.teachers.filter(pk=person.pk).exists():
        return False
    return school_class.school_id in reach(person, (Role.CLASS_TEACHER,))


def is_guardian_of(person: User, pupil: Pupil) -> bool:
    """Whether a person is a guardian of a pupil."""
    return pupil.guardianships.filter(guardian=person, archived_at=None).exists()


def is_entrusted_with(person: User, pupil: Pupil) -> bool:
    """Whether a person is a guardian of a pupil, or teaches the class."""
    if is_guardian_of(person, pupil):
        return True
    return pupil.school_class is not None and teaches(person, pupil.school_class)


declare(
    {
        "pupils.view_pupil": Grant(SEEING, for_oneself=True),
        "pupils.report_absence": Grant(SEEING, for_oneself=True),
    },
    school_of,
    is_about=is_entrusted_with,
)
declare(
    {
        "pupils.change_pupil": Grant(KEEPING),
        "pupils.archive_pupil": Grant(KEEPING),
        "pupils.assign_stop": Grant(SEEING),
        "pupils.link_guardian": Grant(KEEPING),
        "pupils.export_pupil": Grant((Role.ADMINISTRATOR, Role.PRINCIPAL)),
    },
    school_of,
)
declare(
    {"pupils.change_authorised_adult": Grant(KEEPING, for_oneself=True)},
    school_of,
    is_about=is_guardian_of,
)
declare(
    {"pupils.view_schoolclass": Grant(SEEING, for_oneself=True)},
    school_of,
    is_about=teaches,
)
declare(
    {"pupils.change_schoolclass": Grant(KEEPING), "pupils.archive_schoolclass": Grant(KEEPING)},
    school_of,
)
