"""What is asked of an endpoint beside the messages, and what some endpoints do not know of it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

if TYPE_CHECKING:
    from collections.abc import Collection, Mapping

    from foveate.design.assistant.told import Form
    from foveate.errors import AssistantRefused
    from foveate.settings import Assistant

NOT_UNDERSTOOD: Final = frozenset({400, 404, 415, 422, 501})
"""Statuses of what an endpoint does not know; 404 is of models as well, and is asked once more."""
SCHEMA: Final = "response_format"
GRAMMAR: Final = "grammar"
WORDS: Final = (
    (SCHEMA, ("response_format", "json_schema", "structured", "schema")),
    (GRAMMAR, ("grammar", "gbnf")),
    ("stream_options", ("stream_options", "include_usage")),
    ("max_tokens", ("max_tokens", "max_completion_tokens")),
    ("temperature", ("temperature",)),
)
"""What may be left out, and the words with which endpoints complain of it."""


def arguments(settings: Assistant, form: Form, without: Collection[str]) -> dict[str, Any]:
    """Return what the client is called with, without what the endpoint does not know."""
    said: dict[str, Any] = {
        "model": settings.model,
        "stream": True,
        "stream_options": {"include_usage": True},
        "max_tokens": settings.most_tokens,
        "temperature": 0.0,
        **_form(settings, form),
    }
    if "max_tokens" in without:
        said["max_completion_tokens"] = settings.most_tokens
    if GRAMMAR in without:
        said.pop("extra_body", None)
    return {name: value for name, value in said.items() if name not in without}


def _form(settings: Assistant, form: Form) -> dict[str, Any]:
    if settings.structured == "grammar" and form.grammar:
        return {"extra_body": {"grammar": form.grammar}}
    if settings.structured in {"auto", "json_schema"} and form.schema:
        schema = {"name": "design", "strict": True, "schema": form.schema}
        return {"response_format": {"type": "json_schema", "json_schema": schema}}
    return {}


def unknown(why: AssistantRefused, body: Mapping[str, Any]) -> str:
    """Return what of a request was refused, by the words of the refusal; empty where unknown."""
    if why.status not in NOT_UNDERSTOOD:
        return ""
    words = str(why).lower()
    there = {*body} | {*body.get("extra_body", {})}
    for name, complaints in WORDS:
        if name in there and any(complaint in words for complaint in complaints):
            return name
    return ""
