from itertools import pairwise

import numpy as np
import pytest

from lecture.audio import SAMPLE_RATE
from lecture.windows import Window, WindowLimits, _Planner, windows
from tests.fixtures import media

LIMITS = WindowLimits(first=4, comfortable=15, longest=30)


@pytest.fixture(scope="module")
def lecture() -> np.ndarray:
    return media.excerpt(0, 120)


def in_blocks(samples: np.ndarray, size: int):
    return (samples[i : i + size] for i in range(0, len(samples), size))


def cut(samples: np.ndarray, limits: WindowLimits = LIMITS, size: int = 4096) -> list[Window]:
    return list(windows(in_blocks(samples, size), limits))


def test_windows_are_in_order_apart_and_no_longer_than_allowed(lecture):
    found = cut(lecture)
    assert len(found) > 4
    for window in found:
        assert 0 <= window.start < window.end <= 120.1
        assert window.end - window.start <= LIMITS.longest
        assert len(window.samples) == round((window.end - window.start) * SAMPLE_RATE)
        assert np.array_equal(window.samples[:1000], lecture[round(window.start * SAMPLE_RATE) :][:1000])
    assert all(a.end <= b.start for a, b in pairwise(found))


def test_no_speech_is_lost_between_windows(lecture):
    from faster_whisper.vad import VadOptions, get_speech_timestamps

    spoken = get_speech_timestamps(lecture, VadOptions(min_silence_duration_ms=300, speech_pad_ms=0))
    covered = np.zeros(len(lecture) + SAMPLE_RATE, bool)
    for window in cut(lecture):
        covered[round(window.start * SAMPLE_RATE) : round(window.end * SAMPLE_RATE)] = True
    lost = sum((~covered[part["start"] : part["end"]]).sum() for part in spoken) / SAMPLE_RATE
    assert lost < 0.3


def test_windows_are_cut_where_nobody_speaks(lecture):
    """Loudness in the twentieth of a second around a cut is far below that of speech."""
    speech = np.sqrt((lecture**2).mean())
    for window in cut(lecture)[:-1]:
        at = round(window.end * SAMPLE_RATE)
        assert np.sqrt((lecture[at - 400 : at + 400] ** 2).mean()) < 0.2 * speech


def test_the_windows_do_not_depend_on_how_the_audio_arrives(lecture):
    whole = cut(lecture, size=len(lecture))
    for size in (160, 1000, 70_001):
        assert cut(lecture, size=size) == whole


def test_the_first_window_comes_early(lecture):
    heard = 0

    def listening():
        nonlocal heard
        for block in in_blocks(lecture, 1600):
            heard += len(block)
            yield block

    first = next(iter(windows(listening(), LIMITS)))
    assert first.end < 12
    assert heard / SAMPLE_RATE < 25


def test_look_ahead_is_bounded(lecture):
    heard = 0

    def listening():
        nonlocal heard
        for block in in_blocks(np.tile(lecture, 2), 1600):
            heard += len(block)
            yield block

    for window in windows(listening(), LIMITS):
        assert heard / SAMPLE_RATE - window.end < LIMITS.longest + 11


@pytest.mark.parametrize("said", ["nothing", "everything", "now and then", "at random"])
def test_three_hours_take_no_more_memory_than_one_minute(said):
    """Whatever is said, the planner keeps one window and one of the detector's chunks (320 frames)."""
    chance = np.random.default_rng(0)
    planner = _Planner(LIMITS)
    most = planner.longest + 320
    for number in range(3 * 3600 * SAMPLE_RATE // (320 * 512)):
        speech = {
            "nothing": np.zeros(320),
            "everything": np.ones(320),
            "now and then": np.repeat([number % 3 == 0, number % 2], 160),
            "at random": chance.random(320),
        }[said]
        given = list(planner.hear(np.zeros((320, 512), np.float32), speech.astype(np.float32)))
        assert len(planner.frames) == len(planner.speaking) == len(planner.certainty) <= most
        assert planner.frames.base is None or planner.frames.base.nbytes <= (most + 320) * 512 * 4
        assert all(window.samples.base is None for window in given), "a window keeps no more than its own audio"
    assert planner.origin + len(planner.frames) == (number + 1) * 320


def test_speech_without_a_pause_is_cut_at_the_longest_window():
    endless = np.concatenate([media.excerpt(11.0, 13.5)] * 30)
    found = cut(endless)
    assert all(window.end - window.start <= LIMITS.longest for window in found)
    assert sum(window.end - window.start for window in found) > 0.9 * len(endless) / SAMPLE_RATE


@pytest.mark.parametrize(
    "sound", [media.silence(40), media.noise(40), media.tones(40)], ids=["silence", "noise", "tones"]
)
def test_no_window_is_made_of_what_is_not_speech(sound):
    assert cut(sound) == []


def test_a_long_pause_belongs_to_no_window():
    found = cut(np.concatenate([media.excerpt(0, 5), media.silence(20), media.excerpt(5, 10)]))
    assert sum(window.end - window.start for window in found) < 14
    assert all(window.end < 9 or window.start > 24 for window in found)


# --------------------------------------------------------------------------------------------- packed

PACKED = WindowLimits(first=4, comfortable=15, longest=30, packed=True)


@pytest.fixture(scope="module")
def with_silences(lecture) -> np.ndarray:
    """Two minutes of speech, ten seconds of silence after every twenty."""
    parts = np.array_split(lecture, 6)
    return np.concatenate([sound for part in parts for sound in (part, media.silence(10))])


def test_packed_windows_are_full_of_speech(with_silences):
    found = cut(with_silences, PACKED)
    lengths = [len(window.samples) / SAMPLE_RATE for window in found]
    assert max(lengths) <= PACKED.longest
    assert lengths[0] < 12, "the first window comes early"
    assert np.mean(lengths[1:-1]) > 25
    assert all(a.end <= b.start for a, b in pairwise(found))


def test_packed_windows_hold_all_the_speech_there_is(with_silences):
    speech = [stretch for window in cut(with_silences) for stretch in window.speech]
    packed = [stretch for window in cut(with_silences, PACKED) for stretch in window.speech]
    assert sum(b - a for a, b in packed) == pytest.approx(sum(b - a for a, b in speech), rel=0.01)


def test_what_is_in_a_packed_window_is_found_where_it_was_said(with_silences):
    """Sound taken from anywhere in the window is the recording's sound at the time that the window says."""
    for window in cut(with_silences, PACKED):
        inner = [at for at, _ in window.gaps]
        for at in np.linspace(0, len(window.samples) / SAMPLE_RATE - 0.2, 40):
            if any(at <= gap <= at + 0.1 for gap in inner):
                continue
            there = round(window.begins_at(at) * SAMPLE_RATE)
            here = window.samples[round(at * SAMPLE_RATE) :][:1600]
            assert any(np.array_equal(here, with_silences[there + off :][:1600]) for off in (-8, 0, 8, *range(-7, 8)))
        assert window.begins_at(0) == window.start
        assert window.ends_at(len(window.samples) / SAMPLE_RATE) == pytest.approx(window.end, abs=0.01)


def test_what_ends_before_a_silence_that_was_left_out_does_not_end_after_it(with_silences):
    window = next(window for window in cut(with_silences, PACKED) if any(long > 8 for _, long in window.gaps))
    at, long = next((at, long) for at, long in window.gaps if long > 8)
    assert window.begins_at(at) - window.ends_at(at) == pytest.approx(long)


def test_packed_windows_do_not_depend_on_how_the_audio_arrives(with_silences):
    assert cut(with_silences, PACKED, size=1000) == cut(with_silences, PACKED, size=70_001)
