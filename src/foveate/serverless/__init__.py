"""The service as one function: `foveate.serverless.handler`, for AWS Lambda and what calls alike.

Requests over HTTP are answered as the server answers them; objects that a bucket tells of become
renditions in another one. What is imported here is imported while the platform starts the function.
"""

from __future__ import annotations

from functools import lru_cache
from typing import Any

from foveate.app import create
from foveate.options.in_settings import load
from foveate.serverless.function import Function, left_s_of

__all__ = ["handler"]


def handler(event: object, context: object = None) -> dict[str, Any]:
    """Return what the platform makes an answer of. Raises for what is to be tried again."""
    return _function()(event, left_s_of(context))


@lru_cache(maxsize=1)
def _function() -> Function:
    return Function(create(load()))
