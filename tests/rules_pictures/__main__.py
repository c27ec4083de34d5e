"""Draws every picture and writes every rule's section anew: `python -m tests.rules_pictures`."""

from pathlib import Path

import django

django.setup()

from tests.rules_pictures import device, duty, ledger, sections, trips  # noqa: E402  (words need Django)
from tests.rules_pictures.scene import Scene  # noqa: E402

DOCS = sections.ROOT / "docs"
FOLDER = DOCS / "rules"
DOCUMENTS: dict[Path, list[Scene]] = {
    DOCS / "rules.md": [one for one in device.SCENES if one.rule == "speeding"],
    DOCS / "signal-and-trip-rules.md": [
        *(one for one in device.SCENES if one.rule != "speeding"),
        *trips.SCENES,
    ],
    DOCS / "ledger.md": ledger.SCENES,
    DOCS / "duty.md": duty.SCENES,
}
"""Which rules each document has sections of."""
SCENES: dict[str, Scene] = {scene.rule: scene for scenes in DOCUMENTS.values() for scene in scenes}
"""By the name of their rule, and of their picture."""


def draw() -> None:
    """Write them."""
    FOLDER.mkdir(exist_ok=True)
    for name, scene in SCENES.items():
        (FOLDER / f"{name}.svg").write_text(scene.timeline().svg(), encoding="utf-8")
    for document, scenes in DOCUMENTS.items():
        document.write_text(sections.written(document, scenes), encoding="utf-8")


if __name__ == "__main__":
    draw()
