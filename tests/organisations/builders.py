"""A district with one organisation of each kind, and who administers it."""

from dataclasses import dataclass

from fleet.organisations.models import Kind, Membership, Organisation, Role
from fleet.people.models import User
from tests.fleet.builders import organisation, person


@dataclass(frozen=True)
class Tree:
    district: Organisation
    school: Organisation
    operator: Organisation
    police: Organisation
    supervisor: Organisation
    administrator: User

    def of(self, kind: Kind) -> Organisation:
        found: Organisation = getattr(self, kind.value)
        return found


def tree() -> Tree:
    district = organisation()
    below = {
        kind.value: organisation(kind, district)
        for kind in (Kind.SCHOOL, Kind.OPERATOR, Kind.POLICE, Kind.SUPERVISOR)
    }
    return Tree(district=district, administrator=person(Role.ADMINISTRATOR, district), **below)


def membership(someone: User) -> Membership:
    return Membership.objects.get(person=someone)
