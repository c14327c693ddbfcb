"""The client of language models, kept to one address, few headers, and so many bytes.

It reads further addresses, headers and proxies from the environment, and tells about the machine in
headers of its own: none of that leaves here. What it raises is said in errors of ours.
"""

from __future__ import annotations

import re
import time
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any, Final

import httpx2
import openai

from foveate.errors import AssistantAway, AssistantRefused
from foveate.http_dates import again_s

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Iterator

    from foveate.storage.policy import OriginUrl

HEADERS: Final = ("accept", "content-length", "content-type", "host", "transfer-encoding")
"""Of what the client sends; the others are ours."""
AGENT: Final = "foveate"
MOST_BYTES: Final = 64 * 1024 * 1024
"""Of an answer as it comes, a few hundred for each piece."""


MOST_EVENT_BYTES: Final = 4 * 1024 * 1024
"""Until one of its pieces is over: it is held in memory."""
END: Final = re.compile(rb"\n\r?\n|\r\r")
"""Of a piece."""
LONGEST_END: Final = 3
BUSY: Final = frozenset({408, 409, 425, 429})
"""Of the statuses that say no, those that say: not now."""
FAILED: Final = 500
MOST_WORDS: Final = 300
NO_KEY: Final = "none"
"""For addresses without: the client wants one, and it is not sent."""


class Bounded(httpx2.AsyncByteStream):
    """A body that fails when it does not end."""

    def __init__(self, inner: httpx2.AsyncByteStream, most: int) -> None:
        self._inner = inner
        self._most = most

    async def __aiter__(self) -> AsyncIterator[bytes]:
        size, since, last = 0, 0, b""
        async for part in self._inner:
            size += len(part)
            last = last[-LONGEST_END:] + part
            since = len(part) if END.search(last) else since + len(part)
            if since > MOST_EVENT_BYTES:
                told = f"expected at most {MOST_EVENT_BYTES} bytes in a piece, got more"
                raise httpx2.ReadError(told)
            if size > self._most:
                raise httpx2.ReadError(f"expected at most {self._most} bytes, got more")
            yield part

    async def aclose(self) -> None:
        """Close it."""
        await self._inner.aclose()


class Walled(httpx2.AsyncBaseTransport):
    """Sends to that address alone, and follows no proxy."""

    def __init__(self, target: OriginUrl, key: str, *, most: int = MOST_BYTES) -> None:
        self._target = target
        self._key = key
        self._most = most
        self._inner = httpx2.AsyncHTTPTransport(trust_env=False, retries=0)

    async def handle_async_request(self, request: httpx2.Request) -> httpx2.Response:
        """Return what is answered. Raises httpx2.TransportError, and for another address."""
        url = request.url
        port = url.port or {"http": 80, "https": 443}.get(url.scheme)
        there = (url.scheme, url.host, port)
        if there != (self._target.scheme, self._target.host, self._target.port):
            raise httpx2.ConnectError(f"expected {self._target.authority}, got {url.host}")
        request.headers = self._headers(request.headers)
        response = await self._inner.handle_async_request(request)
        if response.headers.get("content-encoding", "identity") != "identity":
            await response.aclose()
            raise httpx2.RemoteProtocolError("expected an answer that is not compressed")
        if isinstance(response.stream, httpx2.AsyncByteStream):
            response.stream = Bounded(response.stream, self._most)
        return response

    def _headers(self, given: httpx2.Headers) -> httpx2.Headers:
        kept = {name: given[name] for name in HEADERS if name in given}
        kept |= {"user-agent": AGENT, "accept-encoding": "identity"}
        if self._key:
            kept["authorization"] = f"Bearer {self._key}"
        return httpx2.Headers(kept)

    async def aclose(self) -> None:
        """Close connections."""
        await self._inner.aclose()


def client(target: OriginUrl, key: str, timeout_s: float) -> openai.AsyncOpenAI:
    """Return a client of that address; to be closed."""
    return openai.AsyncOpenAI(
        base_url=str(target).rstrip("/"),
        api_key=key or NO_KEY,
        http_client=httpx2.AsyncClient(
            transport=Walled(target, key), trust_env=False, follow_redirects=False
        ),
        max_retries=0,
        timeout=timeout_s,
    )


@contextmanager
def as_ours(where: str, key: str) -> Iterator[None]:
    """Raise what goes wrong inside as AssistantAway or AssistantRefused, never with the key."""
    try:
        yield
    except openai.APIStatusError as why:
        raise _of_status(why, where, _words(why, key)) from None
    except (openai.APITimeoutError, httpx2.TimeoutException, TimeoutError) as why:
        told = f"{where}: expected an answer of the language model in time, got none."
        raise AssistantAway(told) from why
    except (openai.OpenAIError, httpx2.HTTPError, httpx2.StreamError, OSError) as why:
        cause = why.__cause__ or why
        told = (
            f"{where}: the language model broke off: {type(cause).__name__}: {_words(cause, key)}"
        )
        raise AssistantAway(told) from why
    except (
        ValueError,
        TypeError,
        AttributeError,
        LookupError,
        ArithmeticError,
        RecursionError,
    ) as why:
        told = f"{where}: expected chat completions, got what is none: {_words(why, key)}"
        raise AssistantAway(told) from why


def _of_status(
    why: openai.APIStatusError, where: str, words: str
) -> AssistantAway | AssistantRefused:
    status = why.status_code
    told = f"{where} answered {status}: {words}"
    if status in BUSY or status >= FAILED:
        later = again_s(why.response.headers.get("retry-after", ""), time.time())
        return AssistantAway(told, again_s=later)
    return AssistantRefused(told, status=status)


def _words(why: BaseException, key: str) -> str:
    """Return what was said, without the key, which some addresses repeat."""
    body: Any = getattr(why, "body", None)
    said = body.get("message") if isinstance(body, dict) else None
    words = str(said or why).replace(key, "***") if key else str(said or why)
    return " ".join(words.split())[:MOST_WORDS]
