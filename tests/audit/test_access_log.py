"""The access log: each look is a row that nobody can change, read by those who answer and by those concerned."""

import csv
import io

import pytest
from django.db import DatabaseError, connection, transaction
from django.test import Client
from django.urls import reverse

from fleet.append_only import AppendOnlyError
from fleet.audit.changes import record_access, record_export
from fleet.audit.models import AccessRecord, Action
from fleet.audit.origin import acting_from
from fleet.audit.queries import accesses_about, accesses_for
from fleet.organisations.models import Role
from tests.fleet.builders import person
from tests.people.builders import driver
from tests.vehicles.builders import place

pytestmark = pytest.mark.django_db


def looked_at(where, action=Action.VIEW, **details):
    someone = driver(where, **details)
    with acting_from("page", "192.0.2.7"):
        record_access(by=where.coordinator, action=action, objects=[someone], purpose="monthly check")
    return someone


def page(client: Client, someone, name="access_log", **query):
    client.force_login(someone)
    return client.get(reverse(name), query)


def test_a_look_says_who_what_when_how_and_from_where():
    where = place()
    someone = looked_at(where)
    row = AccessRecord.objects.get()
    assert (row.person, row.action, row.kind, row.object_id) == (
        where.coordinator, "view", "people.driver", someone.pk,
    )  # fmt: skip
    assert (row.name, row.organisation, row.channel, row.address, row.purpose) == (
        someone.name, where.operator, "page", "192.0.2.7", "monthly check",
    )  # fmt: skip


def test_a_list_is_a_look_at_each_record_and_one_statement(django_assert_num_queries):
    where = place()
    drivers = [driver(where) for _ in range(5)]
    with django_assert_num_queries(1):
        record_access(by=where.coordinator, action=Action.LIST, objects=drivers)
    assert set(AccessRecord.objects.values_list("object_id", flat=True)) == {one.pk for one in drivers}


def test_nothing_in_the_log_is_changed_or_deleted_by_django():
    looked_at(place())
    row = AccessRecord.objects.get()
    for attempt in (row.save, row.delete, AccessRecord.objects.all().delete):
        with pytest.raises(AppendOnlyError):
            attempt()
    with pytest.raises(AppendOnlyError):
        AccessRecord.objects.update(name="nobody")


@pytest.mark.parametrize("statement", ["DELETE FROM {table}", "UPDATE {table} SET {column} = {column}"])
@pytest.mark.parametrize(
    ("table", "column"),
    [
        ("audit_accessrecord", "name"),
        ("dispatch_gatecheck", "profile"),
        ("dispatch_gateoverride", "reason"),
        ("dispatch_overrideconfirmation", "confirmed_at"),
    ],
)
def test_the_database_guards_evidence_against_whoever_comes_past_django(statement, table, column):
    looked_at(place())
    with connection.cursor() as cursor:
        if connection.vendor == "postgresql":
            cursor.execute("SELECT tgname FROM pg_trigger WHERE tgname = %s", [f"{table}_append_only"])
            assert cursor.fetchone()
        else:
            cursor.execute(
                "SELECT count(*) FROM sqlite_master WHERE type = 'trigger' AND tbl_name = %s", [table]
            )
            assert cursor.fetchone() == (2,)
        if table == "audit_accessrecord":
            with pytest.raises(DatabaseError, match="append-only"), transaction.atomic():
                cursor.execute(statement.format(table=table, column=column))
            assert AccessRecord.objects.count() == 1


def test_an_administrator_reads_the_log_of_their_own_organisations(client):
    here, elsewhere = place(), place()
    looked_at(here)
    looked_at(elsewhere)
    administrator = person(Role.ADMINISTRATOR, here.operator)
    rows = page(client, administrator).context["table"].rows
    assert [row.record.organisation for row in rows] == [here.operator]


@pytest.mark.parametrize("role", [role for role in Role if role != Role.ADMINISTRATOR])
def test_nobody_else_opens_the_log(client, role):
    where = place()
    looked_at(where)
    someone = person(role, where.district)
    assert page(client, someone).status_code == 404
    assert client.get(reverse("access_log_export", args=["csv"])).status_code == 404
    assert not accesses_for(someone).exists()


def test_a_driver_reads_who_looked_at_the_own_record_and_no_other(client):
    where = place()
    themselves = person()
    own = looked_at(where, user=themselves)
    looked_at(where)
    rows = page(client, themselves, "access_log_own").context["table"].rows
    assert [row.record.object_id for row in rows] == [own.pk]
    assert not accesses_about(where.coordinator).exists()


def test_the_log_is_narrowed_down_by_name_and_action(client):
    where = place()
    looked_at(where, name="王建国")
    looked_at(where, name="李志强", action=Action.EXPORT)
    administrator = person(Role.ADMINISTRATOR, where.district)
    for query, names in (
        ({"q": "建国"}, ["王建国"]),
        ({"action": "export"}, ["李志强"]),
        ({"q": where.coordinator.username}, ["李志强", "王建国"]),
        ({"since": "2100-01-01"}, []),
    ):
        rows = page(client, administrator, **query).context["table"].rows
        assert [row.record.name for row in rows] == names


def test_the_log_is_taken_away_as_it_is_filtered_and_that_is_logged_too(client):
    where = place()
    looked_at(where, name="王建国")
    looked_at(where, name="李志强")
    client.force_login(person(Role.ADMINISTRATOR, where.district))
    answer = client.get(reverse("access_log_export", args=["csv"]), {"q": "建国"})
    table = list(csv.reader(io.StringIO(b"".join(answer.streaming_content).decode("utf-8-sig"))))
    assert len(table) == 2
    assert "王建国" in table[1][3]
    assert AccessRecord.objects.filter(action="export", kind="", organisation=where.district).count() == 1


def test_a_list_that_is_taken_away_is_logged_in_each_place_where_the_person_serves():
    where, other = place(), place()
    someone = person(Role.COORDINATOR, where.operator)
    someone.memberships.create(organisation=other.operator, role=Role.COORDINATOR)
    record_export(by=someone, what="Buses")
    assert set(AccessRecord.objects.values_list("organisation", flat=True)) == {
        where.operator.pk,
        other.operator.pk,
    }
