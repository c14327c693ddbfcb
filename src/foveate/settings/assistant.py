"""The assistant: which language model edits designs, and what that may take."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final, Literal

from msgspec import Meta

from foveate.configuration.table import setting
from foveate.settings.costs import AMOUNT
from foveate.settings.kinds import ENDPOINT, SECONDS

Structured = Literal["auto", "json_schema", "grammar", "off"]
"""How an endpoint is held to answer with a design and nothing else."""
TOKENS: Final = Meta(ge=64, le=1_000_000)


@dataclass(frozen=True, slots=True, kw_only=True)
class Assistant:
    """A language model for requests that rules do not understand. Without one, rules alone."""

    base_url: str = setting(
        "",
        "Ask the language model at this address, which speaks OpenAI's chat completions: "
        "`http://localhost:11434/v1` of Ollama, a vLLM, llama.cpp or a hosted one; nothing else is "
        "called. Empty is none.",
        ENDPOINT,
    )
    model: str = setting("", "The name that the model has there.")
    key: str = setting("", "The key of that address; empty where it needs none.", secret=True)
    timeout_s: float = setting(120.0, "An edit, with all its tries, may take this long.", SECONDS)
    most_tokens: int = setting(8192, "An answer may have this many tokens.", TOKENS)
    tries: int = setting(
        3,
        "Ask so often for one edit: what was wrong with an answer is told to the model.",
        Meta(ge=1, le=10),
    )
    structured: Structured = setting(
        "auto",
        "Hold the model to a form: `json_schema` or `grammar` (GBNF, llama.cpp) where the address "
        "has it, `off` asks in words alone; `auto` tries the first and goes on without where it is "
        "refused.",
    )
    only_chooses: bool = setting(
        default=False,
        about="Ask the model for nothing but a choice: where plain words may mean several things, "
        "which of them; it proposes no designs.",
    )
    vision: bool = setting(
        default=False, about="The model sees pictures: show it a thumbnail of the design."
    )
    price_in: float = setting(
        0.0, "What a million tokens that are sent cost, in `costs.currency`.", AMOUNT
    )
    price_out: float = setting(
        0.0, "What a million tokens that are answered cost, in `costs.currency`.", AMOUNT
    )
    budget_day: float = setting(
        0.0,
        "What one key may spend on the model in a day (UTC), in `costs.currency`; beyond it the "
        "answer is 429. 0 is no budget.",
        AMOUNT,
    )
