"""The demo's pupils: on every bus with a route, once, with somebody to sign in as their guardian and teacher."""

import pytest
from django.utils import timezone

from fleet.people.models import User
from fleet.pupils.bulk import refuse_two_at_once
from fleet.pupils.models import Absence, Pupil, StopAssignment
from fleet.pupils.queries import children_of, classes_taught
from fleet.pupils.riders import capacity_of, riders_by_weekday
from fleet.routes.models import RoutePattern
from fleet.vehicles.models import Bus
from web.demo import seed

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("logins")]


def test_every_bus_with_a_route_has_pupils_whom_it_may_carry_and_nobody_has_two_stops():
    today = timezone.localdate()
    assert Bus.objects.filter(route__isnull=False).exists()
    for pattern in RoutePattern.objects.filter(route__buses__isnull=False).distinct():
        most, capacity = max(riders_by_weekday(pattern, today).values()), capacity_of(pattern)
        assert most
        assert capacity is None or most <= capacity
    refuse_two_at_once(set(Pupil.objects.values_list("pk", flat=True)))
    assert Absence.objects.filter(first_day=today).exists()


def test_the_guardian_has_two_children_and_the_teacher_a_class_and_filling_again_adds_nothing():
    assert children_of(User.objects.get(username="guardian")).count() == 2
    assert classes_taught(User.objects.get(username="teacher")).get().pupils.exists()
    before = [table.objects.count() for table in (Pupil, StopAssignment, Absence)]
    seed("a long enough password")
    assert [table.objects.count() for table in (Pupil, StopAssignment, Absence)] == before
