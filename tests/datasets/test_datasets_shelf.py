"""What servers with one place tell each other of datasets."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

from foveate.datasets.places import USES
from foveate.datasets.shelf import MOST_USED, Shelf
from foveate.settings import Origins
from foveate.storage.kept import KeptFiles

if TYPE_CHECKING:
    from pathlib import Path

ID = "ds-" + "0" * 32


def test_that_somebody_asked_is_written_once_in_an_hour(tmp_path: Path) -> None:
    shelf = Shelf(KeptFiles(str(tmp_path), Origins()))
    shelf.use(ID)
    assert shelf.used(ID) > 1
    os.utime(tmp_path / USES / ID, (1, 1))
    shelf.use(ID)
    assert shelf.used(ID) == 1
    Shelf(shelf.files).use(ID)  # another server knows nothing of it
    assert shelf.used(ID) > 1


def test_a_process_remembers_so_many_datasets_that_were_asked_for(tmp_path: Path) -> None:
    known = dict.fromkeys(map(str, range(MOST_USED)), 0.0)
    shelf = Shelf(KeptFiles(str(tmp_path), Origins()), known)
    shelf.use(ID)
    assert list(known) == [ID]
