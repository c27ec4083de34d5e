"""Who may open feeds for partners, see and close them: administrators, for what they reach."""

from fleet.grants import Grant, declare
from fleet.organisations.models import Role

VIEW = "feeds.view_feedcontract"
OPEN = "feeds.open_feedcontract"

declare(
    {VIEW: Grant((Role.ADMINISTRATOR,)), OPEN: Grant((Role.ADMINISTRATOR,))},
    lambda contract: (contract.organisation_id,),
)
