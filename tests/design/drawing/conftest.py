from __future__ import annotations

import pytest
from drawings import need_fonts

from foveate.design.drawing.engine import installed
from foveate.design.drawing.typefaces import Typefaces
from foveate.design.fonts.shelf import shelf
from foveate.settings import load

if not installed():
    collect_ignore_glob = ["test_*.py"]


@pytest.fixture(scope="session")
def typefaces() -> Typefaces:
    """The fonts of cards, where they are here."""
    need_fonts(
        *("inter-400", "inter-700", "lora-400", "heebo-700", "noto-arabic-400"),
        *("bebas-neue-400", "noto-emoji-400", "noto-sans-cjk", "playfair-400"),
    )
    return Typefaces(shelf(load().models))
