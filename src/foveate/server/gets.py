"""Routes that answer HEAD as well as GET."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, TypeVar

if TYPE_CHECKING:
    from collections.abc import Callable

    from fastapi import FastAPI

T = TypeVar("T", bound="Callable[..., Any]")


def gets(api: FastAPI, path: str, docs: dict[str, Any]) -> Callable[[T], T]:
    """Let a route answer HEAD as it answers GET, of which alone the document tells."""

    def add_both(answer: T) -> T:
        api.head(path, include_in_schema=False)(answer)
        api.get(path, **docs)(answer)
        return answer

    return add_both
