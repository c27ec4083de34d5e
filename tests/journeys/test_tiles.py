"""An administrator's own PMTiles archive becomes the ground of the map."""

from pathlib import Path

import pytest

from tests.frontend.harness.browser import poll
from tests.journeys.archive import archive, picture
from tests.journeys.conftest import OpenPage
from tests.journeys.installation import Installation
from tests.journeys.screen import share_of

pytestmark = pytest.mark.browser
FAR, NEAR = (200, 40, 160), (40, 200, 160)


def test_a_pmtiles_archive_is_drawn_below_the_routes(
    installation: Installation, open_as: OpenPage, tmp_path: Path
) -> None:
    path = tmp_path / "world.pmtiles"
    path.write_bytes(archive([picture(FAR), picture(FAR), picture(NEAR)]))
    with installation.restarted(SCHOOLRUN_TILES_FILE=str(path), SCHOOLRUN_TILES_ATTRIBUTION="© Nobody"):
        page = open_as("coordinator")
        assert "© Nobody" in page.locator(".maplibregl-ctrl-attrib").inner_text()
        poll(page, lambda: share_of(page, NEAR) > 0.5, what="the archive's deepest tiles")
        assert share_of(page, FAR) == 0
        routes = "() => window.schoolrun.map.queryRenderedFeatures({layers: ['routes']}).length"
        assert page.evaluate(routes) > 0
