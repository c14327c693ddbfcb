"""Who is let in by a replica."""

from __future__ import annotations

import pytest

from foveate.app import create
from foveate.cluster.serve_call import refusal
from foveate.remote.methods import ANALYZE, SEARCH
from foveate.rpc.guard import allowed_by
from foveate.settings import Rpc, Settings

pytest.importorskip("grpc")
BEARER = "Bearer a token"


@pytest.mark.parametrize("path", [ANALYZE.path, SEARCH.path])
def test_without_a_token_nobody_is_let_in_whoever_switched_grpc_on(path: str) -> None:
    may = allowed_by(create(Settings()))
    for header in ("", BEARER):
        reply = refusal(may, path, header)
        assert reply is not None
        assert reply.code == "UNAUTHENTICATED"
        assert "FOVEATE_RPC__TOKEN" in reply.details


def test_with_a_token_whoever_has_it_is_let_in() -> None:
    may = allowed_by(create(Settings(rpc=Rpc(token="a token"))))  # noqa: S106
    assert refusal(may, ANALYZE.path, BEARER) is None
    assert refusal(may, ANALYZE.path, "") is not None
