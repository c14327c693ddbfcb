"""Where datasets lie: a folder for each, and what servers tell one another beside them."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from foveate.configuration.folder import data_folder, named_folder

if TYPE_CHECKING:
    from foveate.settings import Settings

OURS: Final = ".foveate"
"""No dataset is called so."""
ABOUTS: Final = f"{OURS}/abouts"
"""What each dataset is that is there."""
ASKED: Final = f"{OURS}/asked"
"""What each dataset is that somebody asked for and that is not there, and why it failed."""
GOING: Final = f"{OURS}/going"
"""Which are being deleted, until nothing is left of them."""
PARTS: Final = f"{OURS}/parts"
"""The chunks that are finished of those that are not."""
WORK: Final = f"{OURS}/work"
"""Files that are not whole yet."""
PINS: Final = f"{OURS}/pins"
USES: Final = f"{OURS}/uses"
"""When somebody asked for it: the time of a file without content."""


def files_place(settings: Settings) -> str:
    """Return below which folder, or prefix of a bucket, datasets are. Raises BadSettings."""
    written = settings.datasets.folder
    if "://" in written:
        return written.rstrip("/")
    usual = data_folder("datasets.folder") / "datasets"
    return str(named_folder("datasets.folder", written) if written else usual)
