"""The rules on a bus's trips of a day: where the matching puts it, held against what is planned and approved.

`day.step` takes each report with its place; `stops.judged` takes what became of the stops. Unknown is unknown: a gap
in the reports tells of no deviation, no stop and no skipping.
"""
