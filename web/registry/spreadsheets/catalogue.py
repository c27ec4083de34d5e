"""All that spreadsheets can be of, by slug."""

from web.registry.spreadsheets.buses import BUSES

SUBJECTS = {subject.slug: subject for subject in (BUSES,)}
