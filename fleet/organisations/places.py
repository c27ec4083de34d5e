"""Which kinds of organisation lie where, which roles are held in which, and who gives them: three tables."""

from collections.abc import Mapping, Sequence

from fleet.organisations.models import Kind, Role

KINDS_ABOVE: Mapping[Kind, Sequence[Kind]] = {
    Kind.DISTRICT: (Kind.DISTRICT,),  # province, prefecture, county
    Kind.SCHOOL: (Kind.DISTRICT, Kind.SUPERVISOR, Kind.OPERATOR, Kind.SCHOOL),  # of a school: its branch
    Kind.OPERATOR: (Kind.DISTRICT, Kind.SUPERVISOR),
    Kind.POLICE: (Kind.DISTRICT,),
    Kind.SUPERVISOR: (Kind.DISTRICT,),
}
"""What an organisation of each kind may lie below.

Districts, police and supervisors lie below districts only: they decide on what schools and operators apply for, so
nobody who administers a school or an operator may make one.
"""

KINDS_AT_THE_TOP: Sequence[Kind] = (Kind.DISTRICT, Kind.SUPERVISOR, Kind.OPERATOR, Kind.SCHOOL)
"""What may have nothing above it: police serve a district, and reach nothing without one."""

STAFFED_BY_SCHOOLS = (Role.SAFETY_OFFICER, Role.CLASS_TEACHER, Role.GUARD, Role.GUARDIAN)
STAFFED_BY_OPERATION = (Role.DRIVER, Role.ATTENDANT)

KINDS_OF_ROLE: Mapping[Role, Sequence[Kind]] = {
    Role.ADMINISTRATOR: tuple(Kind),
    Role.COORDINATOR: (Kind.DISTRICT, Kind.OPERATOR, Kind.SCHOOL),  # who runs buses, or has them run
    Role.PRINCIPAL: (Kind.SCHOOL,),
    **dict.fromkeys(STAFFED_BY_SCHOOLS, (Kind.SCHOOL,)),
    **dict.fromkeys(STAFFED_BY_OPERATION, (Kind.OPERATOR, Kind.SCHOOL)),  # schools run buses of their own too
    Role.POLICE_OFFICER: (Kind.POLICE,),  # the law gives roadside checks to nobody else
    Role.INSPECTOR: (Kind.SUPERVISOR, Kind.DISTRICT),
}
"""In which kinds of organisation each role can be held."""

GRANTERS: Mapping[Role, tuple[Role, ...]] = {
    **dict.fromkeys(Role, (Role.ADMINISTRATOR,)),
    **dict.fromkeys(STAFFED_BY_SCHOOLS, (Role.ADMINISTRATOR, Role.PRINCIPAL)),
    **dict.fromkeys(STAFFED_BY_OPERATION, (Role.ADMINISTRATOR, Role.COORDINATOR)),
}
"""Who gives each role, and takes it away, within the own reach."""


ROLES_GIVEN_BY: Mapping[Role, tuple[Role, ...]] = {
    giver: tuple(role for role in Role if giver in GRANTERS[role])
    for giver in (Role.ADMINISTRATOR, Role.PRINCIPAL, Role.COORDINATOR)
}
"""What each of those gives."""


def kinds_below(kind: Kind) -> list[Kind]:
    """The kinds of organisation that may lie below one of a kind."""
    return [below for below in Kind if kind in KINDS_ABOVE[below]]


def roles_in(kind: Kind) -> list[Role]:
    """The roles that can be held in an organisation of a kind."""
    return [role for role in Role if kind in KINDS_OF_ROLE[role]]
