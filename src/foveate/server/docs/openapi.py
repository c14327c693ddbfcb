"""The page about the routes, made of the OpenAPI document."""

from __future__ import annotations

import json
import re
from html import escape
from typing import TYPE_CHECKING, Any, Final

from foveate.server.docs.addresses import API
from foveate.server.docs.markdown import Document, Section

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

TITLE: Final = "HTTP API"
_CODE: Final = re.compile(r"`([^`]+)`")


def page(openapi: Mapping[str, Any]) -> Document:
    """Return the page for an OpenAPI document."""
    about = "".join(
        f"<p>{prose(part)}</p>" for part in openapi["info"]["description"].split("\n\n")
    )
    link = '<p><a href="openapi.json">openapi.json</a> is the same for programs.</p>'
    head = f'<h1 id="http-api">{TITLE}</h1>{about}{link}'
    body = "".join(_tag(openapi, tag) for tag in openapi["tags"])
    sections = (Section("http-api", TITLE, 1, openapi["info"]["description"]), *_sections(openapi))
    return Document(API, TITLE, head + body, sections)


def prose(text: str) -> str:
    """Return a sentence with its code marked, as HTML."""
    return _CODE.sub(r"<code>\1</code>", escape(text, quote=False))


def _named(name: str) -> str:
    return re.sub(r"\W+", "-", name.lower()).strip("-")


def _routes(
    openapi: Mapping[str, Any], tag: Mapping[str, Any]
) -> Iterator[tuple[str, str, Mapping[str, Any]]]:
    for path, methods in openapi["paths"].items():
        for method, route in methods.items():
            if tag["name"] in route.get("tags", ()):
                yield method.upper(), path, route


def _sections(openapi: Mapping[str, Any]) -> Iterator[Section]:
    for tag in openapi["tags"]:
        yield Section(_named(tag["name"]), tag["name"], 2, tag["description"])
        for method, path, route in _routes(openapi, tag):
            text = f"{route['summary']}. {route.get('description', '')}"
            yield Section(_named(f"{method} {path}"), f"{method} {path}", 0, text)


def _tag(openapi: Mapping[str, Any], tag: Mapping[str, Any]) -> str:
    head = f'<h2 id="{_named(tag["name"])}">{escape(tag["name"])}</h2>'
    routes = "".join(_route(*route) for route in _routes(openapi, tag))
    return f"{head}<p>{prose(tag['description'])}</p>{routes}"


def _route(method: str, path: str, route: Mapping[str, Any]) -> str:
    title = f"<b>{escape(method)}</b> <code>{escape(path)}</code>"
    parts = [f"<summary>{title} <span>{prose(route['summary'])}</span></summary>"]
    if about := route.get("description"):
        parts.append(f"<p>{prose(about)}</p>")
    if parameters := route.get("parameters"):
        parts.append(_parameters(parameters))
    if body := route.get("requestBody"):
        kinds = ", ".join(f"<code>{escape(kind)}</code>" for kind in body["content"])
        parts.append(f"<p><b>Body</b> {kinds}. {prose(body.get('description', ''))}</p>")
    parts += _examples(route)
    return f'<details class="route" id="{_named(f"{method} {path}")}">{"".join(parts)}</details>\n'


def _parameters(parameters: list[Mapping[str, Any]]) -> str:
    rows = (
        f"<tr><td><code>{escape(each['name'])}</code></td><td>{escape(each['in'])}</td>"
        f"<td>{prose(each.get('description', ''))}</td></tr>"
        for each in parameters
    )
    return f"<table>{''.join(rows)}</table>"


def _examples(route: Mapping[str, Any]) -> Iterator[str]:
    for status, answer in route["responses"].items():
        for kind, content in answer.get("content", {}).items():
            if "example" in content:
                shown = escape(json.dumps(content["example"], indent=1), quote=False)
                yield (
                    f"<p><b>{escape(status)}</b> <code>{escape(kind)}</code></p>"
                    f'<div class="code"><pre tabindex="0"><code>{shown}</code></pre></div>'
                )
