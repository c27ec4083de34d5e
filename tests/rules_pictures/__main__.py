"""Draws every picture anew: `python -m tests.rules_pictures`."""

from pathlib import Path

from tests.rules_pictures import speeding

FOLDER = Path(__file__).resolve().parents[2] / "docs" / "rules"
PICTURES = {"speeding": speeding.drawn}
"""By the name of their file; a rule family adds its own."""


def draw() -> None:
    """Write them."""
    FOLDER.mkdir(exist_ok=True)
    for name, drawn in PICTURES.items():
        (FOLDER / f"{name}.svg").write_text(drawn().svg(), encoding="utf-8")


if __name__ == "__main__":
    draw()
