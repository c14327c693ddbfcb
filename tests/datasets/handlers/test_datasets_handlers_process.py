"""A handler may do what it likes in its process: it is contained, and the reason is told."""

from __future__ import annotations

import os
import re
import shutil
import signal
import socket
import subprocess
import sys
import threading
import time
from dataclasses import replace
from functools import partial
from hashlib import sha256
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
from handler_stand import InMemory, a_sample, placed, prepared

from foveate.datasets.handlers import runner
from foveate.datasets.handlers.limits import Limits
from foveate.datasets.handlers.process import PREFIX, HandlerProcess, in_environment
from foveate.datasets.unchanged import Unchanged
from foveate.errors import BadConfiguration, HandlerFailed, RawChanged, SourceTimeout
from foveate.imaging import Image
from foveate.settings.kinds import MIB

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    Starts = Callable[..., HandlerProcess]

pytestmark = pytest.mark.skipif(sys.platform != "linux", reason="elsewhere nothing is contained")

GENTLE = """
import random, struct, zlib
SCHEMA = {"type": "object", "properties": {"copies": {"type": "integer"}}}
VERSION = "1.0"


class TooMany(Exception):
    refuses_configuration = True


def select(samples, pictures, config, seed):
    if config["copies"] > 9:
        raise TooMany("config.copies: expected at most 9.")
    for sample in samples[::-1]:
        if pictures[sample["source"]] != b"other":
            yield sample | {"split": "train"}


def prepare(sample, pictures, config, seed):
    print("said on standard output")
    for number in range(config["copies"]):
        chance = random.Random(f"{seed} {sample['key']} {number}").random()
        data = png(pictures[sample["source"]] + b" " + str(chance).encode())
        order = "".join({"a", "b", "c", "d", "e"}).encode()
        yield {"ext": "png", "size": [1, 1], "data": data, "targets": {"matte.png": png(order)}}


def png(told):
    # A pixel, with words in it.
    head = struct.pack(">IIBBBBB", 1, 1, 8, 0, 0, 0, 0)
    parts = {b"IHDR": head, b"teXt": told, b"IDAT": zlib.compress(b"\\0\\0"), b"IEND": b""}
    chunks = [
        len(body).to_bytes(4, "big") + name + body + zlib.crc32(name + body).to_bytes(4, "big")
        for name, body in parts.items()
    ]
    return b"\\x89PNG\\r\\n\\x1a\\n" + b"".join(chunks)
"""

HOSTILE = """
import fcntl, os, socket, struct, subprocess, sys, threading, time, zlib
SCHEMA = {}
NO_ID = 2**30  # of no segment and no queue


def loops():
    while True:
        pass


def swells():
    held = bytearray(10 * 2**30)


def swells_shared():
    import mmap
    held = mmap.mmap(-1, 10 * 2**30)
    for at in range(0, len(held), 4096):
        held[at] = 1


def unzips():
    kept = []
    data = zlib.compress(bytes(4 * 2**20))
    while True:
        kept.append(zlib.decompress(data))


def fills():
    for number in range(10_000):
        with open(f"{number}", "wb") as file:
            file.write(bytes(2**20))
            file.flush()
            time.sleep(0.002)


def fills_unnamed():
    held = []
    for number in range(200):
        held.append(open("there", "wb"))
        os.unlink("there")
        held[-1].write(bytes(2**20))
        held[-1].flush()
    time.sleep(60)


def nests():
    for _ in range(1200):
        os.mkdir("d")
        os.chdir("d")
    time.sleep(0.3)
    fills()


def hides():
    os.mkdir("d", 0o300)
    file = open("d/there", "wb")
    while True:
        file.write(b"x" * 65536)


def writes_elsewhere():
    open(os.environ["ELSEWHERE"], "w").write("was here")


def reads_secrets():
    print(open("/etc/passwd").read(), file=sys.stderr)


def reads_parent():
    print(open(f"/proc/{os.getppid()}/environ").read(), file=sys.stderr)


def calls():
    socket.create_connection(("127.0.0.1", int(os.environ["PORT"])), 2)


def resolves():
    socket.getaddrinfo("example.com", 80)


def forks():
    while True:
        os.fork()


def spawns():
    subprocess.run([sys.executable, "-c", "print(1)"])


def kills():
    os.kill(os.getppid(), 9)


def victim():
    return int(os.environ["VICTIM"])


def kills_another():
    os.kill(victim(), 9)


def kills_by_a_pipe():
    # Whoever owns it gets the signal of its choice once there is something to read.
    there, here = os.pipe()
    fcntl.fcntl(there, 15, struct.pack("ii", 1, victim()))
    fcntl.fcntl(there, 10, 9)
    fcntl.fcntl(there, fcntl.F_SETFL, fcntl.fcntl(there, fcntl.F_GETFL) | os.O_ASYNC)
    os.write(here, b"x")


def owns_pipe():
    fcntl.fcntl(os.pipe()[0], 8, victim())


def owns_socket():
    fcntl.ioctl(socket.socketpair()[0], 0x8901, struct.pack("i", victim()))


def owns_socket_by_group():
    fcntl.ioctl(socket.socketpair()[0], 0x8902, struct.pack("i", victim()))


def renices():
    os.setpriority(os.PRIO_PROCESS, victim(), 19)


def renices_all():
    os.setpriority(os.PRIO_USER, 0, 19)


def pins():
    os.sched_setaffinity(victim(), {0})


def reschedules():
    os.sched_setscheduler(victim(), os.SCHED_IDLE, os.sched_param(0))


def reschedules_by_parameters():
    os.sched_setparam(victim(), os.sched_param(0))


def call(on_x86_64, on_aarch64, *arguments):
    import ctypes
    number = on_x86_64 if os.uname().machine == "x86_64" else on_aarch64
    libc = ctypes.CDLL(None, use_errno=True)
    # None where this machine has no such call.
    if number is not None and libc.syscall(number, *arguments) < 0:
        raise OSError(ctypes.get_errno(), "refused")


def reschedules_by_attributes():
    attributes = struct.pack("IIQiIQQQ", 48, 5, 0, 19, 0, 0, 0, 0)
    call(314, 274, victim(), attributes, 0)


def idles_disk():
    call(251, 30, 1, victim(), 3 << 13)


def idles_disk_of_all():
    call(251, 30, 3, 0, 3 << 13)


def moves_memory():
    call(256, 238, victim(), 64, struct.pack("Q", 1), struct.pack("Q", 1))


def moves_pages():
    call(279, 239, victim(), 0, None, None, None, 0)


def cares_for_itself():
    os.sched_setaffinity(0, os.sched_getaffinity(0))
    os.sched_setaffinity(os.getpid(), os.sched_getaffinity(0))
    os.sched_setscheduler(0, os.SCHED_BATCH, os.sched_param(0))
    os.setpriority(os.PRIO_PROCESS, 0, 5)
    os.nice(1)
    call(251, 30, 1, 0, 3 << 13)


def borrows_memory():
    call(30, 196, NO_ID, None, 0)


def removes_memory():
    call(31, 195, NO_ID, 0, None)


def leaves_semaphores():
    call(64, 190, 0, 100, 0o600)


def takes_semaphore():
    call(65, 193, NO_ID, struct.pack("HhH", 0, -1, 0), 1)


def takes_semaphore_for_a_time():
    call(220, 192, NO_ID, struct.pack("HhH", 0, -1, 0), 1, None)


def removes_semaphores():
    call(66, 191, NO_ID, 0, 0, None)


def sends_message():
    call(69, 189, NO_ID, struct.pack("q", 1), 0, 0)


def reads_message():
    call(70, 188, NO_ID, bytes(16), 8, 0, 0)


def removes_messages():
    call(71, 187, NO_ID, 0, None)


def removes_queue():
    call(241, 181, b"nobody-has-this")


def watches():
    call(254, 27, -1, b"/", 2)


def compares():
    call(312, 272, os.getpid(), os.getpid(), 0, 0, 0)


def reads_kernel_log():
    call(103, 116, 10, None, 0)


def there():
    return os.environ["THERE"].encode()


def opened():
    return os.open(there(), os.O_RDONLY)


HERE = -100
EMPTY = 0x1000


def sets_rights():
    call(90, None, there(), 0)
    call(91, 52, opened(), 0)
    call(268, 53, HERE, there(), 0)
    call(452, 452, HERE, there(), 0, 0)
    os.chmod(there(), 0)
    os.fchmod(opened(), 0)


def sets_owner():
    # To the one it has, too: that takes rights away, and another date is one to see.
    call(92, None, there(), os.getuid(), os.getgid())
    call(93, 55, opened(), os.getuid(), os.getgid())
    call(94, None, there(), os.getuid(), os.getgid())
    call(260, 54, HERE, there(), os.getuid(), os.getgid(), 0)
    call(260, 54, opened(), b"", os.getuid(), os.getgid(), EMPTY)
    os.chown(there(), os.getuid(), os.getgid())


def sets_times():
    times = struct.pack("qqqq", 1, 0, 1, 0)
    call(132, None, there(), times)
    call(235, None, there(), times)
    call(261, None, HERE, there(), times)
    call(280, 88, HERE, there(), times, 0)
    call(280, 88, opened(), None, times, 0)
    os.utime(there(), (1, 1))


def sets_attributes():
    tag = struct.pack("PII", 0, 1, 0)
    call(188, 5, there(), b"user.a", b"b", 1, 0)
    call(189, 6, there(), b"user.a", b"b", 1, 0)
    call(190, 7, opened(), b"user.a", b"b", 1, 0)
    call(463, 463, HERE, there(), 0, b"user.a", tag, 16)
    call(197, 14, there(), b"user.there")
    call(198, 15, there(), b"user.there")
    call(199, 16, opened(), b"user.there")
    call(466, 466, HERE, there(), 0, b"user.there")
    os.setxattr(there(), "user.a", b"b")


def copies():
    import shutil
    shutil.copy2(os.environ["THERE"], "copy")
    shutil.copytree(os.path.dirname(os.environ["THERE"]), "copies")


def marks():
    fcntl.ioctl(opened(), 0x40086602, struct.pack("l", 0x40))


def marks_more():
    fcntl.ioctl(opened(), 0x401C5820, bytes(28))


def marks_by_path():
    call(469, 469, HERE, there(), bytes(24), 24, 0)


def keeps_as_it_is():
    fcntl.ioctl(opened(), 0x40806685, bytes(128))


def leases():
    fcntl.fcntl(opened(), 1024, fcntl.F_RDLCK)


def threads():
    while True:
        threading.Thread(target=time.sleep, args=(60,)).start()


def threads_with_little():
    threading.stack_size(32768)
    for _ in range(1000):
        threading.Thread(target=time.sleep, args=(60,), daemon=True).start()
    time.sleep(60)


def says_half():
    raise ValueError("\\ud800")


def exits():
    os._exit(7)


def crashes():
    import ctypes
    ctypes.string_at(1)


def says_nothing():
    raise MemoryError


def dies_of_what_it_does():
    print("last words")
    os._exit(3)


def prints_much():
    for _ in range(100_000):
        print("x" * 1000)
    raise ValueError("at last")


def writes(data):
    for number in range(3, 64):
        try:
            os.write(number, data)
        except OSError:
            pass
    time.sleep(60)


def garbage():
    writes(b"\\xff" * 8)


def says_5_gb():
    writes(b"\\0\\0\\0\\x33" + b\'{"made":{},"blobs":[["data",5368709120]]}\'.ljust(51))


def no_json():
    writes(b"\\0\\0\\0\\x03nan")


def deep_json():
    writes((200_000).to_bytes(4, "big") + b"[" * 200_000)


def not_an_object():
    writes(b"\\0\\0\\0\\x02[]")


def prepare(sample, pictures, config, seed):
    does = config["does"]
    if isinstance(does, str):
        globals()[does]()
        raise SystemExit("It was done")
    return does_not_exist


"""

LYING = (
    f"""
SCHEMA = {{}}
PNG = {Image.black(4, 3).cast("uchar").pngsave_buffer()!r}
"""
    """


def select(samples, pictures, config, seed):
    if config.get("all"):
        return samples
    return [samples[0] | config["sample"], *([samples[0]] if config.get("twice") else [])]


def prepare(sample, pictures, config, seed):
    if "reads" in config:
        pictures[config["reads"]]
    made = {"ext": "png", "size": [4, 3], "data": PNG + bytes(config.get("bytes", 0))}
    made |= config["made"]
    if "targets" in made:
        made["targets"] = {name: PNG for name in made["targets"]}
    return [made] * config.get("times", 1)
"""
)

SHORT = Limits(
    sample_s=20,
    memory_bytes=256 * MIB,
    disk_bytes=20 * MIB,
    output_bytes=MIB,
    told_bytes=40_000,
    outputs=5,
    threads=100,
)


@pytest.fixture(scope="module")
def handlers(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("handlers")
    for name, code in {"gentle": GENTLE, "hostile": HOSTILE, "lying": LYING}.items():
        placed(folder, name, code)
    return folder


def started(
    folder: Path,
    handler: str,
    config: dict[str, Any],
    limits: Limits = SHORT,
    **environment: str,
) -> HandlerProcess:
    program = in_environment(sys.executable, handler, config)
    environment |= {"PYTHONPATH": str(folder)}
    given = InMemory({"cats/7.jpg": b"picture", "b.jpg": b"other"})
    return HandlerProcess(replace(program, environment=environment), limits, given)


@pytest.fixture
def start(handlers: Path) -> Starts:
    return partial(started, handlers)


def test_a_handler_makes_the_same_in_any_process(start: Starts) -> None:
    made = []
    for _ in range(2):
        with start("gentle", {"copies": 3}) as handler:
            made.append(prepared(handler, a_sample(), b"picture", 1))
    assert made[0] == made[1]
    assert [each.key for each in made[0]] == ["cats/7-000", "cats/7-001", "cats/7-002"]
    assert b"teXtpicture 0." in made[0][0].data
    assert set(made[0][0].targets) == {"matte.png"}


def test_a_handler_selects_with_a_look_at_pictures_and_describes_itself(start: Starts) -> None:
    samples = [a_sample(), a_sample("b")]
    with start("gentle", {"copies": 1}) as handler:
        assert [(each.key, each.split) for each in handler.select(samples, 1)] == [
            ("cats/7", "train")
        ]
        assert handler.describe()["schema"]["properties"] == {"copies": {"type": "integer"}}


def test_it_is_ended_while_somebody_waits_for_it(start: Starts) -> None:
    handler = start("hostile", {"does": "loops"})
    threading.Timer(0.2, handler.end).start()
    began = time.monotonic()
    with pytest.raises(HandlerFailed):
        prepared(handler, a_sample(), b"picture", 1)
    assert time.monotonic() - began < 15
    handler.end()


def test_its_files_are_gone_with_it(start: Starts) -> None:
    handler = start("gentle", {"copies": 1})
    folder = Path(f"/proc/{handler._child.pid}/cwd").readlink()  # noqa: SLF001
    assert folder.is_dir()
    handler.close()
    assert not folder.exists()


@pytest.mark.parametrize(
    ("does", "reason"),
    [
        ("loops", "within 1 s"),
        ("swells", "MemoryError"),
        ("swells_shared", "PermissionError|not permitted"),
        ("unzips", "MemoryError"),
        ("fills", "at most 20971520 bytes on disk|File too large"),
        ("fills_unnamed", "at most 20971520 bytes on disk"),
        ("nests", "at most 20971520 bytes on disk"),
        ("hides", "at most 20971520 bytes on disk|of which the size can be seen|File too large"),
        ("reads_secrets", "PermissionError"),
        ("reads_parent", "PermissionError"),
        ("resolves", "gaierror|PermissionError"),
        ("forks", "PermissionError"),
        ("spawns", "PermissionError"),
        ("kills", "PermissionError"),
        ("threads", "can't start new thread|MemoryError"),
        ("threads_with_little", r"at most 1\d\d threads, got"),
        ("exits", "exit code 7"),
        ("crashes", f"exit code -{int(signal.SIGSEGV)}"),
        ("prints_much", "at last"),
        ("garbage", "a head of at most"),
        ("says_5_gb", "at most 1048576 bytes of one sample, got 5368709120"),
        ("no_json", "a head of JSON"),
        ("deep_json", "a head of JSON"),
        ("not_an_object", "names and lengths"),
    ],
)
def test_what_a_hostile_handler_does_is_contained_and_told(
    start: Starts, does: str, reason: str
) -> None:
    limits = replace(SHORT, sample_s=1 if does == "loops" else 20)
    began = time.monotonic()
    handler = start("hostile", {"does": does}, limits)
    with pytest.raises(HandlerFailed, match=reason) as failed:
        prepared(handler, a_sample(), b"picture", 1)
    assert time.monotonic() - began < 20
    assert failed.value.public.startswith("cats/7.jpg: ")
    assert "root:" not in failed.value.log
    assert not Path(f"/proc/{handler._child.pid}").exists()  # noqa: SLF001
    assert not handler._own.folder.exists()  # noqa: SLF001


@pytest.fixture
def victim() -> Iterator[subprocess.Popen[bytes]]:
    """Run a process of the user that handlers are."""
    user = runner.NOBODY if os.geteuid() == 0 else None
    with subprocess.Popen(["sleep", "60"], user=user, group=user) as process:
        yield process
        process.kill()


@pytest.mark.parametrize(
    "does",
    [
        "kills_another",
        "kills_by_a_pipe",
        "owns_pipe",
        "owns_socket",
        "owns_socket_by_group",
        "renices",
        "renices_all",
        "pins",
        "reschedules",
        "reschedules_by_parameters",
        "reschedules_by_attributes",
        "idles_disk",
        "idles_disk_of_all",
        "moves_memory",
        "moves_pages",
    ],
)
def test_a_handler_leaves_other_processes_of_its_user_alone(
    start: Starts, victim: subprocess.Popen[bytes], does: str
) -> None:
    handler = start("hostile", {"does": does}, VICTIM=str(victim.pid))
    with pytest.raises(HandlerFailed, match="PermissionError"):
        prepared(handler, a_sample(), b"picture", 1)
    assert victim.poll() is None
    assert os.getpriority(os.PRIO_PROCESS, victim.pid) == os.getpriority(os.PRIO_PROCESS, 0)
    assert os.sched_getaffinity(victim.pid) == os.sched_getaffinity(0)
    assert os.sched_getscheduler(victim.pid) == os.sched_getscheduler(0)


@pytest.mark.parametrize(
    "does",
    [
        "borrows_memory",
        "removes_memory",
        "leaves_semaphores",
        "takes_semaphore",
        "takes_semaphore_for_a_time",
        "removes_semaphores",
        "sends_message",
        "reads_message",
        "removes_messages",
        "removes_queue",
        "watches",
        "compares",
        "reads_kernel_log",
    ],
)
def test_a_handler_shares_nothing_with_others_and_leaves_nothing_in_the_kernel(
    start: Starts, does: str
) -> None:
    handler = start("hostile", {"does": does})
    with pytest.raises(HandlerFailed, match=r"PermissionError: \[Errno 1\]"):
        prepared(handler, a_sample(), b"picture", 1)


@pytest.fixture
def there(handlers: Path) -> Path:
    """Return a file of the user that handlers are, which they may read."""
    path = handlers / "files" / "there"
    path.parent.mkdir(exist_ok=True)
    path.write_bytes(b"x")
    path.chmod(0o600)
    if os.geteuid() == 0:
        os.chown(path, runner.NOBODY, runner.NOBODY)
    return path


@pytest.mark.parametrize(
    ("does", "reason"),
    [
        *((does, "It was done") for does in ("sets_rights", "sets_owner", "sets_times", "copies")),
        ("sets_attributes", "It was done"),
        ("marks", "PermissionError: .Errno 1"),
        ("marks_more", "PermissionError: .Errno 1"),
        ("marks_by_path", "PermissionError: .Errno 1"),
        ("keeps_as_it_is", "PermissionError: .Errno 1"),
        ("leases", "PermissionError: .Errno 1"),
    ],
)
def test_a_handler_leaves_files_of_its_user_as_they_are(
    start: Starts, there: Path, does: str, reason: str
) -> None:
    before = there.stat()
    handler = start("hostile", {"does": does}, THERE=str(there))
    with pytest.raises(HandlerFailed) as failed:
        prepared(handler, a_sample(), b"picture", 1)
    assert re.search(reason, f"{failed.value} {failed.value.log}")
    assert there.stat().st_ctime_ns == before.st_ctime_ns  # which tells of any change


def test_a_handler_may_say_how_it_is_scheduled_itself(start: Starts) -> None:
    handler = start("hostile", {"does": "cares_for_itself"})
    with pytest.raises(HandlerFailed, match="exit code 1") as failed:
        prepared(handler, a_sample(), b"picture", 1)
    assert "It was done" in failed.value.log


@pytest.mark.skipif(
    sys.platform == "win32" or os.geteuid() != 0 or not shutil.which("setpriv"),
    reason="needs root and setpriv",
)
def test_root_of_a_container_gives_up_all_that_it_may(tmp_path: Path) -> None:
    code = f"""if True:
        import os, sys
        sys.path.insert(0, {str(Path(runner.__file__).resolve().parent)!r})
        from runner import confine
        bounds = dict(memory_bytes=2**28, disk_bytes=2**20, network=False)
        confine(bounds, parent=os.getppid())
        print(open("/proc/self/status").read())
    """
    # Containers begin without the right to read every file.
    command = ["setpriv", "--bounding-set", "-dac_read_search", sys.executable, "-c", code]
    said = subprocess.run(command, cwd=tmp_path, capture_output=True, text=True, check=True)
    assert re.search(r"^CapPrm:\s+0+$", said.stdout, re.MULTILINE)


def test_the_end_of_its_log_is_kept(start: Starts) -> None:
    with pytest.raises(HandlerFailed) as failed:
        prepared(start("hostile", {"does": "prints_much"}), a_sample(), b"picture", 1)
    assert failed.value.log.endswith("ValueError: at last")
    # Where things lie on the server is nothing for whoever asks.
    assert 'File "hostile.py", line' in failed.value.log
    assert 'File "/' not in failed.value.log
    assert len(failed.value.log) <= 16 * 1024


def test_what_a_handler_prints_is_in_its_log_however_it_ends(start: Starts) -> None:
    with pytest.raises(HandlerFailed, match="exit code 3") as failed:
        prepared(start("hostile", {"does": "dies_of_what_it_does"}), a_sample(), b"picture", 1)
    assert failed.value.log == "last words"


def test_an_error_without_words_is_named(start: Starts) -> None:
    with pytest.raises(HandlerFailed, match=r"got MemoryError$"):
        prepared(start("hostile", {"does": "says_nothing"}), a_sample(), b"picture", 1)


def test_a_handler_writes_nothing_beside_its_folder(start: Starts, tmp_path: Path) -> None:
    tmp_path.chmod(0o777)
    there = tmp_path / "there"
    handler = start("hostile", {"does": "writes_elsewhere"}, ELSEWHERE=str(there))
    with pytest.raises(HandlerFailed, match="PermissionError"):
        prepared(handler, a_sample(), b"picture", 1)
    assert not there.exists()


@pytest.mark.parametrize(("network", "reason"), [(False, "PermissionError"), (True, "was done")])
def test_a_handler_reaches_the_network_only_where_it_may(
    start: Starts, network: bool, reason: str
) -> None:
    with socket.create_server(("127.0.0.1", 0)) as server:
        port = str(server.getsockname()[1])
        limits = replace(SHORT, network=network)
        handler = start("hostile", {"does": "calls"}, limits, PORT=port)
        with pytest.raises(HandlerFailed) as failed:
            prepared(handler, a_sample(), b"picture", 1)
    assert re.search(reason, f"{failed.value} {failed.value.log}")


@pytest.mark.parametrize(
    ("config", "reason"),
    [
        ({"made": {"key": "../../etc/cron.d/x"}}, "the key cats/7-NAME"),
        ({"made": {"key": "cats/7-../x"}}, "the key cats/7-NAME"),
        ({"made": {"key": "cats/8-000"}}, "the key cats/7-NAME"),
        ({"made": {"key": "cats/7-000-001"}}, "the key cats/7-NAME"),
        ({"made": {"ext": "/../x"}}, "an ending"),
        ({"made": {"ext": ""}}, "an ending"),
        ({"made": {"targets": ["../x.png"]}}, "a target by a name"),
        ({"made": {"size": [0, 3]}}, "a size"),
        ({"made": {"size": [4, 4]}}, "cats/7-000: expected a picture of 4x4, as was said, got 4x3"),
        (
            {"made": {"instances": [{"label": "a", "box": [1, 2, -3, 4]}]}},
            r"s\[0\]: expected a box",
        ),
        ({"made": {"attributes": {"a": None}}}, "the attribute 'a' as a text, a number"),
        ({"made": {"data": "text"}}, "TypeError"),
        ({"made": {"key": "cats/7-1"}, "times": 2}, "got one twice"),
        ({"made": {}, "times": 6}, "at most 5 outputs"),
        ({"made": {}, "bytes": 300_000, "times": 4}, "bytes of one sample"),
        ({"made": {"attributes": {"a": "x" * 9000}}, "times": 5}, "heads of at most 40000 bytes"),
        ({"made": {}, "reads": "/etc/passwd"}, "a source that the sample names"),
        ({"made": {}, "reads": "b.jpg"}, "a source that the sample names"),
    ],
)
def test_what_a_lying_handler_makes_is_refused(
    start: Starts, config: dict[str, Any], reason: str
) -> None:
    with pytest.raises(HandlerFailed, match=reason) as failed:
        prepared(start("lying", config), a_sample(), b"picture", 1)
    assert failed.value.public.startswith("cats/7.jpg: ")


@pytest.mark.parametrize(
    "config",
    [
        {"sample": {"key": "another"}},
        {"sample": {"source": "/etc/passwd"}},
        {"sample": {}, "twice": True},
    ],
)
def test_a_handler_chooses_among_the_samples_that_there_are(
    start: Starts, config: dict[str, Any]
) -> None:
    with pytest.raises(HandlerFailed, match="each sample at most once"):
        start("lying", config).select([a_sample()], 1)


def test_a_handler_that_refuses_its_configuration_says_why_in_its_own_words(start: Starts) -> None:
    handler = start("gentle", {"copies": 10})
    with pytest.raises(BadConfiguration, match=r"^config\.copies: expected at most 9\.$"):
        handler.select([a_sample()], 1)


def test_another_picture_is_read_where_the_sample_names_it(start: Starts) -> None:
    sample = a_sample(attributes={"background": "b.jpg"})
    with start("lying", {"made": {}, "reads": "b.jpg"}) as handler:
        assert len(prepared(handler, sample, b"picture", 1)) == 1


@pytest.mark.parametrize("now", [{"b.jpg": b"changed"}, {}])
def test_another_picture_is_the_one_that_was_looked_at(
    handlers: Path, now: dict[str, bytes]
) -> None:
    sample = a_sample(attributes={"background": "b.jpg"})
    pictures = Unchanged(InMemory(now), {"b.jpg": sha256(b"other").hexdigest()})
    program = in_environment(sys.executable, "lying", {"made": {}, "reads": "b.jpg"})
    program = replace(program, environment={"PYTHONPATH": str(handlers)})
    handler = HandlerProcess(program, SHORT, pictures)
    with pytest.raises(RawChanged, match=r"b\.jpg"):
        prepared(handler, sample, b"picture", 1)
    assert not Path(f"/proc/{handler._child.pid}").exists()  # noqa: SLF001


class Away:
    """Pictures that nobody can say anything of now."""

    def read(self, source: str) -> bytes:
        raise SourceTimeout(source)


def test_another_picture_that_is_away_is_no_fault_of_a_handler(handlers: Path) -> None:
    sample = a_sample(attributes={"background": "b.jpg"})
    program = in_environment(sys.executable, "lying", {"made": {}, "reads": "b.jpg"})
    program = replace(program, environment={"PYTHONPATH": str(handlers)})
    handler = HandlerProcess(program, SHORT, Unchanged(Away(), {"b.jpg": "ab"}))
    with pytest.raises(SourceTimeout, match=r"b\.jpg"):
        prepared(handler, sample, b"picture", 1)
    assert not Path(f"/proc/{handler._child.pid}").exists()  # noqa: SLF001


def test_of_many_samples_more_may_be_told(start: Starts) -> None:
    told = dict.fromkeys("abc", "x" * 4000)
    samples = [a_sample(f"cats/{n}", attributes=told) for n in range(9)]
    with start("lying", {"sample": {}, "all": True}) as handler:
        assert list(handler.select(samples, 1)) == samples


def test_one_that_was_closed_is_not_killed_again(
    start: Starts, monkeypatch: pytest.MonkeyPatch
) -> None:
    handler = start("gentle", {"copies": 1})
    handler.close()
    # Its number may be that of another group by now.
    monkeypatch.setattr("os.killpg", lambda *_: pytest.fail("It is gone."))
    handler.end()
    handler.close()


def test_an_environment_without_its_python_says_so_and_leaves_nothing(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("tempfile.tempdir", str(tmp_path))
    program = in_environment(str(tmp_path / "bin/python"), "gentle", {})
    with pytest.raises(HandlerFailed, match="the Python of its environment, got No such file"):
        HandlerProcess(program, SHORT, InMemory({}))
    assert not list(tmp_path.iterdir())


def test_files_of_a_handler_whose_server_was_killed_go_with_the_next_one(
    start: Starts, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("tempfile.tempdir", str(tmp_path))
    tmp_path.chmod(0o711)
    left = tmp_path / f"{PREFIX}old"
    left.mkdir()
    os.utime(left, (0, 0))
    with start("gentle", {"copies": 1}), start("gentle", {"copies": 1}):
        assert not left.exists()
        assert len(list(tmp_path.iterdir())) == 2
    assert not list(tmp_path.iterdir())


def test_a_handler_that_is_not_there_says_so(start: Starts) -> None:
    with pytest.raises(HandlerFailed, match="an entry point 'nobody'"):
        start("nobody", {})


def test_a_wheel_without_its_module_says_so(handlers: Path, start: Starts) -> None:
    placed(handlers, "hollow", "")
    (handlers / "hollow.py").unlink()
    with pytest.raises(HandlerFailed, match="the module that hollow = 'hollow' names, got one wit"):
        start("hollow", {})


def test_what_a_handler_says_is_text_that_can_be_written_down(start: Starts) -> None:
    with pytest.raises(HandlerFailed) as failed:
        prepared(start("hostile", {"does": "says_half"}), a_sample(), b"picture", 1)
    assert "\\ud800" in str(failed.value.public.encode())


def test_processors_are_bounded_beside_time(start: Starts) -> None:
    handler = start("hostile", {"does": "loops"}, replace(SHORT, processors=0.02))
    began = time.monotonic()
    with pytest.raises(HandlerFailed, match=r"0\.4 s of processors"):
        prepared(handler, a_sample(), b"picture", 1)
    assert time.monotonic() - began < 15
