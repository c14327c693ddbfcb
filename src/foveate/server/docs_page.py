"""`/docs` as one self-contained page: made from OpenAPI and the table of options, no CDN."""

from __future__ import annotations

import json
import re
from html import escape
from importlib.resources import files
from typing import TYPE_CHECKING, Any, Final

from foveate.options.table import OPTIONS

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from foveate.options.option import Option

PAGE_POLICY: Final = (
    "default-src 'none'; img-src 'self' blob: data:; style-src 'unsafe-inline'; "
    "script-src 'unsafe-inline'; connect-src 'self'; base-uri 'none'; form-action 'none'"
)
_CODE: Final = re.compile(r"`([^`]+)`")
_SLOT: Final = re.compile(r"\{\{(\w+)\}\}")
TRY_OPTIONS: Final = "width=400,height=400,fit=cover,gravity=face,zoom=0.5,format=auto"
COLUMNS: Final = ("", "Values", "Default", "")
"""What a narrow page writes before a cell, whose heading it has no room for."""


def docs_page(openapi: Mapping[str, Any], source: str = "") -> str:
    """Return the page for an OpenAPI document, as HTML; `source` is offered to be tried."""
    info = openapi["info"]
    slots = {
        "title": escape(info["title"]),
        "version": escape(info["version"]),
        "summary": escape(info.get("summary", "")),
        "about": "".join(f"<p>{_prose(part)}</p>" for part in info["description"].split("\n\n")),
        "try_options": escape(TRY_OPTIONS),
        "try_source": escape(source),
        "options": "".join(map(_option_row, OPTIONS)),
        "routes": "".join(_sections(openapi)),
    }
    page = files("foveate.server").joinpath("docs.html").read_text("utf-8")
    return _SLOT.sub(lambda slot: slots[slot[1]], page)


def _prose(text: str) -> str:
    return _CODE.sub(r"<code>\1</code>", escape(text, quote=False))


def _option_row(row: Option) -> str:
    names = " ".join(f"<code>{escape(name)}</code>" for name in (row.name, *row.aliases))
    cells = (names, _prose(row.values), _prose(row.default), _prose(row.help))
    marked = (
        f'<td data-is="{name}">{cell}</td>' if name and cell else f"<td>{cell}</td>"
        for name, cell in zip(COLUMNS, cells, strict=True)
    )
    return f"<tr>{''.join(marked)}</tr>\n"


def _sections(openapi: Mapping[str, Any]) -> Iterator[str]:
    for tag in openapi["tags"]:
        yield f"<h3>{escape(tag['name'])}</h3><p>{_prose(tag['description'])}</p>"
        for path, methods in openapi["paths"].items():
            for method, route in methods.items():
                if tag["name"] in route.get("tags", ()):
                    yield _route(method, path, route)


def _route(method: str, path: str, route: Mapping[str, Any]) -> str:
    title = f'<b class="{escape(method)}">{escape(method.upper())}</b> <code>{escape(path)}</code>'
    parts = [f"<summary>{title} <span>{_prose(route['summary'])}</span></summary>"]
    if about := route.get("description"):
        parts.append(f"<p>{_prose(about)}</p>")
    if parameters := route.get("parameters"):
        parts.append(_parameters(parameters))
    if body := route.get("requestBody"):
        kinds = ", ".join(f"<code>{escape(kind)}</code>" for kind in body["content"])
        parts.append(f"<p><b>Body</b> {kinds}. {_prose(body.get('description', ''))}</p>")
    parts += _examples(route)
    return f"<details>{''.join(parts)}</details>\n"


def _parameters(parameters: list[Mapping[str, Any]]) -> str:
    rows = (
        f"<tr><td><code>{escape(p['name'])}</code></td><td>{escape(p['in'])}</td>"
        f"<td>{_prose(p.get('description', ''))}</td></tr>"
        for p in parameters
    )
    return f"<table>{''.join(rows)}</table>"


def _examples(route: Mapping[str, Any]) -> Iterator[str]:
    for status, answer in route["responses"].items():
        for kind, content in answer.get("content", {}).items():
            if "example" in content:
                shown = json.dumps(content["example"], indent=1)
                yield (
                    f"<p><b>{escape(status)}</b> <code>{escape(kind)}</code></p>"
                    f"<pre>{escape(shown)}</pre>"
                )
