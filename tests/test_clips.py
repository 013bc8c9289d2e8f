"""Clips of a recording: the right moments, small, in one pass, whatever the container."""

import io
import tracemalloc
from dataclasses import dataclass, field

import av
import numpy as np
import pytest

from lecture.audio import SAMPLE_RATE, Recording
from lecture.files.clips import AFTER_S, BEFORE_S, LONGEST_S, MOMENT_S, Span, cut, span_of
from lecture.notes import Evidence
from tests.fixtures import media


def heard(mp3: bytes) -> np.ndarray:
    with av.open(io.BytesIO(mp3)) as container:
        stream = container.streams.audio[0]
        assert (stream.codec_context.name, stream.rate, stream.codec_context.channels) == ("mp3float", SAMPLE_RATE, 1)
        return np.concatenate([frame.to_ndarray().ravel() for frame in container.decode(stream)])


def alike(clip: np.ndarray, original: np.ndarray) -> float:
    length = min(len(clip), len(original))
    return float(np.corrcoef(clip[:length], original[:length])[0, 1])


@dataclass
class Counted:
    """A recording that knows how often, and how far, it was read."""

    blocks: list
    read: int = 0
    times: int = 0
    seen: list = field(default_factory=list)

    def __iter__(self):
        self.times += 1
        for block in self.blocks:
            self.read += len(block)
            yield block


@pytest.mark.parametrize("kind", ["mp3", "wav", "m4a", "webm", "flac"])
def test_a_clip_is_the_moment_and_nothing_else(kind, tmp_path):
    path = media.write(tmp_path / f"lecture.{kind}", media.excerpt(30, 60))
    original = np.concatenate(list(Recording(path)))
    spans = [Span(2.0, 6.25), Span(5.5, 9.0), Span(20.125, 24.0)]
    clips = list(cut(Recording(path), [*spans, spans[0]]))
    assert [span for span, _ in clips] == spans
    for span, mp3 in clips:
        sound = heard(mp3)
        assert len(sound) / SAMPLE_RATE == pytest.approx(span.end - span.start, abs=0.02)
        assert alike(sound, original[round(span.start * SAMPLE_RATE) : round(span.end * SAMPLE_RATE)]) > 0.97
        assert len(mp3) < 2_000 + 4_100 * (span.end - span.start)


def test_the_recording_is_read_once_and_no_further_than_needed():
    blocks = [media.noise(1.0) for _ in range(60)]
    recording = Counted(blocks)
    assert len(dict(cut(recording, [Span(9, 11), Span(1, 3), Span(2, 4)]))) == 3
    assert recording.times == 1
    assert recording.read == 11 * SAMPLE_RATE
    assert list(cut(recording, [])) == []
    assert recording.times == 1


def test_beyond_the_end_there_is_nothing_to_cut():
    clips = dict(cut([media.noise(3.0)], [Span(2, 9), Span(3, 5), Span(100, 101)]))
    assert set(clips) == {Span(2, 9)}
    assert len(heard(clips[Span(2, 9)])) == SAMPLE_RATE


def test_three_hours_take_no_more_memory_than_three_minutes():
    def peak(seconds: int) -> int:
        block = media.noise(1.0)
        spans = [Span(at, at + 8.0) for at in np.linspace(1, seconds - 10, 24).tolist()]
        tracemalloc.start()
        for _ in cut((block for _ in range(seconds)), spans):
            pass
        peak = tracemalloc.get_traced_memory()[1]
        tracemalloc.stop()
        return peak

    assert peak(10_800) < peak(300) + 300_000


def test_the_words_with_a_little_air():
    assert span_of(Evidence("w", 10, 14)) == Span(10 - BEFORE_S, 14 + AFTER_S)
    assert span_of(Evidence("w", 0.1, 1)) == Span(0, 1 + AFTER_S)
    assert span_of(Evidence("w", 10, 99)) == Span(10 - BEFORE_S, 10 - BEFORE_S + LONGEST_S)
    assert span_of(Evidence("", 10, 10)) == Span(10 - BEFORE_S, 10 - BEFORE_S + MOMENT_S)
