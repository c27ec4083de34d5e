"""The demo's district: what the simulator drives is what the database knows, however often it is filled."""

import stat

import pytest

from fleet.organisations.models import Organisation, Role
from fleet.organisations.places import KINDS_OF_ROLE
from fleet.people.models import User
from fleet.routes.models import Road, Route, Stop
from fleet.vehicles.models import Bus, Device, DeviceAssignment
from fleet.vehicles.queries import buses_for, new_devices
from telematics.simulator.district import demo_district
from web.demo import kept_password, seed

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("logins")]
TABLES = (Organisation, User, Road, Route, Stop, Bus, Device, DeviceAssignment)


def test_the_demo_knows_every_bus_that_is_driven_and_leaves_one_device_to_be_given():
    simulated = demo_district()
    assert set(Bus.objects.values_list("plate", flat=True)) == {one.plate for one in simulated.buses}
    units = {one.device_id for one in simulated.buses}
    assert units - set(Device.objects.values_list("identifier", flat=True)) == {simulated.buses[-1].device_id}
    assert not new_devices().exists()


def test_filling_again_adds_nothing_and_sets_the_passwords():
    before = [table.objects.count() for table in TABLES]
    logins = seed("another long password")
    assert [table.objects.count() for table in TABLES] == before
    for login in logins:
        assert User.objects.get(username=login.username).check_password("another long password")


def test_each_role_sees_its_part_of_the_buses(logins):
    people = {login.role.value: User.objects.get(username=login.username) for login in logins}
    seen = {role: buses_for(person).count() for role, person in people.items()}
    assert seen["administrator"] == seen["coordinator"] == Bus.objects.count() > seen["principal"] > 0


def test_there_is_one_person_for_every_role_where_it_fits_and_each_can_sign_in(logins):
    assert [login.role for login in logins] == list(Role)
    for login in logins:
        person = User.objects.get(username=login.username)
        held = person.memberships.get()
        assert held.role == login.role
        assert held.organisation.kind in KINDS_OF_ROLE[login.role]
        assert person.check_password("a long enough password")
    assert User.objects.get(username="driver").driver
    assert User.objects.get(username="attendant").attendant


def test_the_password_is_kept_for_its_owner_only(tmp_path):
    password = kept_password(tmp_path)
    assert kept_password(tmp_path) == password
    assert stat.S_IMODE((tmp_path / "demo_password").stat().st_mode) == 0o600
