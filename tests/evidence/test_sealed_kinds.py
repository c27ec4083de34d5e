"""Whatever is sealed: each kind when it is stored, and every tampering with any row of it is pointed at."""

from io import StringIO

import pytest
from django.core.management import call_command
from django.db import connection, transaction
from django.utils import timezone

from fleet.evidence.changes import seal
from fleet.evidence.contents import KINDS, rows_of
from fleet.evidence.models import EvidenceLink
from fleet.findings.models import Finding
from fleet.ledger.changes import correct, report_occupancy
from fleet.ledger.models import CountingMachine, PupilEvent, RollCall, Source
from fleet.ledger.roll_calls import call_roll
from fleet.trips.changes import move_trip
from fleet.trips.models import TripEvent
from fleet.trips.states import Step
from tests.alarms.builders import episode, tell
from tests.evidence.builders import delete, tamper, verified, without_triggers
from tests.ledger.builders import Ride, ride

pytestmark = pytest.mark.django_db


@pytest.fixture
def one() -> Ride:
    """A trip with everything that is sealed: it ran and was closed, something was undone, the class was called."""
    one = ride()
    undone = one.board(one.pupils[0])
    correct(trip=one.trip, undoes=undone.key, reason="点错了", by=one.attendant)
    one.run()
    one.trip.refresh_from_db()
    move_trip(trip=one.trip, step=Step.CLOSE, by=one.attendant)
    call_roll(school_class=one.school_class, absent=[], by=one.teacher)
    report_occupancy(
        bus=one.line.bus, source=CountingMachine.COUNTER, at=timezone.now(), lowest=3, highest=4,
        by=one.attendant,
    )  # fmt: skip
    tell(one.line.bus, episode(0))
    return one


def oldest(kind):
    return rows_of(kind).filter(is_due=True).order_by("pk")[0]


def newest_link(record):
    links = EvidenceLink.objects.filter(kind=record._meta.label_lower, object_id=str(record.pk))
    return links.order_by("-pk")[0]


def test_every_kind_is_sealed_as_it_is_stored_in_the_chain_of_who_answers(one):
    sealed = set(EvidenceLink.objects.values_list("kind", flat=True))
    assert sealed == set(KINDS)
    school, operator = one.trip.pattern.route.school_id, one.trip.bus.operator_id
    chains = dict(EvidenceLink.objects.order_by("pk").values_list("kind", "chain"))
    assert {kind for kind, chain in chains.items() if chain == operator} == {
        "findings.finding", "ledger.occupancyreport",
    }  # fmt: skip
    assert {chain for chain in chains.values() if chain != operator} == {school}
    assert verified()[0] == 0


def told_after(tampering, *given):
    """What verify_evidence tells after something was done past the program; it is undone again."""
    with transaction.atomic():
        tampering(*given)
        code, told = verified()
        transaction.set_rollback(True)
    assert code == 1
    return told


@pytest.mark.parametrize("kind", KINDS)
def test_any_changed_column_and_a_deleted_row_are_pointed_at(one, kind):
    record = oldest(kind)
    number = newest_link(record).number
    for field in record._meta.concrete_fields:
        if not field.primary_key and field.attname not in KINDS[kind].left_out:
            told = told_after(tamper, record, field)
            assert f"{kind} {record.pk} does not say what link {number} sealed" in told, field.name
    assert f"{kind} {record.pk}, sealed by link {number}, is gone" in told_after(delete, record)
    assert verified()[0] == 0


def do(statement, link):
    without_triggers(EvidenceLink)
    with connection.cursor() as cursor:
        cursor.execute(statement.format(table=EvidenceLink._meta.db_table, link=link.pk))


@pytest.mark.parametrize(("statement", "said"), [
    ("UPDATE {table} SET digest = 'x' WHERE id = {link}", "link {number} was changed ({kind} {row})"),
    ("UPDATE {table} SET hash = 'x' WHERE id = {link}", "link {number} was changed ({kind} {row})"),
    ("UPDATE {table} SET object_id = 'x' WHERE id = {link}", "link {number} was changed ({kind} x)"),
    ("UPDATE {table} SET kind = 'x.y' WHERE id = {link}", "link {number} was changed (x.y {row})"),
    ("UPDATE {table} SET number = 999999 WHERE id = {link}", "link {number} is missing"),
    ("DELETE FROM {table} WHERE id = {link}", "link {number} is missing"),
])  # fmt: skip
def test_a_changed_or_deleted_link_of_any_kind_is_pointed_at(one, statement, said):
    tell(one.trip.bus, episode(0), episode(40))
    call_roll(school_class=one.school_class, absent=[], by=one.teacher)
    for kind in KINDS:
        record = oldest(kind)
        link = newest_link(record)
        told = told_after(do, statement, link)
        assert said.format(number=link.number, kind=kind, row=record.pk) in told


def test_a_boarding_that_was_slipped_in_is_pointed_at(one):
    slipped = PupilEvent.objects.order_by("pk")[0]
    slipped.pk, slipped.key = None, "0f0e0d0c-0b0a-0908-0706-050403020100"
    slipped.save()
    code, told = verified()
    assert (code, f"ledger.pupilevent {slipped.pk} is in no chain" in told) == (1, True)


def test_what_was_stored_before_its_kind_was_sealed_is_sealed_once_by_a_command(one):
    stored = PupilEvent.objects.order_by("pk")[0]
    for key in range(3):
        stored.pk, stored.key = None, f"0f0e0d0c-0b0a-0908-0706-05040302010{key}"
        stored.save()
    told = StringIO()
    call_command("seal_evidence", stdout=told)
    assert "ledger.pupilevent: 3 sealed" in told.getvalue()
    assert verified()[0] == 0
    with transaction.atomic():
        tamper(stored, PupilEvent._meta.get_field("pupil"))
        assert verified()[0] == 1
        transaction.set_rollback(True)
    length = EvidenceLink.objects.count()
    call_command("seal_evidence", stdout=told)
    assert EvidenceLink.objects.count() == length


def test_a_record_that_is_not_stored_is_not_sealed_either(one):
    length = EvidenceLink.objects.count()
    with pytest.raises(RuntimeError), transaction.atomic():
        one.board(one.pupils[0])
        assert EvidenceLink.objects.count() == length + 1
        raise RuntimeError
    assert EvidenceLink.objects.count() == length


def test_the_same_record_again_adds_no_link(one):
    key = "0f0e0d0c-0b0a-0908-0706-050403020100"
    one.board(one.pupils[0], key=key, source=Source.UNIT)
    length = EvidenceLink.objects.count()
    one.board(one.pupils[0], key=key, source=Source.UNIT)
    assert EvidenceLink.objects.count() == length


def test_only_the_closing_of_what_happens_to_a_trip_is_sealed(one):
    TripEvent.objects.create(trip=one.trip, at=timezone.now(), kind="lateness_explained")
    assert EvidenceLink.objects.filter(kind="trips.tripevent").count() == 1
    assert verified()[0] == 0


SAVEPOINT, CHAINS, PER_KIND, STORED = 2, 1, 2, 2


def test_any_number_of_records_is_sealed_with_so_many_queries(one, django_assert_num_queries):
    """The chains once; of each kind its records and their newest links; then the new links and ends of chains."""
    tell(one.trip.bus, *(episode(40 * number) for number in range(12)))
    call = RollCall.objects.order_by("-pk")[0]
    records = [*Finding.objects.all(), *call.entries.all(), call]
    Finding.objects.update(peak=41.0)
    with django_assert_num_queries(SAVEPOINT + CHAINS + PER_KIND * 3 + STORED):
        assert seal(records) == 12
    with django_assert_num_queries(SAVEPOINT + CHAINS + PER_KIND * 3):
        assert seal(records) == 0
