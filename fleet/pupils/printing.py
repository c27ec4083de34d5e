"""Slips with codes for guardians, and a child's data for a guardian, as PDFs."""

from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any

import msgspec
import typst
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext as _

from fleet.permits.printing import qr_code
from fleet.pupils.link_code import as_printed
from fleet.pupils.linking import Slip

FOLDER = Path(__file__).parent


def print_slips(slips: Iterable[Slip], address: str) -> bytes:
    """One slip for each code, six to an A4 sheet, to be cut apart.

    Args:
        slips: in the order of printing.
        address: of the page on which the code is used; each QR code has it with its code.
    """
    sheet = {
        "title": _("School bus: link your child"),
        "steps": [
            _("Scan the code, or open the address and type it."),
            _("Read what you consent to, and choose a password."),
            _("The code is good once. Give it to nobody else."),
        ],
        "address": address,
        "until": _("Good until"),
        "slips": [slip_for_layout(slip, address) for slip in slips],
    }
    return compiled("link_slips.typ", sheet)


def slip_for_layout(slip: Slip, address: str) -> dict[str, str]:
    """What the layout shows of a slip."""
    return {
        "name": slip.pupil.name,
        "where": " · ".join(str(one) for one in (slip.pupil.school, slip.pupil.school_class) if one),
        "code": as_printed(slip.code),
        "expires": date_format(timezone.localtime(slip.expires_at)),
        "qr": qr_code(f"{address}{slip.code}/"),
    }


def print_child_data(data: Mapping[str, Any]) -> bytes:
    """What `fleet.pupils.disclosure.data_of_child` gives, for people to read."""
    return compiled("child_data.typ", data)


def compiled(layout: str, sheet: Mapping[str, Any]) -> bytes:
    """A layout of this folder, filled in."""
    content = msgspec.json.encode(sheet).decode()
    return typst.compile((FOLDER / layout).read_bytes(), sys_inputs={"sheet": content})
