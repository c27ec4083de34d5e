"""The demo's past: three school days of one bus, from which its route can be learned."""

from datetime import date, datetime, time, timedelta

from django.contrib.gis.geos import Point
from django.utils import timezone

from fleet.positions.models import Fix as StoredFix
from fleet.vehicles.models import DeviceAssignment
from telematics.simulator import model
from telematics.simulator.school_days import driven_day

BUS, DAYS, PERIOD_S = 7, 3, 10.0
SATURDAY = 5
BATCH = 500


def drive_past_days(simulated: model.District, today: date) -> None:
    """Fill the log with the last school days of one bus before today, unless it is filled already."""
    bus, zone = simulated.buses[BUS], timezone.get_default_timezone()
    inside = DeviceAssignment.objects.filter(bus__plate=bus.plate, until__isnull=True).first()
    if inside is None or StoredFix.objects.filter(device=inside.device_id).exists():
        return
    days = [day for back in range(1, 10) if (day := today - timedelta(days=back)).weekday() < SATURDAY][:DAYS]
    inside.since = min(inside.since, datetime.combine(days[-1], time(), zone))
    inside.save(update_fields=["since"])
    StoredFix.objects.bulk_create(
        (
            StoredFix(
                device_id=inside.device_id,
                time=fix.time,
                digest=fix.digest,
                received_at=fix.time,
                position=None if fix.lon is None or fix.lat is None else Point(fix.lon, fix.lat, srid=4326),
                speed_mps=fix.speed_mps,
                course_deg=fix.course_deg,
                altitude_m=fix.altitude_m,
                satellites=fix.satellites,
                accuracy_m=fix.accuracy_m,
                verdicts=fix.verdicts,
                source=fix.source,
                raw=fix.raw,
            )
            for day in days
            for fix in driven_day(simulated, bus, day, zone, period_s=PERIOD_S)
        ),
        batch_size=BATCH,
    )
