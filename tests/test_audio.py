from pathlib import Path

import numpy as np
import pytest

from lecture.audio import SAMPLE_RATE, Recording
from lecture.errors import SourceError
from tests.fixtures import media


def decoded(path: Path) -> np.ndarray:
    return np.concatenate(list(Recording(path)))


def delay(found: np.ndarray, original: np.ndarray) -> float:
    """Seconds by which `found` lags behind `original`, where their loudness agrees best; infinite if nowhere."""
    steps = [np.log(np.abs(x[: len(x) // 160 * 160].reshape(-1, 160)).mean(axis=1) + 1e-3) for x in (found, original)]
    length = min(map(len, steps)) - 60
    agreement = [np.corrcoef(steps[0][lag : lag + length], steps[1][30 : 30 + length])[0, 1] for lag in range(60)]
    return (int(np.argmax(agreement)) - 30) / 100 if max(agreement) > 0.95 else float("inf")


@pytest.fixture(scope="module")
def speech() -> np.ndarray:
    return media.excerpt(0, 12)


@pytest.mark.parametrize("suffix", sorted(media.CODECS))
def test_every_promised_format_is_read_at_its_true_times(suffix, speech, tmp_path):
    path = media.write(tmp_path / f"a.{suffix}", speech)
    found = decoded(path)
    assert abs(len(found) - len(speech)) < 0.15 * SAMPLE_RATE
    assert abs(delay(found, speech)) <= 0.07  # AAC's encoder delay, where the container does not say it


@pytest.mark.parametrize(("rate", "layout"), [(44_100, "stereo"), (48_000, "5.1"), (8_000, "mono")])
def test_other_rates_and_channels_become_16_khz_mono(rate, layout, speech, tmp_path):
    found = decoded(media.write(tmp_path / "a.flac", speech, rate=rate, layout=layout))
    assert found.ndim == 1
    assert abs(len(found) - len(speech)) < 0.1 * SAMPLE_RATE


def test_the_sound_of_a_video_is_read(speech, tmp_path):
    recording = Recording(media.write(tmp_path / "a.mp4", speech, with_video=True))
    assert sum(map(len, recording)) / SAMPLE_RATE == pytest.approx(12, abs=0.2)
    assert recording.declared == pytest.approx(12, abs=0.3)


def test_a_recording_is_streamed_in_small_blocks(speech, tmp_path):
    path = media.write(tmp_path / "a.flac", np.tile(speech, 10))
    assert max(len(block) for block in Recording(path)) < 2 * SAMPLE_RATE


def test_a_whole_recording_has_no_warnings(speech, tmp_path):
    for suffix in ("wav", "mp3", "flac", "m4a", "webm"):
        recording = Recording(media.write(tmp_path / f"a.{suffix}", speech))
        list(recording)
        assert recording.warnings() == (), suffix


@pytest.mark.parametrize("suffix", ["wav", "flac", "mp3"])
def test_a_recording_shorter_than_declared_is_used_and_says_so(suffix, speech, tmp_path):
    whole = media.write(tmp_path / f"whole.{suffix}", speech)
    recording = Recording(media.cut_short(whole, tmp_path / f"short.{suffix}"))
    list(recording)
    assert 4 < recording.position < 8
    assert len(recording.warnings()) == 1
    assert "cut short" in recording.warnings()[0]


def bad_files(folder: Path) -> dict[str, tuple[Path, str]]:
    empty = folder / "empty.mp3"
    empty.touch()
    text = folder / "notes.mp3"
    text.write_text("These are my notes, not a recording.\n" * 50)
    playlist = folder / "list.mp3"
    playlist.write_text("#EXTM3U\n#EXTINF:10,\n/etc/passwd\n")
    m4a = media.write(folder / "whole.m4a", media.excerpt(0, 4))
    return {
        "empty": (empty, "is empty"),
        "text": (text, "is not a recording"),
        "playlist": (playlist, "is a playlist"),
        "m4a without index": (media.without_index(m4a, folder / "cut.m4a"), "index is missing"),
        "video without sound": (media.write_video_without_sound(folder / "silent.mp4"), "has no sound"),
        "missing": (folder / "gone.wav", "cannot be opened"),
    }


@pytest.mark.parametrize("kind", ["empty", "text", "playlist", "m4a without index", "video without sound", "missing"])
def test_what_is_no_recording_is_refused_in_one_sentence_that_names_it(kind, tmp_path):
    path, expected = bad_files(tmp_path)[kind]
    with pytest.raises(SourceError, match=expected) as refusal:
        list(Recording(path))
    assert path.name in str(refusal.value)
    assert str(tmp_path) not in str(refusal.value)
    assert "\n" not in str(refusal.value)


@pytest.mark.parametrize("suffix", ["wav", "mp3", "m4a", "aac", "webm", "opus", "flac", "mkv"])
def test_a_file_that_is_cut_anywhere_is_read_or_refused(suffix, speech, tmp_path):
    whole = media.write(tmp_path / f"whole.{suffix}", speech[: 3 * SAMPLE_RATE])
    size = whole.stat().st_size
    for length in [*range(1, 600, 97), *range(600, size, max(1, size // 8))]:
        path = media.cut_short(whole, tmp_path / f"cut.{suffix}", length / size)
        try:
            assert sum(map(len, Recording(path))) <= 3.2 * SAMPLE_RATE
        except SourceError as refusal:
            assert path.name in str(refusal)


def test_a_colon_in_a_name_is_no_protocol(speech, tmp_path):
    path = media.write(tmp_path / "whole.flac", speech).rename(tmp_path / "week 3: cells.flac")
    assert len(decoded(path)) == pytest.approx(len(speech), abs=1600)


def test_a_playlist_is_never_followed(speech, tmp_path):
    target = media.write(tmp_path / "secret.wav", speech)
    for name, content in {
        "a.m3u8": f"#EXTM3U\n#EXT-X-TARGETDURATION:12\n#EXTINF:12,\n{target}\n#EXT-X-ENDLIST\n",
        "a.mp3": f"ffconcat version 1.0\nfile '{target}'\n",
        "a.sdp": "v=0\no=- 0 0 IN IP4 127.0.0.1\nc=IN IP4 127.0.0.1\nt=0 0\nm=audio 5004 RTP/AVP 96\n",
    }.items():
        path = tmp_path / name
        path.write_text(content)
        with pytest.raises(SourceError):
            list(Recording(path))


def test_a_gap_in_the_time_stamps_becomes_silence_so_that_times_match_the_player(speech, tmp_path):
    """A recorder that is paused leaves a jump in its time stamps."""
    import av

    path = tmp_path / "paused.mka"
    with av.open(str(path), "w", format="matroska") as container:
        stream = container.add_stream("flac", rate=SAMPLE_RATE)
        stream.layout = "mono"
        for at, pts in ((0, 0), (1, 4 * SAMPLE_RATE)):  # one second of sound, three of nothing, one of sound
            part = (speech[at * SAMPLE_RATE :][:SAMPLE_RATE] * 32_000).astype(np.int16)
            frame = av.AudioFrame.from_ndarray(part[None, :], format="s16", layout="mono")
            frame.sample_rate, frame.pts = SAMPLE_RATE, pts
            container.mux(stream.encode(frame))
        container.mux(stream.encode(None))
    assert len(decoded(path)) == pytest.approx(5 * SAMPLE_RATE, abs=0.1 * SAMPLE_RATE)
