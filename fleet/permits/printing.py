"""Plate cards as a PDF, laid out as the real card: fronts and backs, two cards to an A4 sheet."""

from collections.abc import Iterable
from datetime import date
from io import BytesIO
from pathlib import Path

import msgspec
import segno
import typst
from django.conf import settings
from django.utils.translation import override

from fleet.permits.card_code import CardContent, CardSigner
from fleet.permits.models import PlateCard

LAYOUT = Path(__file__).parent / "plate_card.typ"
LANGUAGE = "zh-hans"
WORDS = {
    "title": "校车标牌",
    "number": "标牌编号",
    "plate": "号牌号码",
    "validity": "有效期",
    "until": "至",
    "issuer": "发牌单位",
    "scan": "扫码核验",
}
"""A plate card is an official document in Chinese, whatever language the page is in (校车安全管理条例 Art 16)."""


def print_cards(cards: Iterable[PlateCard]) -> bytes:
    """The cards as a PDF, to be printed on both sides.

    Args:
        cards: in the order of printing.
    """
    signer = CardSigner.of_installation()
    with override(LANGUAGE):
        sheet = {"words": WORDS, "cards": [card_for_layout(card, signer) for card in cards]}
    return typst.compile(LAYOUT.read_bytes(), sys_inputs={"sheet": msgspec.json.encode(sheet).decode()})


def card_for_layout(card: PlateCard, signer: CardSigner) -> dict[str, object]:
    """What the layout shows of a card."""
    return {
        "number": card.number,
        "plate": card.plate,
        "valid_from": in_chinese(card.valid_from),
        "valid_until": in_chinese(card.valid_until),
        "issuer": card.issuer,
        "stops": len(card.stops),
        "code": qr_code(code_of(card, signer)),
        "rows": [
            ("校车所有人", card.owner),
            ("驾驶人", "、".join(driver.name for driver in card.drivers.all())),
            ("行驶线路", str(card.route)),
            ("开行时间", "、".join(f"{first}–{last}" for first, last in card.times)),
            ("停靠站点", "、".join(card.stops)),
            ("发牌单位", card.issuer),
            ("有效期", f"{in_chinese(card.valid_from)}至{in_chinese(card.valid_until)}"),
        ],
    }


def code_of(card: PlateCard, signer: CardSigner) -> str:
    """The signed code of a card."""
    content = CardContent(card.number, card.plate, card.valid_from, card.valid_until)
    return settings.PUBLIC_URL + signer.sign(content)


def qr_code(text: str) -> str:
    """A QR code as SVG, which survives a scratch: error correction M."""
    drawn = BytesIO()
    segno.make(text, error="m", micro=False).save(drawn, kind="svg", border=2, xmldecl=False)
    return drawn.getvalue().decode()


def in_chinese(day: date) -> str:
    """A day as official documents write it."""
    return f"{day.year}年{day.month}月{day.day}日"
