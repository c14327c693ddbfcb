"""smartcrop.py with Pillow as its README shows it, behind the least HTTP server there is.

GET /FILE?w=400&h=400 answers the picture; &share=0.5 looks for a crop half as large as can be,
&box=1 answers where it lies.
"""

from __future__ import annotations

import io
import json
import sys
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from urllib.parse import parse_qs, urlsplit

import smartcrop
from PIL import Image

FOLDER, PORT = Path(sys.argv[1]), int(sys.argv[2])


class Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"

    def do_GET(self) -> None:
        url = urlsplit(self.path)
        asked = {name: values[0] for name, values in parse_qs(url.query).items()}
        path = FOLDER / Path(url.path).name
        if not path.is_file():
            return self._answer(404, "text/plain", b"no such file")
        width, height = int(asked.get("w", 400)), int(asked.get("h", 400))
        photo, share = Image.open(path).convert("RGB"), float(asked.get("share", 1))
        found = smartcrop.SmartCrop().crop(photo, width, height, min_scale=share, max_scale=share)
        box = found["top_crop"]
        if "box" in asked:
            return self._answer(200, "application/json", json.dumps(box).encode())
        edges = (box["x"], box["y"], box["x"] + box["width"], box["y"] + box["height"])
        small = photo.crop(edges).resize((width, height), Image.Resampling.LANCZOS)
        body = io.BytesIO()
        small.save(body, "JPEG", quality=80)
        return self._answer(200, "image/jpeg", body.getvalue())

    def _answer(self, status: int, kind: str, body: bytes) -> None:
        self.send_response(status)
        self.send_header("Content-Type", kind)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_: object) -> None:
        """Say nothing: a log costs time."""


ThreadingHTTPServer(("127.0.0.1", PORT), Handler).serve_forever()
