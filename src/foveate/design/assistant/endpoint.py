"""A language model at an address that speaks OpenAI's chat completions.

Hosted ones do, and vLLM, Ollama and llama.cpp. Its address is the operator's own, so it may be a
private one; but it is asked alone: redirects are not followed, since the key would go along.
"""

from __future__ import annotations

import base64
import importlib
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Final

from foveate.design.assistant.quirks import arguments, unknown
from foveate.design.assistant.scan import MOST
from foveate.design.assistant.told import (
    FREE,
    Answer,
    Form,
    Message,
    Price,
    Usage,
    reckoned,
    told_usage,
)
from foveate.errors import (
    AssistantAway,
    AssistantRefused,
    BadInstallation,
    BadSettings,
    BadUrl,
    UnsupportedOption,
)
from foveate.storage.policy import parse_url
from foveate.trace import current

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Sequence

    from foveate.settings import Assistant

CURE: Final = "pip install 'foveate[design]'"
COUNTS: Final = ("prompt_tokens", "completion_tokens")
SPAN: Final = "ask-model"
UNSET: Final = (
    "Expected a language model for this, got none: set FOVEATE_ASSISTANT__BASE_URL and "
    "FOVEATE_ASSISTANT__MODEL."
)


@dataclass(slots=True)
class Heard:
    """What came so far."""

    parts: list[str] = field(default_factory=list)
    calls: list[str] = field(default_factory=list)
    """Arguments of tools that the model called in place of answering."""
    size: int = 0
    cut: bool = False
    usage: Usage | None = None

    def take(self, chunk: Any) -> str:  # noqa: ANN401 - of the client's
        """Take one chunk in, and return its words."""
        if (usage := getattr(chunk, "usage", None)) is not None:
            counts = (getattr(usage, name, None) for name in COUNTS)
            self.usage = told_usage(*counts)
        if not chunk.choices:
            return ""
        choice = chunk.choices[0]
        self.cut |= choice.finish_reason == "length"
        delta = choice.delta
        words = _text(delta.content) if delta else ""
        self.parts.append(words)
        called = (delta.tool_calls if delta else None) or ()
        self.calls += [_text(each.function.arguments) for each in called if each.function]
        self.size += len(words) + sum(map(len, self.calls[-len(called) :] if called else ()))
        return words

    @property
    def text(self) -> str:
        """Return all of it."""
        return "".join(self.parts) or "".join(self.calls)


def _text(said: object) -> str:
    """Return what is said in words: some tell of thoughts in lists, or say something else."""
    return said if isinstance(said, str) else ""


class Endpoint:
    """The model that the settings name. Used on one event loop, between its opening and its end."""

    def __init__(self, settings: Assistant) -> None:
        """Take the settings. Raises UnsupportedOption for none, BadSettings, BadInstallation."""
        if not (settings.base_url and settings.model):
            raise UnsupportedOption(UNSET)
        try:
            self._target = parse_url(settings.base_url)
        except BadUrl as why:
            raise BadSettings(f"assistant.base_url: {why}") from why
        self._settings = settings
        self._without: frozenset[str] = frozenset()
        """What this address has refused, and is asked no more."""
        self._library = _library()

    @property
    def name(self) -> str:
        """Return what the model is called."""
        return self._settings.model

    @property
    def sees(self) -> bool:
        """Return whether it can be shown pictures."""
        return self._settings.vision

    @property
    def price(self) -> Price:
        """Return what its tokens cost."""
        return Price(self._settings.price_in, self._settings.price_out)

    @property
    def most_tokens(self) -> int:
        """Return how many tokens an answer may have."""
        return self._settings.most_tokens

    async def ask(self, said: Sequence[Message], form: Form = FREE) -> AsyncIterator[str | Answer]:
        """Give the answer piece by piece, and all of it at the end.

        Raises AssistantAway, and AssistantRefused.
        """
        trace, heard = current(), Heard()
        with trace.waiting(SPAN) as span:
            try:
                async with self._stream(said, form) as stream:
                    async for chunk in stream:
                        if words := heard.take(chunk):
                            yield words
                        if heard.size > MOST:
                            heard.cut = True
                            break
            finally:
                usage = self._usage(said, heard)
                span.bytes = heard.size
                trace.pay(usage.tokens_in, usage.tokens_out, self.price.of(usage))
        if not heard.text and heard.usage is None:
            raise AssistantAway("Expected an answer of the language model, got nothing.")
        yield Answer(heard.text, usage, heard.cut, counted=heard.usage is not None)

    def _usage(self, said: Sequence[Message], heard: Heard) -> Usage:
        """Return what was told of tokens, or what must be expected; nothing of no answer.

        It is money: what cannot be so many tokens is not believed.
        """
        if heard.usage is not None:
            return heard.usage
        return reckoned(said, heard.text)

    @asynccontextmanager
    async def _stream(self, said: Sequence[Message], form: Form) -> AsyncIterator[Any]:
        """Give the answer as it comes."""
        settings, where = self._settings, self._target.authority
        async with self._library.client(self._target, settings.key, settings.timeout_s) as client:
            with self._library.as_ours(where, settings.key):
                async with await self._begun(client, said, form) as stream:
                    yield stream

    async def _begun(self, client: Any, said: Sequence[Message], form: Form) -> Any:  # noqa: ANN401
        """Return an answer that has begun; what the address does not know is left out from then on.

        Raises AssistantRefused.
        """
        messages = [_spoken(each) for each in said]
        while True:
            body = arguments(self._settings, form, self._without)
            try:
                with self._library.as_ours(self._target.authority, self._settings.key):
                    return await client.chat.completions.create(messages=messages, **body)
            except AssistantRefused as why:
                lacking = unknown(why, body)
                if not lacking:
                    raise
                self._without |= {lacking}


def _spoken(message: Message) -> dict[str, Any]:
    if not message.picture:
        return {"role": message.who, "content": message.text}
    shown = base64.b64encode(message.picture).decode()
    parts = [
        {"type": "text", "text": message.text},
        {"type": "image_url", "image_url": {"url": f"data:image/png;base64,{shown}"}},
    ]
    return {"role": message.who, "content": parts}


def _library() -> Any:  # noqa: ANN401
    """Return the client's module. Raises BadInstallation."""
    try:
        return importlib.import_module("foveate.design.assistant.client")
    except ImportError as why:
        sentence = f"Expected openai, to ask a language model, got none: {CURE}."
        raise BadInstallation(sentence, public=sentence) from why
