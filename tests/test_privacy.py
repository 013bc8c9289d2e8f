"""Nothing leaves this machine but a request for weights, which the page announces; with LECTURE_OFFLINE nothing."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

from tests.fixtures import machine, media
from tests.fixtures.witness import Witness

ROOT = Path(__file__).parent.parent
HUB = "huggingface.co"
WHISPER = "openaipublic.azureedge.net"
"""Where weights of faster-whisper and of openai-whisper come from."""


@pytest.fixture
def witness(tmp_path: Path) -> Witness:
    return Witness(tmp_path)


def run(witness: Witness, tmp_path: Path, *arguments: str, **settings: str) -> subprocess.CompletedProcess[str]:
    """A Python program on a machine without models, watched."""
    environment = {**os.environ, **machine.empty(tmp_path), "HOME": str(tmp_path), **witness.environment, **settings}
    command = [sys.executable, *arguments]
    return subprocess.run(command, cwd=ROOT, env=environment, capture_output=True, text=True, timeout=300, check=False)


@pytest.fixture
def recording(tmp_path: Path) -> Path:
    return media.write(tmp_path / "lecture.mp3", media.excerpt(0, 25))


def processed(witness: Witness, tmp_path: Path, recording: Path, **settings: str) -> None:
    """From the sound to all files, report and cards included, on the command line."""
    out = tmp_path / "out"
    made = run(witness, tmp_path, "-m", "lecture", "process", str(recording), "--out", str(out), **settings)
    assert made.returncode == 0, made.stderr
    assert {"report.pdf", "transcript.json"} <= {path.name for path in out.rglob("*")}


@pytest.mark.parametrize(
    "program",
    [
        "import socket; socket.socket(socket.AF_INET, socket.SOCK_DGRAM).sendto(b'', ('192.0.2.1', 9))",
        "import socket; s = socket.socket(); s.settimeout(0.1); s.connect_ex(('192.0.2.1', 9))",
        "import subprocess, sys; subprocess.run([sys.executable, '-c', 'import socket; s = socket.socket(); "
        's.settimeout(0.1); s.connect_ex(("192.0.2.1", 9))\'])',
        "import loky; e = loky.get_reusable_executor(1); import socket; e.submit(socket.getaddrinfo, '192.0.2.1', 9)"
        ".result()",
    ],
    ids=["sends", "connects", "a process of its own", "a worker of its own"],
)
def test_the_witness_sees_what_leaves_a_program(witness: Witness, tmp_path: Path, program: str) -> None:
    run(witness, tmp_path, "-c", program)
    assert witness.hosts == {"192.0.2.1"}


def test_the_witness_lets_this_machine_alone(witness: Witness, tmp_path: Path) -> None:
    run(witness, tmp_path, "-c", "import socket; socket.create_connection(socket.create_server(('', 0)).getsockname())")
    assert witness.hosts == set()


def test_offline_nobody_is_asked_for_anything(witness: Witness, tmp_path: Path, recording: Path) -> None:
    processed(witness, tmp_path, recording, LECTURE_OFFLINE="1")
    assert witness.hosts == set()


def test_by_default_nobody_is_asked_but_who_has_the_weights(witness: Witness, tmp_path: Path, recording: Path) -> None:
    processed(witness, tmp_path, recording, LECTURE_OFFLINE="0")
    assert witness.hosts <= {HUB, WHISPER}
    assert HUB in witness.hosts
