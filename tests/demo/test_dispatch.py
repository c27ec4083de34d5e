"""The demo's dispatch: the gate has refused what it must, and allowed the rest, before anybody signs in."""

from collections import Counter

import pytest

from fleet.dispatch.models import GateCheck
from fleet.people.models import User
from fleet.vehicles.models import Bus, CrewAssignment

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("logins")]


def test_the_demo_has_crews_and_refusals_of_the_driver_the_defect_and_the_missing_attendant():
    refused = {
        check.bus_id: [one["code"] for one in check.refusals]
        for check in GateCheck.objects.filter(allowed=False)
    }
    assert Counter(codes[0] for codes in refused.values()) == {
        "attendant_missing": 1,
        "defect_open": 1,
        "full_points": 1,
        "plate_card_not_displayed": 3,  # of buses that nobody has checked
    }
    assert GateCheck.objects.filter(allowed=True).count() > len(refused)
    assert CrewAssignment.objects.count() == Bus.objects.count()
    assert CrewAssignment.objects.get(attendant=None).bus_id in refused
    assert User.objects.filter(gate_checks__isnull=False).distinct().count() == 1
