"""A report as titled tables of texts: the same on the page, in a spreadsheet and in print."""

from collections.abc import Iterator
from typing import NamedTuple

from django.utils.formats import date_format
from django.utils.functional import Promise
from django.utils.translation import gettext as _

from fleet.findings.models import FindingSeverity, Rule
from fleet.findings.words import duration_in_words
from fleet.reports.queries import MOST_NAMED, Named, Report
from fleet.trips.statistics import Punctuality


class Table(NamedTuple):
    """Rows under headers; `empty` is said where there are none, `note` below."""

    title: str
    headers: list[str]
    rows: list[list[str]]
    empty: str = ""
    note: str = ""

    @property
    def labelled(self) -> list[list[tuple[str, str]]]:
        """The rows, each cell with its header."""
        return [list(zip(self.headers, row, strict=True)) for row in self.rows]


def title_of(report: Report) -> str:
    """What the report is called."""
    return _("Safety report: %(subject)s") % {"subject": report.subject}


def days_of(report: Report) -> str:
    """The days that it is about."""
    return f"{date_format(report.first)} – {date_format(report.last)}"


def figures_of(report: Report) -> list[tuple[str, str]]:
    """The figures that are read first; what nobody knows is said to be unknown."""
    alarms, trips = report.alarms, report.trips
    wait = alarms.median_wait
    unknown = _("Unknown")
    return [
        (_("Findings"), str(report.found)),
        (_("Penalty points, where known"), str(report.points)),
        (_("Alarms"), str(alarms.count)),
        (_("Alarms not resolved"), str(alarms.unresolved)),
        (_("Alarms never acknowledged"), str(alarms.unseen)),
        (
            _("Acknowledged after (median)"),
            unknown if wait is None else duration_in_words(wait.total_seconds()),
        ),
        (_("Alarms suppressed"), str(alarms.suppressed)),
        (_("Trips planned"), str(trips.planned)),
        (_("Trips run"), str(trips.ran)),
        (_("Trips that ended late"), str(trips.late)),
        (_("Trips whose end is unknown"), str(trips.end_unknown)),
        (_("Trips cancelled"), str(trips.cancelled)),
        (_("Trips of which nothing is known"), str(trips.unknown)),
        (_("Trips ahead or under way"), str(trips.open)),
        (_("Stops on time"), share(report.on_time_share)),
        (_("Stops whose time is unknown"), str(report.stops_unknown)),
    ]


def share(value: float | None) -> str:
    """A share in per cent."""
    return _("Unknown") if value is None else f"{value * 100:.1f} %"


def tables_of(report: Report) -> list[Table]:
    """All tables."""
    return [findings_table(report), days_table(report), *named_tables(report), routes_table(report)]


def findings_table(report: Report) -> Table:
    """Findings by rule and severity."""
    rules: dict[str, str | Promise] = {rule.value: rule.label for rule in Rule}
    severities: dict[str, str | Promise] = {one.value: one.label for one in FindingSeverity}
    rows = [
        [
            str(rules.get(one.rule, one.rule)),
            str(severities.get(one.severity, one.severity)),
            str(one.number),
            _("Unknown") if one.unrated == one.number else str(one.points),
            str(one.unrated),
        ]
        for one in report.findings
    ]
    heads = [
        _("Rule"), _("Severity"), _("Findings"), _("Penalty points"), _("Findings without known points"),
    ]  # fmt: skip
    return Table(_("Findings by rule and severity"), heads, rows, _("Nothing was found."))


def days_table(report: Report) -> Table:
    """Findings and alarms of each day that has any."""
    rows = [
        [one.day.isoformat(), str(one.findings), str(one.alarms)]
        for one in report.days
        if one.findings or one.alarms
    ]
    heads = [_("Day"), _("Findings"), _("Alarms")]
    return Table(_("Findings and alarms by day"), heads, rows, _("Nothing was found."))


def named_tables(report: Report) -> Iterator[Table]:
    """Findings by bus, and by driver where the reader may see them."""
    yield named_table(_("Findings by bus"), _("Bus"), report.buses)
    if report.drivers is not None:
        yield named_table(_("Findings by driver"), _("Driver"), report.drivers)


def named_table(title: str, head: str, named: list[Named]) -> Table:
    """Those with most findings."""
    rows = [[str(one.one), str(one.number), str(one.points)] for one in named[:MOST_NAMED]]
    note = _("Only the %(count)d with most findings are named.") % {"count": MOST_NAMED}
    return Table(
        title,
        [head, _("Findings"), _("Penalty points, where known")],
        rows,
        _("Nothing was found."),
        note if len(named) > MOST_NAMED else "",
    )


def routes_table(report: Report) -> Table:
    """On-time performance by route."""
    heads = [
        _("Route"), _("Trips"), _("Stops"), _("On time (%)"), _("Early"), _("Late"), _("Missed"), _("Unknown"),
    ]  # fmt: skip
    rows = [route_row(one) for one in report.routes]
    return Table(_("On-time performance"), heads, rows, _("No trip has ended in these days"))


def route_row(one: Punctuality) -> list[str]:
    """A route's cells."""
    counts = (one.early, one.late, one.missed, one.unknown)
    return [one.name, str(one.trips), str(one.stops), share(one.on_time_share), *map(str, counts)]


def sheet_of(report: Report) -> list[list[str]]:
    """The whole report as the rows of one sheet, its tables below each other."""
    rows = [[title_of(report)], [days_of(report)], [], *([name, value] for name, value in figures_of(report))]
    for table in tables_of(report):
        rows += [[], [table.title], table.headers, *(table.rows or [[table.empty]])]
        rows += [[table.note]] if table.note else []
    return rows
