"""SVGs that try to reach outside, and a server that notices when they succeed."""

from __future__ import annotations

import threading
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, HTTPServer
from typing import TYPE_CHECKING, Final

from servers import HOST

if TYPE_CHECKING:
    from collections.abc import Iterator

_OPEN: Final = (
    '<svg xmlns="http://www.w3.org/2000/svg" xmlns:xlink="http://www.w3.org/1999/xlink" '
    'width="80" height="80">'
)
_BODIES: Final = {
    "image": '<image xlink:href="{url}/image.png" width="80" height="80"/>',
    "href": '<image href="{url}/href.png" width="80" height="80"/>',
    "use": '<use xlink:href="{url}/use.svg#a"/>',
    "css": '<style>@import url("{url}/css.css");</style><rect width="80" height="80"/>',
    "fill": '<rect width="80" height="80" style="fill:url({url}/fill.svg#a)"/>',
    "font": '<style>@font-face {{font-family:a;src:url("{url}/font.ttf")}}</style>'
    '<text y="40" font-family="a">a</text>',
    "script": '<script xlink:href="{url}/script.js"/><script>fetch("{url}/fetched")</script>',
    "object": '<foreignObject width="80" height="80"><img xmlns="http://www.w3.org/1999/xhtml" '
    'src="{url}/object.png"/></foreignObject>',
    "load": '<rect width="80" height="80" onload="fetch(\'{url}/load\')"/>',
}
_ENTITY: Final = '<!DOCTYPE svg [<!ENTITY a SYSTEM "{url}/entity">]>' + _OPEN + "<text>&a;</text>"
_STYLESHEET: Final = '<?xml-stylesheet href="{url}/sheet.css" type="text/css"?>' + _OPEN


class Canary(HTTPServer):
    """Counts the requests that reach it."""

    calls = 0

    @property
    def url(self) -> str:
        """Return where it listens."""
        return f"http://{HOST}:{self.server_address[1]}"


class _Sing(BaseHTTPRequestHandler):
    def do_GET(self) -> None:
        """Count, and answer nothing of use."""
        if isinstance(self.server, Canary):
            self.server.calls += 1
        self.send_error(404)

    def log_message(self, *_: object) -> None:
        """Say nothing: the count is enough."""


@contextmanager
def listening() -> Iterator[Canary]:
    """Yield a canary that listens on loopback."""
    bird = Canary((HOST, 0), _Sing)
    thread = threading.Thread(target=bird.serve_forever, daemon=True)
    thread.start()
    try:
        yield bird
    finally:
        bird.shutdown()
        bird.server_close()
        thread.join()


def svgs(url: str) -> Iterator[tuple[str, str]]:
    """Yield file names and SVGs, each with its own way of asking `url` for something."""
    for name, body in _BODIES.items():
        yield f"{name}.svg", _OPEN + body.format(url=url) + "</svg>"
    yield "entity.svg", _ENTITY.format(url=url) + "</svg>"
    yield "stylesheet.svg", _STYLESHEET.format(url=url) + "<rect width='80' height='80'/></svg>"
