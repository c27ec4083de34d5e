"""All that spreadsheets can be of, by slug, in the order in which a district would import them."""

from web.registry.spreadsheets.bus_papers import BUS_PAPERS
from web.registry.spreadsheets.buses import BUSES
from web.registry.spreadsheets.crew import ATTENDANTS, DRIVERS
from web.registry.spreadsheets.crew_records import CREW_RECORDS
from web.registry.spreadsheets.organisations import ORGANISATIONS
from web.registry.spreadsheets.people import PEOPLE
from web.registry.spreadsheets.permits import PERMITS, PLATE_CARDS
from web.registry.spreadsheets.pupil_stops import PUPIL_STOPS
from web.registry.spreadsheets.pupils import CLASSES, PUPILS
from web.registry.spreadsheets.stops import STOP_MARKINGS, STOPS
from web.registry.spreadsheets.ways import WAYS

ALL = (
    ORGANISATIONS,
    PEOPLE,
    BUSES,
    *BUS_PAPERS,
    DRIVERS,
    ATTENDANTS,
    *CREW_RECORDS,
    STOPS,
    STOP_MARKINGS,
    WAYS,
    PERMITS,
    PLATE_CARDS,
    CLASSES,
    PUPILS,
    PUPIL_STOPS,
)
SUBJECTS = {subject.slug: subject for subject in ALL}
