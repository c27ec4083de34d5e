"""Tells of a scanned plate card whether it is good: signed here, and in force on the day."""

from dataclasses import dataclass
from datetime import date
from enum import StrEnum

from fleet.permits.card_code import CardContent, CardSigner, read_code
from fleet.permits.models import CardState, PermitState, PlateCard


class CardVerdict(StrEnum):
    """Whether a plate card is good."""

    GOOD = "good"
    NOT_YET = "not_yet"
    LAPSED = "lapsed"
    ENDED = "ended"
    UNKNOWN = "unknown"


@dataclass(frozen=True)
class CardCheck:
    """What is known of a card that was scanned.

    Attributes:
        content: what the code says.
        card: the one of this number; None where it is not kept here any more.
        verdict: whether it is good.
    """

    content: CardContent
    card: PlateCard | None
    verdict: CardVerdict


def check_card(code: str, today: date) -> CardCheck:
    """Check a scanned code.

    Args:
        code: as it stands in the QR code.
        today: in the local zone.

    Raises:
        CodeError: where this installation did not sign it: the card may be forged.
    """
    content = read_code(code, CardSigner.of_installation().public_key)
    card = (
        PlateCard.objects.filter(number=content.number, plate=content.plate).select_related("permit").first()
    )
    return CardCheck(content, card, verdict_on(card, today))


def verdict_on(card: PlateCard | None, today: date) -> CardVerdict:
    """Whether a card is good on a day."""
    if card is None:
        return CardVerdict.UNKNOWN
    if card.state != CardState.CURRENT or card.permit.state != PermitState.GRANTED:
        return CardVerdict.ENDED
    if today < card.valid_from:
        return CardVerdict.NOT_YET
    return CardVerdict.GOOD if today <= card.valid_until else CardVerdict.LAPSED
