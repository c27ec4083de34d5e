"""A migrated SpatiaLite database to copy: running all migrations takes most of a minute, copying them none.

Templates are kept in the temporary folder, named by what the migrations and the installed Django say, and shared by
all clones of this computer; only the newest few are kept.
"""

import hashlib
import os
import shutil
import sqlite3
import tempfile
from contextlib import closing
from pathlib import Path

import django

PROJECT = Path(__file__).parent.parent
FOLDER = Path(tempfile.gettempdir()) / f"schoolrun-test-schemas-{os.getuid()}"
KEPT = 8


def template() -> Path:
    """Where the template of this checkout's migrations is, or would be."""
    digest = hashlib.sha256(f"{django.VERSION} {sqlite3.sqlite_version}".encode())
    made_from = [
        PROJECT / "web/settings.py",
        PROJECT / "fleet/append_only.py",
        *PROJECT.glob("fleet/regulations/**/*"),
    ]
    for path in sorted([*made_from, *PROJECT.glob("*/*/migrations/*.py")]):
        if path.is_file() and path.suffix != ".pyc":
            digest.update(str(path.relative_to(PROJECT)).encode() + path.read_bytes())
    return FOLDER / f"{digest.hexdigest()[:24]}.sqlite3"


def start_from_template(database: Path) -> bool:
    """Put a copy of the template where the test database will be; whether there was one."""
    try:
        shutil.copyfile(template(), database)
    except FileNotFoundError:
        return False
    return True


def keep_as_template(database: Path) -> None:
    """Keep a database that has just been migrated, whole or not at all."""
    FOLDER.mkdir(mode=0o700, exist_ok=True)
    unfinished = FOLDER / f"{os.getpid()}.unfinished"
    unfinished.unlink(missing_ok=True)
    with closing(sqlite3.connect(database)) as source, closing(sqlite3.connect(unfinished)) as copy:
        source.backup(copy)
    unfinished.replace(template())
    for old in sorted(FOLDER.glob("*.sqlite3"), key=lambda path: path.stat().st_mtime)[:-KEPT]:
        old.unlink(missing_ok=True)
