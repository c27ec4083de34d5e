"""The sections of a record's page that hold its papers, each with what the person may do."""

from collections.abc import Sequence
from typing import Any

from django.urls import reverse
from django.utils.translation import gettext as _

from fleet.people.models import User
from web.registry.papers import Paper
from web.registry.register import Register
from web.registry.sections import Link, Row, Section, label_of, shown

MOST_ROWS = 50


def paper_sections(register: Register, record: Any, person: User) -> list[Section]:
    """Everything recorded that is not archived; one query for each section."""
    actions = {action: register.may(person, action, record) for action in actions_of(register)}
    return [section(register, paper, record, actions) for paper in register.papers]


def actions_of(register: Register) -> set[str]:
    """What can be done to the papers of a register, as permissions are named."""
    if not register.papers:
        return set()
    return {"change", *(paper.action for paper in register.papers)}


def section(register: Register, paper: Paper, record: Any, actions: dict[str, bool]) -> Section:
    """The papers of one kind."""
    found = paper.model.objects.filter(**{paper.owner: record}, archived_at__isnull=True)
    newest: Sequence[Any] = found.select_related(*paper.joined)[: MOST_ROWS + 1]
    in_use = record.archived_at is None
    may_change = in_use and actions["change"]
    add = None
    if in_use and actions[paper.action]:
        add = Link(reverse(f"{register.name}_paper_new", args=[record.pk, paper.slug]), str(paper.add))
    return Section(
        slug=paper.slug,
        title=str(paper.title),
        headers=[label_of(paper.model, name) for name in paper.shown],
        rows=[
            Row(
                [shown(one, name) for name in paper.shown],
                links_of(register, paper, one, record.pk, may_change=may_change),
            )
            for one in newest[:MOST_ROWS]
        ],
        empty=str(paper.empty),
        add=add,
        is_cut=len(newest) > MOST_ROWS,
    )


def links_of(register: Register, paper: Paper, one: Any, pk: int, *, may_change: bool) -> list[Link]:
    """What can be done with a paper."""
    place = [pk, paper.slug, one.pk]
    links = []
    if paper.file_field and getattr(one, paper.file_field):
        title = label_of(paper.model, paper.file_field)
        links.append(Link(reverse(f"{register.name}_paper_file", args=place), title))
    if may_change and paper.is_corrected:
        links.append(Link(reverse(f"{register.name}_paper_edit", args=place), _("Correct")))
    return [*links, *paper.more_links(one)] if may_change else links
