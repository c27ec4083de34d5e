"""A log in memory, for tests of the pipeline: the same contract as the database's, and nothing durable."""

from collections import defaultdict
from contextlib import nullcontext
from typing import Any

import msgspec

from telematics.fix import Fix
from telematics.pipeline import DeviceState
from telematics.reorder import event_order
from telematics.rules.episode import ReportKey
from telematics.rules.misdated import together


class MemoryLog:
    def __init__(self):
        self.reports: dict[str, dict[Any, Fix]] = defaultdict(dict)
        self.saved = {}
        self.findings = {}
        self.withdrawn = []

    def transaction(self):
        return nullcontext()

    def states(self, devices):
        return {device: self.saved.get(device, DeviceState()) for device in devices}

    def append(self, arrivals):
        for arrival in arrivals:
            key = event_order(arrival)
            assert key not in self.reports[arrival.device]
            self.reports[arrival.device][key] = arrival.fix

    def append_unless_known(self, arrivals):
        fresh = []
        for arrival in arrivals:
            if event_order(arrival) not in self.reports[arrival.device]:
                self.append([arrival])
                fresh.append(arrival)
        return fresh

    def newest_before(self, device, time, fits):
        for (when, _), fix in sorted(self.reports[device].items(), reverse=True):
            if when < time and fix.is_dated and fits(fix):
                return fix
        return None

    def after(self, device, key):
        for (when, digest), fix in sorted(self.reports[device].items()):
            if fix.is_dated and (key is None or (when, digest) > (key.time, key.digest)):
                yield fix

    def mark(self, device, fix):
        key = ReportKey.of(fix)
        self.reports[device][key.time, key.digest] = fix

    def save(self, taken):
        for device, one in taken.items():
            self.saved[device] = msgspec.json.decode(msgspec.json.encode(one.state), type=DeviceState)
            self.findings.update(
                {(device, found.rule, found.started_at): found for found in one.episodes.values()}
            )
            if one.rewrite:
                self.rewrite(device, one.rewrite)
            for tally in one.tallies:
                self.add(device, tally)

    def rewrite(self, device, rewrite):
        stands = {(found.rule, found.started_at) for found in rewrite.episodes}
        for owner, rule, start in list(self.findings):
            if owner == device and rewrite.covers(rule, start) and (rule, start) not in stands:
                self.withdrawn.append(self.findings.pop((owner, rule, start)))
        self.findings.update({(device, found.rule, found.started_at): found for found in rewrite.episodes})

    def add(self, device, tally):
        found, device = tally.episode, f"device:{device}"
        for owner, rule, start in list(self.findings):
            if (owner, rule) == (device, found.rule) and tally.since <= start < tally.until:
                found = together(self.findings.pop((owner, rule, start)), found)
        self.findings[device, found.rule, found.started_at] = found
