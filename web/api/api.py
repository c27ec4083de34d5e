"""The API: its groups of operations, and what holds for all of them."""

from web.api import (
    access_log,
    alarms,
    applications,
    at_stops,
    attendants,
    buses,
    calendars,
    cards,
    classes,
    crew_records,
    departures,
    drivers,
    duty,
    gate,
    lapses,
    ledger,
    occupancy,
    organisations,
    papers,
    patterns,
    people,
    permits,
    positions,
    pupil_records,
    pupils,
    regulations,
    routes,
    sign_ins,
    stops,
    trip_changes,
    trips,
    weather,
)
from web.api.document import DocumentedAPI
from web.api.parameters import refuse_unknown_parameters
from web.api.problems import answer_problems
from web.api.throttle import PerMinute

DESCRIPTION = """
Whatever the website shows and lets be changed, for programs. Every answer holds what the token's person may see at
that moment, and every change goes through the same rules, permissions and history as on the website.

* **Sign in** with an access token: `Authorization: Bearer schoolrun_…`. Make one on the page “Access tokens” of your
  account. A session of the website is good for reading, too.
* **Scopes** limit what a token is used for; each operation names the one that it asks for.
* **What you may not see is not there**: 404. What you may see but not do is 403.
* **Problems** come in one shape, `application/problem+json` (RFC 9457), in the language of `Accept-Language`.
* **Times** are UTC (ISO 8601), days are local dates, units stand in the fields' names. What is not known is null.
* **Fields that are left out** of a change stay as they are; unknown fields and parameters are refused. The `reason`
  is kept in the history.
* **Trips and alarms** are changed by the `version` that you have seen; where they have changed since, nothing is
  done: 409.
* Looks at the records of drivers, attendants and pupils are kept in the access log.
"""

api = DocumentedAPI(
    title="Schoolrun",
    version="1",
    description=DESCRIPTION,
    urls_namespace="api",
    throttle=[PerMinute()],
    openapi_url="",
    docs_url=None,
)
answer_problems(api)

for _prefix, _group in (
    ("/organisations", organisations),
    ("", people),
    ("/buses", buses),
    ("", papers),
    ("/drivers", drivers),
    ("/attendants", attendants),
    ("", crew_records),
    ("/permits", permits),
    ("", applications),
    ("", cards),
    ("/routes", routes),
    ("", patterns),
    ("", departures),
    ("/stops", stops),
    ("", at_stops),
    ("", calendars),
    ("", trips),
    ("", trip_changes),
    ("", classes),
    ("", pupils),
    ("", pupil_records),
    ("", regulations),
    ("/low-visibility", weather),
    ("", gate),
    ("", lapses),
    ("", positions),
    ("", ledger),
    ("", occupancy),
    ("", alarms),
    ("", duty),
    ("", sign_ins),
    ("", access_log),
):
    api.add_router(_prefix, _group.router)
refuse_unknown_parameters(api)
