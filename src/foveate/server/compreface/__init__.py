"""CompreFace's REST API, answered by the face index.

Its shapes are those of docs/Rest-API-description.md in exadel-inc/CompreFace, version 1.2.
"""

from __future__ import annotations

from foveate.server.compreface.app import PREFIX, create_app

__all__ = ["PREFIX", "create_app"]
