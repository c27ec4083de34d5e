"""The API: its groups of operations, and what holds for all of them."""

from web.api import buses, papers
from web.api.document import DocumentedAPI
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
* **Fields that are left out** of a change stay as they are; unknown fields are refused. The `reason` is kept in the
  history.
* Looks at the records of drivers and attendants are kept in the access log.
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

api.add_router("/buses", buses.router)
api.add_router("", papers.router)
