"""Amazon Rekognition's API for pictures, answered by the same verbs as `/v1`.

Its shapes are those of the API reference of Amazon Rekognition, version 2016-06-27, in AWS JSON
1.1; who asks is told by Signature Version 4.
"""

from __future__ import annotations

from foveate.server.rekognition.app import PREFIX, create_app

__all__ = ["PREFIX", "create_app"]
