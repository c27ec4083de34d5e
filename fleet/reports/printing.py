"""A report as a PDF, in the language that is active."""

from pathlib import Path

import msgspec
import typst
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from fleet.reports.queries import Report
from fleet.reports.tables import days_of, figures_of, tables_of, title_of

LAYOUT = Path(__file__).parent / "report.typ"


def print_report(report: Report) -> bytes:
    """The report on A4 sheets."""
    made = date_format(timezone.localtime(), "DATETIME_FORMAT")
    sheet = {
        "title": title_of(report),
        "days": days_of(report),
        "lang": (get_language() or "zh")[:2],
        "made": _("Made by Schoolrun, %(time)s") % {"time": made},
        "figures": figures_of(report),
        "tables": [table._asdict() for table in tables_of(report)],
    }
    content = msgspec.json.encode(sheet).decode()
    return typst.compile(LAYOUT.read_bytes(), sys_inputs={"sheet": content})
