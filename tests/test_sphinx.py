"""PocketSphinx's processes: they leave this one free, and their end is no end of the program."""

import os
import signal
import subprocess
import sys
import threading
import time
from pathlib import Path

import numpy as np
import pytest

from lecture.errors import ModelError
from sphinx import Decoders
from tests.fixtures import media

ROOT = Path(__file__).parent.parent


@pytest.fixture(scope="module")
def utterance() -> bytes:
    return (media.excerpt(36, 46) * 32_767).astype(np.int16).tobytes()


def test_this_process_stays_free_while_others_recognise(utterance):
    list(Decoders(1).recognise([utterance]))  # the process is up
    beats, done = [time.monotonic()], threading.Event()

    def beat():
        while not done.wait(0.01):
            beats.append(time.monotonic())

    heart = threading.Thread(target=beat)
    heart.start()
    words = next(Decoders(1).recognise([utterance]))
    done.set()
    heart.join()
    assert words
    assert max(np.diff(beats)) < 0.5 * (beats[-1] - beats[0])
    assert len(beats) > 20


def test_several_processes_give_what_one_gives_in_order(utterance):
    halves = [utterance[: len(utterance) // 4 * 2], utterance, utterance[len(utterance) // 4 * 2 :]]
    assert list(Decoders(2).recognise(halves)) == [next(Decoders(1).recognise([half])) for half in halves]


def test_words_are_more_and_less_probable(utterance):
    probabilities = [word.probability for word in next(Decoders(1).recognise([utterance]))]
    assert all(0 <= probability <= 1 for probability in probabilities)
    assert min(probabilities) < 0.5 < 0.9 < max(probabilities)


def test_a_process_that_is_killed_is_said_and_replaced(utterance):
    executor = Decoders(1)._executor()
    killed = executor.submit(os.getpid).result()
    threading.Timer(0.3, os.kill, (killed, signal.SIGKILL)).start()
    with pytest.raises(ModelError, match="Try again"):
        list(Decoders(1).recognise([utterance] * 20))
    assert list(Decoders(1).recognise([utterance]))


@pytest.mark.skipif(os.name == "nt", reason="Windows does not tell a process that its parent is gone")
def test_processes_end_with_a_program_that_is_killed():
    script = "import os; from sphinx import Decoders; e = Decoders(1)._executor(); print(e.submit(os.getpid).result())"
    program = subprocess.Popen(
        [sys.executable, "-c", f"{script}; input()"], cwd=ROOT, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    )
    decoder = int(program.stdout.readline())
    program.kill()
    program.wait()
    end = time.monotonic() + 20
    while _alive(decoder):
        assert time.monotonic() < end
        time.sleep(0.1)


def _alive(process: int) -> bool:
    try:
        os.kill(process, 0)
    except ProcessLookupError:
        return False
    return True
