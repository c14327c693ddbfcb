from __future__ import annotations

from foveate.design.drawing.engine import installed

if not installed():
    collect_ignore_glob = ["test_*.py"]
