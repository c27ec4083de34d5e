"""Every text for people, of `web` and of `fleet`, has its Chinese in the one catalogue."""

import shutil
import subprocess
from pathlib import Path
from typing import Any

import pytest
from django.core.management import call_command

from tests.frontend.conftest import PROJECT

NOT_OURS = [".venv", "node_modules", "tests", "var", "web/locale", "web/static"]


@pytest.mark.skipif(not shutil.which("msgattrib"), reason="gettext is not installed")
def test_every_text_has_its_chinese(tmp_path: Path, settings: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    shutil.copytree(PROJECT / "web" / "locale", tmp_path / "locale")
    settings.LOCALE_PATHS = [tmp_path / "locale"]
    monkeypatch.chdir(PROJECT)
    call_command("makemessages", locale=["zh_Hans"], ignore_patterns=NOT_OURS, no_obsolete=True, verbosity=0)
    catalogue = tmp_path / "locale" / "zh_Hans" / "LC_MESSAGES" / "django.po"
    assert 'msgid "Live map"' in catalogue.read_text(encoding="utf-8")
    for kind in ("--untranslated", "--only-fuzzy"):
        found = subprocess.run(
            ["msgattrib", kind, catalogue], capture_output=True, text=True, check=True, encoding="utf-8"
        )
        assert found.stdout == ""
