"""The demo's registry is whole, holds what is to be shown, and can be filled again without anything added."""

from datetime import timedelta

import pytest
from django.utils import timezone

from fleet.expiry import expiring
from fleet.people.models import Attendant, Driver, User
from fleet.people.queries import standing_of
from fleet.people.standing import Reason, Verdict
from fleet.vehicles.models import Bus, Defect
from fleet.vehicles.queries import equipment_on, newest_inspection
from tests.people.builders import LAW
from web.demo import seed
from web.demo_registry import UNQUALIFIED, identity_number, vin

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("logins")]


def test_the_demo_has_one_unqualified_driver_one_bus_without_attendant_and_papers_that_lapse():
    today = timezone.localdate()
    drivers = list(Driver.objects.order_by("pk"))
    verdicts = [standing_of(one, today, LAW) for one in drivers]
    unqualified = [number for number, one in enumerate(verdicts) if one.verdict != Verdict.QUALIFIED]
    assert unqualified == [UNQUALIFIED]
    assert [one.reason for one in verdicts[UNQUALIFIED].reasons] == [Reason.FULL_POINTS]
    assert (len(drivers), Attendant.objects.count()) == (Bus.objects.count(), Bus.objects.count() - 1)
    for bus in Bus.objects.all():
        bus.full_clean()
        inspection = newest_inspection(bus, today)
        assert inspection
        assert inspection.valid_until
        assert inspection.valid_until > today
        assert all(equipment_on(bus, today).values())
    assert Defect.objects.get().blocks_dispatch
    admin = User.objects.get(username="admin")
    soon = list(expiring(admin, today + timedelta(days=14), today))
    assert soon
    assert {one.key.partition(":")[0] for one in soon if one.lapses_on < today} == {"step"}

    seed("another password")
    assert Driver.objects.count() == len(drivers)


def test_invented_numbers_are_of_no_real_place_or_maker_and_each_is_another():
    assert len({vin(number) for number in range(500)}) == 500
    assert {vin(number)[:3] for number in range(500)} == {"L00"}
    today = timezone.localdate()
    assert len({identity_number(today, number) for number in range(500)}) == 500
