"""A spreadsheet of many drivers, from upload to the registry, beside inserting the same rows and nothing else."""

import argparse
import json
import time
from collections.abc import Callable
from datetime import date, timedelta

from tests.benchmarks.stage import Stage

HEADER = "Name,Identity number,Employer,Licence class,Licence first issued\n"


def main(arguments: list[str] | None = None) -> int:
    """Measure, and print the figures."""
    parser = argparse.ArgumentParser(
        prog="script/bench imports", description="Rows of a spreadsheet to drivers in the registry."
    )
    parser.add_argument("--rows", type=int, default=10_000, help="rows of the file (default: %(default)s)")
    rows = parser.parse_args(arguments).rows
    with Stage():
        figures = measure(rows)
    for name, value in figures.items():
        print(f"{name:<20} {value:>10,}")
    print(json.dumps(figures))
    return 0


def measure(rows: int) -> dict[str, float]:
    """Seconds and queries of each step, and seconds of the floor."""
    from django.db import transaction

    from fleet.organisations.models import Kind, Role
    from fleet.people.models import Driver
    from tests.fleet.builders import organisation, person
    from web.registry.models import ImportRun, ImportState
    from web.registry.spreadsheets.catalogue import SUBJECTS
    from web.registry.tasks import work_on_import

    district = organisation(name="District")
    operator = organisation(Kind.OPERATOR, district, "Operator")
    coordinator = person(Role.COORDINATOR, district)
    numbers = identity_numbers(rows)
    lines = [f"Driver {n},{number},Operator,A1,2010-09-01\n" for n, number in enumerate(numbers)]
    drivers = [Driver(name=f"Driver {n}", identity_number=number, operator=operator, born_on=date(1985, 3, 2))
               for n, number in enumerate(numbers)]  # fmt: skip
    with transaction.atomic():
        floor_s, _queries = timed(lambda: Driver.objects.bulk_create(drivers))
        transaction.set_rollback(True)
    run = ImportRun.objects.create(
        person=coordinator,
        subject=SUBJECTS["drivers"].slug,
        file_name="drivers.csv",
        content=(HEADER + "".join(lines)).encode(),
        language="en",
    )
    check_s, check_queries = timed(lambda: work_on_import(run.pk, ImportState.CHECKING))
    run.refresh_from_db()
    if run.state != ImportState.CHECKED or run.created_count != rows:
        raise SystemExit(f"the file was refused: {run.problems[:3]}")
    ImportRun.objects.update(state=ImportState.APPLYING)
    apply_s, apply_queries = timed(lambda: work_on_import(run.pk, ImportState.APPLYING))
    if Driver.objects.count() != rows:
        raise SystemExit("not every row came into the registry")
    ImportRun.objects.update(state=ImportState.UNDOING)
    undo_s, undo_queries = timed(lambda: work_on_import(run.pk, ImportState.UNDOING))
    return {
        "rows": rows,
        "floor_s": floor_s,
        "check_s": check_s,
        "check_queries": check_queries,
        "apply_s": apply_s,
        "apply_queries": apply_queries,
        "undo_s": undo_s,
        "undo_queries": undo_queries,
    }


def identity_numbers(count: int) -> list[str]:
    """So many different ones that can be."""
    from fleet.people.identity_number import check_character

    born = (date(1970, 1, 1) + timedelta(days=n // 999) for n in range(count))
    firsts = (f"329900{day:%Y%m%d}{n % 999 + 1:03d}" for n, day in enumerate(born))
    return [first + check_character(first) for first in firsts]


def timed(work: Callable[[], object]) -> tuple[float, int]:
    """Seconds that something takes, and its queries."""
    from django.db import connection
    from django.test.utils import CaptureQueriesContext

    with CaptureQueriesContext(connection) as queries:
        began = time.perf_counter()
        work()
        return round(time.perf_counter() - began, 2), len(queries)


if __name__ == "__main__":
    raise SystemExit(main())
