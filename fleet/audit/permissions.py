"""Who may read the access log: administrators, that of the organisations which they reach."""

from fleet.grants import Grant, declare
from fleet.organisations.models import Role

declare(
    {"audit.view_accessrecord": Grant((Role.ADMINISTRATOR,))},
    lambda record: (record.organisation_id,),
)
