"""The organisations that a person sees as a tree, for its page."""

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, field

from django.db.models import Count

from fleet.organisations.directory import organisations_for, people_in
from fleet.organisations.models import Organisation
from fleet.people.models import User
from fleet.vehicles.queries import buses_for


@dataclass
class Node:
    """An organisation in the tree.

    Attributes:
        organisation: which.
        buses: how many it runs or is served by.
        people: how many serve in it, of those whom the person sees.
        children: what lies below it.
        is_match: whether it is what was searched for.
    """

    organisation: Organisation
    buses: int
    people: int
    children: "list[Node]" = field(default_factory=list)
    is_match: bool = False

    @property
    def holds_match(self) -> bool:
        """Whether something below it is what was searched for."""
        return any(child.is_match or child.holds_match for child in self.children)


def tree_for(person: User, text: str = "") -> list[Node]:
    """The tops of what a person sees, with all below them; archived organisations are left out.

    Args:
        person: who looks.
        text: of the name; what neither has it nor lies above one that has is left out.
    """
    seen = list(organisations_for(person).current().order_by("name"))
    buses = buses_of_each(person)
    people = people_in((one.pk for one in seen), person)
    wanted = text.strip().casefold()
    nodes = {
        one.pk: Node(one, buses[one.pk], people.get(one.pk, 0), is_match=is_named(one, wanted))
        for one in seen
    }
    tops: list[Node] = []
    for one in seen:
        above = nodes.get(one.parent_id or 0)
        (above.children if above else tops).append(nodes[one.pk])
    return only_matches(tops) if wanted else tops


def is_named(organisation: Organisation, wanted: str) -> bool:
    """Whether a name has a text in it."""
    return bool(wanted) and any(
        wanted in name.casefold() for name in (organisation.name, organisation.name_en)
    )


def only_matches(nodes: Iterable[Node]) -> list[Node]:
    """What is searched for, and what lies above it."""
    kept = []
    for node in nodes:
        node.children = only_matches(node.children)
        if node.is_match or node.children:
            kept.append(node)
    return kept


def buses_of_each(person: User) -> Counter[int]:
    """How many buses each organisation runs or is served by, of those that a person sees."""
    counts: Counter[int] = Counter()
    groups = (
        buses_for(person)
        .filter(archived_at=None)
        .order_by()
        .values_list("operator", "school")
        .annotate(count=Count("pk"))
    )
    for operator, school, count in groups:
        for organisation in {operator, school} - {None}:
            counts[organisation] += count
    return counts
