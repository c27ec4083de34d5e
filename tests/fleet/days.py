"""Random days of a device, and what the log must say after them, read back in the same words from both logs."""

import itertools

import msgspec
from django.db.models import Q
from hypothesis import strategies as st

from fleet.findings.models import Finding
from fleet.positions.models import Fix as StoredFix
from fleet.positions.models import LastPosition
from fleet.positions.rows import last_position_row
from telematics.fix import Fix, inputs_of
from telematics.pipeline import DeviceState
from telematics.rules.episode import Episode, Evidence
from tests.telematics.builders import arrival
from tests.telematics.days import days

DELAY_S = 60


@st.composite
def batches(draw) -> list[list[Fix]]:
    """A day shuffled, with repeats, cut into batches."""
    reports = draw(days(most=4))
    repeated = reports + draw(st.lists(st.sampled_from(reports), max_size=4))
    shuffled = draw(st.permutations(repeated))
    cuts = sorted(draw(st.lists(st.integers(0, len(shuffled)), max_size=4)))
    return [shuffled[a:b] for a, b in itertools.pairwise([0, *cuts, len(shuffled)]) if a < b]


def arrivals(batch, device):
    return [arrival(report, device, DELAY_S) for report in batch]


def in_memory(log, device):
    """The outcome that a `MemoryLog` holds."""
    state = log.saved.get(device, DeviceState())
    return {
        "fixes": {(one.time, one.digest): one for one in log.reports[device].values()},
        "findings": {
            (owner == device, rule, start): found
            for (owner, rule, start), found in log.findings.items()
            if owner in (device, f"device:{device}")
        },
        "last": last_position_row(0, 0, state, "")[2:9],
        "state": state,
    }


def in_database(device):
    """The same outcome, read from the tables."""
    last = LastPosition.objects.get(device__identifier=device)
    lon, lat = last.position.coords if last.position else (None, None)
    return {
        "fixes": {
            (one.time, one.digest): read_fix(one)
            for one in StoredFix.objects.filter(device__identifier=device)
        },
        "findings": {
            (one.device_id is not None, one.rule, one.started_at): read_episode(one)
            for one in Finding.objects.filter(withdrawn_at__isnull=True).filter(
                Q(device__identifier=device) | Q(subject=f"device:{last.device_id}")
            )
        },
        "last": (last.time, lon, lat, last.speed_mps, last.course_deg, last.heard_at, last.state),
        "state": msgspec.json.decode(last.rule_state or "{}", type=DeviceState),
    }


def read_fix(row: StoredFix) -> Fix:
    lon, lat = row.position.coords if row.position else (None, None)
    names = (
        "time",
        "speed_mps",
        "course_deg",
        "altitude_m",
        "satellites",
        "accuracy_m",
        "verdicts",
        "source",
    )
    inputs = inputs_of(row.signals or 0)
    return Fix(lat=lat, lon=lon, raw=bytes(row.raw), **inputs, **{name: getattr(row, name) for name in names})


def read_episode(row: Finding) -> Episode:
    lon, lat = row.place.coords if row.place else (None, None)
    names = set(Episode.__struct_fields__) - {"lat", "lon", "evidence"}
    given = {name: getattr(row, name) for name in names}
    return Episode(lat=lat, lon=lon, evidence=evidence_of(row), **given)


def evidence_of(row: Finding):
    return msgspec.convert(row.evidence, Evidence)
