"""The demo's permits and plate cards."""

import pytest
from django.utils import timezone

from fleet.permits.models import Application, PermitState, PlateCard, Stage, UsePermit
from fleet.permits.queries import cards_in_force, timeline
from fleet.vehicles.models import Bus

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("logins")]


def test_every_bus_of_the_demo_has_a_card_and_one_change_is_late():
    today = timezone.localdate()
    assert set(UsePermit.objects.values_list("state", flat=True)) == {PermitState.GRANTED}
    assert set(cards_in_force(today).values_list("bus", flat=True)) == set(
        Bus.objects.filter(route__isnull=False).values_list("pk", flat=True)
    )
    consulted = timeline(Application.objects.get(approved=None), today)[1]
    assert consulted.stage == Stage.CONSULTED
    assert consulted.is_overdue or consulted.unknown_year
    assert PlateCard.objects.order_by("valid_until")[0].valid_until > today
