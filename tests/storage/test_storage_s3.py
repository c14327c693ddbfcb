from __future__ import annotations

import asyncio
import gzip
from typing import TYPE_CHECKING

import pytest
from obstore.exceptions import GenericError
from storage_origin import KEY, SECRET, Origin, Request

from foveate import errors
from foveate.settings import Limits, Origins
from foveate.storage.gates import OF_ONE
from foveate.storage.router import open_origin
from foveate.storage.s3 import S3Origin
from foveate.storage.s3_failures import as_source_errors

if TYPE_CHECKING:
    from pathlib import Path

pytestmark = pytest.mark.anyio


def origins(endpoint: str, **settings: object) -> Origins:
    keys = {"s3_access_key_id": KEY, "s3_secret_access_key": SECRET, "s3_endpoint": endpoint}
    return Origins(**{**keys, **settings})  # type: ignore[arg-type]


@pytest.mark.parametrize("name", ["a.jpg", "with space.jpg", "ü#+&=.jpg", "deep/er/b.jpg"])
async def test_an_object_is_read_by_its_path_under_the_prefix(
    bucket: tuple[str, Path], name: str
) -> None:
    endpoint, folder = bucket
    (folder / "album" / name).parent.mkdir(parents=True, exist_ok=True)
    (folder / "album" / name).write_bytes(b"picture")
    source = S3Origin("pictures", "/album/", origins(endpoint), 100)
    original = await source.read(name)
    assert original.data == b"picture"
    assert await source.version(name) == original.version


async def test_a_router_serves_a_bucket(bucket: tuple[str, Path]) -> None:
    endpoint, folder = bucket
    (folder / "album" / "a.jpg").write_bytes(b"picture")
    settings = origins(endpoint, folder="s3://pictures/album")
    assert (await open_origin(settings, Limits()).read("a.jpg")).data == b"picture"
    settings = origins(endpoint, folder="s3://pictures")
    assert (await open_origin(settings, Limits()).read("album/a.jpg")).data == b"picture"


async def test_the_settings_win_over_variables_of_the_environment(
    bucket: tuple[str, Path], monkeypatch: pytest.MonkeyPatch
) -> None:
    endpoint, folder = bucket
    (folder / "a.jpg").write_bytes(b"picture")
    monkeypatch.setenv("AWS_ENDPOINT_URL_S3", "http://127.0.0.1:1")
    monkeypatch.setenv("AWS_ACCESS_KEY_ID", "somebody-else")
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", "something-else")
    assert (await S3Origin("pictures", "", origins(endpoint), 100).read("a.jpg")).data == b"picture"


async def test_keys_that_are_not_set_come_from_the_environment(
    bucket: tuple[str, Path], monkeypatch: pytest.MonkeyPatch
) -> None:
    endpoint, folder = bucket
    (folder / "a.jpg").write_bytes(b"picture")
    monkeypatch.setenv("AWS_ACCESS_KEY_ID", KEY)
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", SECRET)
    settings = Origins(s3_endpoint=endpoint)
    assert (await S3Origin("pictures", "", settings, 100).read("a.jpg")).data == b"picture"


async def test_the_version_is_known_before_reading_and_kept_for_a_while(
    bucket: tuple[str, Path],
) -> None:
    endpoint, folder = bucket
    file = folder / "versioned.jpg"
    file.write_bytes(b"one")
    patient = S3Origin("pictures", "", origins(endpoint, min_ttl_s=60), 100)
    eager = S3Origin("pictures", "", origins(endpoint, min_ttl_s=0), 100)
    assert patient.version_now("versioned.jpg") is None
    first = await patient.version("versioned.jpg")
    assert first is not None
    assert patient.version_now("versioned.jpg") == first
    assert await eager.version("versioned.jpg") == first
    assert eager.version_now("versioned.jpg") is None
    file.write_bytes(b"three")
    assert await patient.version("versioned.jpg") == first
    assert await eager.version("versioned.jpg") not in {None, first}


async def test_what_is_missing_is_not_found(bucket: tuple[str, Path]) -> None:
    endpoint, _ = bucket
    here = S3Origin("pictures", "", origins(endpoint), 100)
    nowhere = S3Origin("no-such-bucket", "", origins(endpoint), 100)
    for ask in (here.read, here.version, nowhere.read, nowhere.version):
        with pytest.raises(errors.SourceNotFound):
            await ask("missing.jpg")


@pytest.mark.parametrize("key", ["../a.jpg", "a/../../b.jpg", "", "a\\b.jpg", "a\0.jpg", "//a.jpg"])
async def test_no_key_climbs_out_of_the_prefix(bucket: tuple[str, Path], key: str) -> None:
    endpoint, folder = bucket
    (folder / "a.jpg").write_bytes(b"secret")
    source = S3Origin("pictures", "album", origins(endpoint), 100)
    for ask in (source.read, source.version):
        with pytest.raises(errors.SourceNotFound):
            await ask(key)


async def test_a_name_with_a_backslash_is_refused_for_that(bucket: tuple[str, Path]) -> None:
    with pytest.raises(errors.SourceNotFound, match=r"without a backslash, got 'a\\\\b.jpg'"):
        await S3Origin("pictures", "album", origins(bucket[0]), 100).read("a\\b.jpg")


async def test_the_limit_is_exact(bucket: tuple[str, Path]) -> None:
    endpoint, folder = bucket
    (folder / "large.jpg").write_bytes(bytes(1000))
    assert (
        len((await S3Origin("pictures", "", origins(endpoint), 1000).read("large.jpg")).data)
        == 1000
    )
    with pytest.raises(errors.SourceTooLarge, match="at most 999 bytes, got 1000"):
        await S3Origin("pictures", "", origins(endpoint), 999).read("large.jpg")


async def test_a_wrong_secret_is_refused(bucket: tuple[str, Path]) -> None:
    endpoint, folder = bucket
    (folder / "a.jpg").write_bytes(b"picture")
    wrong = {"s3_secret_access_key": SECRET[::-1]}
    source = S3Origin("pictures", "", origins(endpoint, **wrong), 100)
    for ask in (source.read, source.version):
        with pytest.raises(errors.SourceRefused):
            await ask("a.jpg")


async def test_where_there_are_no_credentials_it_is_said_how_to_give_some() -> None:
    asked = "Error performing PUT http://169.254.169.254/latest/api/token in 1ms - 403 Forbidden"
    with pytest.raises(errors.CredentialsMissing) as refusal, as_source_errors("s3://b/in"):
        raise GenericError(f"Generic S3 error: {asked}")
    assert "for s3://b/in, got none: set FOVEATE_ORIGINS__S3_ACCESS_KEY_ID" in str(refusal.value)
    assert "169.254" not in str(refusal.value)


@pytest.mark.parametrize(
    ("status", "error"),
    [
        (400, errors.SourceRefused),
        (401, errors.BucketRefused),
        (403, errors.BucketRefused),
        (429, errors.SourceFailed),
        (500, errors.SourceFailed),
    ],
)
async def test_a_status_of_the_service_is_an_error(status: int, error: type[Exception]) -> None:
    async with Origin() as service:
        service.reply("/pictures/a.jpg", status=status)
        source = S3Origin("pictures", "", origins(service.url("")), 100)
        with pytest.raises(error) as refusal:
            await source.read("a.jpg")
    assert type(refusal.value) is error


@pytest.mark.parametrize(
    ("code", "error", "said"),
    [
        ("ExpiredToken", errors.BucketRefused, "the service refused it"),
        ("RequestTimeTooSkewed", errors.BucketRefused, "the service refused it"),
        ("RequestTimeout", errors.SourceTimeout, "no answer in time"),
        ("KeyTooLongError", errors.SourceRefused, "the service refused it"),
    ],
)
async def test_a_request_that_is_refused_for_our_sake_is_no_fault_of_the_object(
    code: str, error: type[Exception], said: str
) -> None:
    async with Origin() as service:
        body = f"<Error><Code>{code}</Code></Error>".encode()
        service.reply("/pictures/a.jpg", body, status=400)
        with pytest.raises(error) as refusal:
            await S3Origin("pictures", "", origins(service.url("")), 100).read("a.jpg")
    assert (type(refusal.value), str(refusal.value)) == (error, f"a.jpg: {said} ({code})")


async def test_the_service_says_how_long_it_may_be_kept() -> None:
    async with Origin() as service:
        service.reply(
            "/pictures/a.jpg",
            b"picture",
            ETag='"abc"',
            Last_Modified="Sat, 21 Nov 2026 03:00:00 GMT",
            Cache_Control="max-age=600, must-revalidate",
        )
        source = S3Origin("pictures", "", origins(service.url("")), 100)
        original = await source.read("a.jpg")
    assert (original.version, original.lifetime.etag) == ("abc", "abc")
    assert (original.lifetime.max_age_s, original.lifetime.must_revalidate) == (600, True)


async def test_an_object_that_nobody_may_keep_is_not_remembered() -> None:
    async with Origin() as service:
        service.reply(
            "/pictures/a.jpg",
            b"picture",
            ETag='"abc"',
            Last_Modified="Sat, 21 Nov 2026 03:00:00 GMT",
            Cache_Control="no-store",
        )
        source = S3Origin("pictures", "", origins(service.url("")), 100)
        assert (await source.read("a.jpg")).lifetime.private
        assert source.version_now("a.jpg") is None


def kept(service: Origin, body: bytes = b"picture", **headers: str) -> None:
    dated = {"ETag": '"abc"', "Last_Modified": "Sat, 21 Nov 2026 03:00:00 GMT"}
    service.reply("/pictures/a.jpg", body, **dated, **headers)


async def test_an_object_that_was_stored_compressed_is_unpacked() -> None:
    async with Origin() as service:
        kept(service, gzip.compress(b"picture"), Content_Encoding="gzip")
        source = S3Origin("pictures", "", origins(service.url("")), 100)
        assert (await source.read("a.jpg")).data == b"picture"
        kept(service, gzip.compress(bytes(101)), Content_Encoding="gzip")
        with pytest.raises(errors.SourceTooLarge):
            await source.read("a.jpg")


async def test_a_failing_service_is_excused_where_the_object_says_so() -> None:
    async with Origin() as service:
        kept(service, Cache_Control="max-age=0, stale-if-error=60")
        source = S3Origin("pictures", "", origins(service.url(""), min_ttl_s=0), 100)
        await source.read("a.jpg")
        service.reply("/pictures/a.jpg", status=503)
        assert await source.version("a.jpg") == "abc"
        assert source.version_now("a.jpg") == "abc", "it is not asked again at once"


async def test_few_questions_are_with_a_service_at_once() -> None:
    async def hang(_: Request, writer: asyncio.StreamWriter) -> None:
        await asyncio.Event().wait()
        writer.close()

    async with Origin() as service:
        service.routes |= {f"/pictures/{n}.jpg": hang for n in range(20)}
        source = S3Origin("pictures", "", origins(service.url("")), 100)
        asked = [asyncio.ensure_future(source.version(f"{n}.jpg")) for n in range(20)]
        async with asyncio.timeout(5):
            while len(service.requests) < OF_ONE:
                await asyncio.sleep(0.01)
        await asyncio.sleep(0.1)
        assert len(service.requests) == OF_ONE
        for task in asked:
            task.cancel()
        await asyncio.gather(*asked, return_exceptions=True)


async def test_nobody_at_the_endpoint_is_unreachable() -> None:
    async with Origin() as service:
        endpoint = service.url("")
    with pytest.raises(errors.SourceUnreachable, match="no connection to the service"):
        await S3Origin("pictures", "", origins(endpoint), 100).read("a.jpg")


async def test_a_silent_service_is_a_timeout() -> None:
    async with Origin() as service:
        service.raw("/pictures/a.jpg", b"")
        settings = origins(service.url(""), connect_timeout_s=0.1, read_timeout_s=0.1)
        source = S3Origin("pictures", "", settings, 100)
        for ask in (source.read, source.version):
            with pytest.raises(errors.SourceTimeout):
                await asyncio.wait_for(ask("a.jpg"), 2)
