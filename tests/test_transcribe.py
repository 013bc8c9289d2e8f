"""Recognition for real: PocketSphinx on the demonstration lecture, both Whispers on the tiny checkpoint."""

import json
import subprocess
import sys
import textwrap
import threading
import time
from concurrent.futures import Executor, ThreadPoolExecutor
from dataclasses import replace
from pathlib import Path
from types import SimpleNamespace

import jiwer
import numpy as np
import pytest
from whisper.normalizers import EnglishTextNormalizer

import models
from lecture.audio import Recording
from lecture.captions import read_captions
from lecture.errors import ModelError, SourceError
from lecture.recognisers import FasterWhisper, OpenAIWhisper, PocketSphinx
from lecture.threads import DaemonThreads
from lecture.transcribe import tidy, transcribe, without_loops
from lecture.transcript import Segment
from lecture.windows import Window, windows
from tests.fixtures import media
from tests.fixtures.spy import Spy

ROOT = Path(__file__).parent.parent
TINY_LECTURE = Path(__file__).parent / "fixtures" / "tiny_whisper" / "lecture.mp3"
SENTENCES = json.loads(TINY_LECTURE.with_suffix(".json").read_text())
SHARED_AUDIO = Path(__file__).parent.parent.parent / "shared" / "audio"

normalised = EnglishTextNormalizer()


def error_rate(said: str, segments: list[Segment]) -> float:
    return jiwer.wer(normalised(said), normalised(" ".join(segment.text for segment in segments)))


def recognised(recogniser, blocks) -> list[Segment]:
    return [segment for window in transcribe(blocks, recogniser) for segment in window.segments]


def loaded(recogniser: str, model: str = "tiny"):
    return models.shared().recogniser(models.choose(recogniser, model))


@pytest.fixture(scope="module")
def pocketsphinx() -> PocketSphinx:
    return PocketSphinx(loaded("pocketsphinx"))


@pytest.fixture
def whisper(request, tiny_whisper, monkeypatch):
    """Either Whisper with the tiny checkpoint, loaded through `models`."""
    monkeypatch.setenv("LECTURE_MODELS", str(tiny_whisper))
    engine = {"faster-whisper": FasterWhisper, "whisper": OpenAIWhisper}[request.param]
    return engine(loaded(request.param))


both_whispers = pytest.mark.parametrize("whisper", ["faster-whisper", "whisper"], indirect=True)


def in_order(segments: list[Segment]) -> bool:
    times = [time for segment in segments for time in (segment.start, segment.end)]
    return times == sorted(times)


# --------------------------------------------------------------------------------------------- PocketSphinx


def test_pocketsphinx_on_the_demonstration_lecture(pocketsphinx):
    """Word error rate under 15 %, with the product's own windows."""
    captions = read_captions(media.SAMPLE.with_suffix(".vtt"), "captions.vtt")
    segments = recognised(pocketsphinx, Recording(media.SAMPLE))
    rate = error_rate(" ".join(segment.text for segment in captions.segments), segments)
    print(f"\nPocketSphinx, demonstration lecture: word error rate {rate:.3f}")
    assert rate < 0.15
    assert in_order(segments)
    assert all(segment.words for segment in segments)


def test_pocketsphinx_words_stand_at_their_times(pocketsphinx):
    """The first word of each sentence, where it was recognised, begins when the captions say."""
    captions = read_captions(media.SAMPLE.with_suffix(".vtt"), "captions.vtt").segments
    words = [w for s in recognised(pocketsphinx, [media.excerpt(0, 60)]) for w in s.words]
    late = []
    for caption in captions:
        first = caption.text.split()[0].lower().strip(",.")
        near = [abs(w.start - caption.start) for w in words if w.text == first and abs(w.start - caption.start) < 2]
        late += [min(near)] if near else []
    assert len(late) >= 5
    assert np.median(late) < 0.15


def test_pocketsphinx_gives_the_same_whatever_it_heard_before(pocketsphinx):
    window = next(iter(windows([media.excerpt(40, 60)], PocketSphinx.limits)))
    before = next(pocketsphinx.recognise([window]))
    loud = next(iter(windows([3 * media.excerpt(100, 115) + media.noise(15, 0.1)], PocketSphinx.limits)))
    next(pocketsphinx.recognise([loud]))
    assert next(pocketsphinx.recognise([window])) == before


@pytest.mark.skipif(not SHARED_AUDIO.is_dir(), reason="the real recordings are not beside this checkout")
@pytest.mark.parametrize(("name", "most"), [("jfk.flac", 0.3), ("librivox-0870.wav", 0.4), ("librivox-0880.wav", 0.4)])
def test_pocketsphinx_on_real_recordings(pocketsphinx, name, most):
    said = dict(line.split("\t") for line in (SHARED_AUDIO / "references.tsv").read_text().splitlines())[name]
    rate = error_rate(said, recognised(pocketsphinx, Recording(SHARED_AUDIO / name)))
    print(f"\nPocketSphinx, {name}: word error rate {rate:.3f}")
    assert rate <= most


@pytest.mark.skipif(not SHARED_AUDIO.is_dir(), reason="the real recordings are not beside this checkout")
def test_nothing_is_recognised_where_nobody_speaks(pocketsphinx):
    assert recognised(pocketsphinx, Recording(SHARED_AUDIO / "nospeech.wav")) == []


# --------------------------------------------------------------------------------------------- Whisper


@both_whispers
def test_whisper_returns_the_right_words_at_the_right_times(whisper):
    segments = recognised(whisper, Recording(TINY_LECTURE))
    assert error_rate(" ".join(sentence["text"] for sentence in SENTENCES), segments) <= 0.03
    assert whisper.language == "en"
    assert in_order(segments)
    for sentence in SENTENCES:
        same = [s for s in segments if normalised(s.text) == normalised(sentence["text"])]
        assert same, sentence["text"]
        assert min(abs(s.start - sentence["start"]) for s in same) < 0.5


@both_whispers
def test_whisper_crosses_window_borders(whisper):
    found = list(windows(Recording(TINY_LECTURE), whisper.limits))
    assert len(found) >= 3
    made = list(transcribe(Recording(TINY_LECTURE), whisper))
    assert [window.number for window in made] == list(range(len(found)))
    for result, window in zip(made, found, strict=True):
        assert result.is_of(window)
        assert all(window.start <= s.start <= s.end <= window.end for s in result.segments)


@both_whispers
def test_the_batch_a_window_is_in_does_not_change_its_segments(whisper):
    found = list(windows(Recording(TINY_LECTURE), whisper.limits))
    together = list(whisper.recognise(found))
    assert [next(whisper.recognise([window])) for window in reversed(found)] == together[::-1]


@both_whispers
def test_course_vocabulary_reaches_whisper_and_does_no_harm(whisper):
    whisper.vocabulary = "quartz, Professor Lindqvist"
    segments = recognised(whisper, Recording(TINY_LECTURE))
    assert error_rate(" ".join(sentence["text"] for sentence in SENTENCES), segments) <= 0.1


@both_whispers
@pytest.mark.parametrize("sound", [media.silence(35), media.noise(35)], ids=["silence", "noise"])
def test_whisper_invents_nothing_where_nobody_speaks(whisper, sound):
    assert recognised(whisper, [sound]) == []


# --------------------------------------------------------------------------------------------- going on


@pytest.mark.parametrize(
    ("known", "recognised_again"),
    [
        (set(), {*range(3), *range(3, 7)}),
        ({0}, {*range(1, 7)}),
        ({0, 1}, {*range(1, 7)}),  # one and two are a batch
        ({0, 1, 2}, {*range(3, 7)}),
        ({0, 1, 2, 3, 4}, {*range(3, 7)}),
        (set(range(7)), set()),
    ],
)
def test_known_windows_are_not_recognised_again_unless_their_batch_is_unfinished(known, recognised_again):
    sound = [media.excerpt(0, 40)]
    whole = list(transcribe(sound, Spy(batch=4)))
    assert len(whole) == 8
    spy = Spy(batch=4)
    again = list(transcribe(sound, spy, {n: whole[n] for n in known}))
    numbers = {window.number for window in whole if window.start in spy.heard}
    assert again == whole
    assert numbers - set(range(7, len(whole))) == recognised_again


def test_windows_are_planned_batch_by_batch_with_the_language_before_they_are_recognised():
    planned: dict[int, tuple[float, float]] = {}
    languages = set()

    def on_planned(borders, language):
        assert not borders.keys() & planned.keys()
        planned.update(borders)
        languages.add(language)

    spy = Spy(lambda done: len(planned) > done or pytest.fail("not planned yet"), batch=4)
    for window in transcribe([media.excerpt(0, 40)], spy, None, on_planned):
        assert planned[window.number] == (window.start, window.end)
    assert languages == {spy.language} == {f"heard at {planned[0][0]}"}


def test_a_known_window_with_other_borders_is_recognised_again():
    sound = [media.excerpt(0, 40)]
    whole = list(transcribe(sound, Spy(batch=1)))
    spy = Spy(batch=1)
    done = {window.number: window for window in whole} | {2: replace(whole[2], end=whole[2].end + 0.5)}
    assert list(transcribe(sound, spy, done)) == whole
    assert spy.heard == [whole[2].start]


# --------------------------------------------------------------------------------------------- reading ahead


def readers() -> list[threading.Thread]:
    return [thread for thread in threading.enumerate() if thread.name == "reading ahead"]


class Listening:
    """Blocks of speech without end; notes in which thread they are read, and how many seconds were."""

    def __init__(self, until: float = 400.0, ends_with: Exception | None = None) -> None:
        self.until, self.ends_with = until, ends_with
        self.heard, self.threads = 0.0, set()

    def __iter__(self):
        sound = media.excerpt(0, 40)
        while self.heard < self.until:
            self.threads.add(threading.current_thread().name)
            for block in np.array_split(sound, 40):
                self.heard += len(block) / 16_000
                yield block
        if self.ends_with:
            raise self.ends_with


def until(true) -> None:
    deadline = time.monotonic() + 20
    while not true():
        assert time.monotonic() < deadline
        time.sleep(0.01)


def test_the_next_batch_is_read_while_one_is_recognised():
    sound = Listening(until=40)
    made = transcribe(sound, Spy(lambda done: until(lambda: sound.heard >= 40), batch=16))
    assert next(made).number == 0
    assert sound.threads == {"reading ahead"}
    assert [window.number for window in made] == list(range(1, 8))
    assert readers() == []


def test_no_more_than_a_batch_is_read_ahead():
    sound = Listening()
    made = transcribe(sound, Spy(batch=2))
    assert next(made).number == 0
    heard = -1.0
    while sound.heard > heard:
        heard = sound.heard
        time.sleep(0.5)
    assert heard < 100


def test_what_goes_wrong_in_reading_comes_through_after_the_windows_before_it():
    sound, numbers = Listening(until=40, ends_with=SourceError("It breaks off.")), []
    with pytest.raises(SourceError, match="breaks off"):
        for window in transcribe(sound, Spy(batch=2)):
            numbers.append(window.number)
    whole = list(transcribe(Listening(until=40), Spy(batch=2)))
    assert numbers == list(range(len(numbers)))
    assert len(whole) - 4 <= len(numbers) <= len(whole), "all but the last batch and what was not yet judged"
    assert readers() == []


def test_giving_up_leaves_nothing_running():
    sound = Listening(until=10_000)
    for _ in transcribe(sound, Spy(batch=2)):
        break
    until(lambda: readers() == [])
    heard = sound.heard
    time.sleep(0.2)
    assert sound.heard == heard


def test_a_recogniser_that_fails_leaves_nothing_running():
    def fails(done: int) -> None:
        if done == 3:
            raise ModelError("No memory is left.")

    with pytest.raises(ModelError):
        list(transcribe(Listening(until=10_000), Spy(fails, batch=2)))
    assert readers() == []


def test_one_window_at_a_time_is_read_where_it_is_waited_for():
    """A recording in progress arrives no faster than it is spoken, and is heard for the time being meanwhile."""
    sound = Listening(until=40)
    list(transcribe(sound, Spy(batch=8), live=True))
    assert sound.threads == {threading.current_thread().name}


# --------------------------------------------------------------------------------------------- several batches at once


def test_batches_are_recognised_at_once_and_come_in_order():
    """The first of two can only end once the second has begun."""
    began = threading.Barrier(2, timeout=20)
    spy = Spy(lambda done: began.wait() if done < 2 else None, batch=1, at_once=2)
    found = list(transcribe([media.excerpt(0, 40)], spy))
    assert found == list(transcribe([media.excerpt(0, 40)], Spy(batch=1)))
    assert [window.number for window in found] == list(range(len(found)))


def test_a_later_batch_that_is_done_first_waits_for_its_turn():
    slow, order = threading.Event(), []

    class Uneven(Spy):
        def recognise(self, windows):
            assert windows[0].start > 1 or slow.wait(20)
            yield from super().recognise(windows)
            order.append(windows[0].start)
            slow.set()

    found = list(transcribe([media.excerpt(0, 40)], Uneven(batch=1, at_once=2)))
    assert order[0] > order[1] == found[0].start, "the second was done first"
    assert [window.start for window in found] == sorted(window.start for window in found)


def test_the_first_text_does_not_wait_for_as_many_windows_as_can_be_recognised_at_once():
    go_on, sound = threading.Event(), media.excerpt(0, 40)

    def blocks():
        yield sound[: 25 * 16_000]
        assert go_on.wait(20), "the first text was not there while the rest was still to be read"
        yield sound[25 * 16_000 :]

    made = transcribe(blocks(), Spy(batch=1, at_once=20))
    assert next(made).number == 0
    go_on.set()
    assert list(made)


def test_no_more_batches_are_under_way_than_can_be_and_one():
    under_way, most = [0], [0]
    gate = threading.Lock()

    class Counting(Executor):
        def submit(self, fn, *args):
            with gate:
                under_way[0] += 1
                most[0] = max(most[0], under_way[0])
            return threads.submit(fn, *args)

    spy = Spy(lambda done: done or until(lambda: most[0] == 5), batch=1, at_once=3)
    with DaemonThreads(3) as threads:
        for _ in transcribe([media.excerpt(0, 40)], spy, executor=Counting()):
            with gate:
                under_way[0] -= 1
    assert most[0] == 5, "three and one, beside the language"


def test_an_executor_of_others_does_the_work_and_stays_open():
    class Named(Spy):
        def recognise(self, windows):
            assert threading.current_thread().name.startswith("elsewhere")
            return super().recognise(windows)

        def hear_language(self, window):
            assert threading.current_thread().name.startswith("elsewhere")
            return "en"

    with ThreadPoolExecutor(2, thread_name_prefix="elsewhere") as elsewhere:
        found = list(transcribe([media.excerpt(0, 40)], Named(at_once=2), executor=elsewhere))
        assert elsewhere.submit(len, found).result() > 3


def test_giving_up_withdraws_what_has_not_begun():
    go_on = threading.Event()
    spy = Spy(lambda done: done < 1 or go_on.wait(20), batch=1, at_once=3)
    with ThreadPoolExecutor(1) as elsewhere:
        made = transcribe([media.excerpt(0, 40)], spy, executor=elsewhere)
        assert next(made).number == 0
        made.close()
        go_on.set()
    assert len(spy.heard) == 2, "the first, and the one that had begun"


def test_where_there_is_no_memory_for_a_thread_those_before_it_are_waited_for(monkeypatch):
    done = []
    with pytest.raises(RuntimeError, match="can't start"), DaemonThreads(2) as threads:
        threads.submit(lambda: time.sleep(0.2) or done.append("first"))
        monkeypatch.setattr(threading.Thread, "start", _cannot_start)
        threads.submit(int)
    assert done == ["first"]


def _cannot_start(_: threading.Thread) -> None:
    raise RuntimeError("can't start new thread")


def test_the_program_does_not_wait_for_a_recogniser_at_its_end():
    program = """
        import threading
        from lecture.threads import DaemonThreads
        began = threading.Event()
        DaemonThreads(1).submit(lambda: (began.set(), threading.Event().wait(60)))
        began.wait()
    """
    subprocess.run([sys.executable, "-c", textwrap.dedent(program)], check=True, timeout=30, cwd=ROOT)


# --------------------------------------------------------------------------------------------- languages


def test_a_window_is_encoded_once_even_where_its_language_is_to_be_found(tiny_whisper, monkeypatch):
    monkeypatch.setenv("LECTURE_MODELS", str(tiny_whisper))
    whisper, encoded = FasterWhisper(loaded("faster-whisper")), []
    encode = whisper.model.encode
    monkeypatch.setattr(whisper.model, "encode", lambda features: encoded.append(len(features)) or encode(features))
    made = list(transcribe(Recording(TINY_LECTURE), whisper))
    assert sum(encoded) == len(made) >= 3
    assert whisper.language == "en"


def test_a_window_surely_in_another_language_is_recognised_in_it(tiny_whisper, monkeypatch):
    monkeypatch.setenv("LECTURE_MODELS", str(tiny_whisper))
    whisper = FasterWhisper(loaded("faster-whisper"))
    monkeypatch.setattr(whisper, "_heard", lambda encoded, windows: [("en", 0.9), ("de", 0.95), ("de", 0.5)])
    assert whisper._languages(None, 3) == ["en", "de", "en"]
    tokens, generate = [], whisper.model.model.generate

    class Spied:
        is_multilingual = True

        def generate(self, encoded, prompts, **options):
            tokens.extend(prompts)
            return generate(encoded, prompts, **options)

    found = list(windows(Recording(TINY_LECTURE), whisper.limits))[:3]
    encoded = whisper._encode(found)
    monkeypatch.setattr(whisper.model, "model", Spied())
    whisper._together(found, encoded, ["en", "de", "en"])
    codes = [whisper.model.hf_tokenizer.id_to_token(prompt[1]) for prompt in tokens]
    assert codes == ["<|en|>", "<|de|>", "<|en|>"]


def test_words_after_the_last_complete_segment_are_kept(tiny_whisper, monkeypatch):
    """A window that ends within a sentence has no time for its end; faster-whisper leaves such words out."""
    from faster_whisper.tokenizer import Tokenizer

    monkeypatch.setenv("LECTURE_MODELS", str(tiny_whisper))
    whisper = FasterWhisper(loaded("faster-whisper"), "en")
    tokenizer = Tokenizer(whisper.model.hf_tokenizer, True, "transcribe", "en")
    at = tokenizer.timestamp_begin
    said = [at, *tokenizer.encode(" The first."), at + 100, at + 100, *tokenizer.encode(" And then")]
    result = SimpleNamespace(sequences_ids=[said], scores=[-0.1], no_speech_prob=0.0)
    window = Window(0.0, 5.0, np.zeros(80_000, np.float32), ((0.0, 5.0),))
    found = whisper._found(window, tokenizer, result)
    assert [(f.text.strip(), f.start, f.end) for f in found] == [("The first.", 0.0, 2.0), ("And then", 2.0, 5.0)]


# --------------------------------------------------------------------------------------------- tidying up

WINDOW = Window(10.0, 40.0, np.zeros(0, np.float32), speech=((10.2, 18.0), (24.0, 39.5)))


def test_segments_stay_within_their_window_and_in_order():
    found = tidy([Segment(9.0, 12.0, "one"), Segment(11.0, 14.0, "two"), Segment(39.0, 55.0, "three")], WINDOW)
    assert [(s.start, s.end) for s in found] == [(10.0, 12.0), (12.0, 14.0), (39.0, 40.0)]


def test_a_segment_begins_no_earlier_than_the_last_window_ended():
    assert tidy([Segment(10.0, 13.0, "one")], WINDOW, not_before=10.4)[0].start == 10.4


def test_the_first_word_after_a_pause_is_dated_when_it_is_said():
    assert tidy([Segment(19.5, 30.0, "after the pause")], WINDOW)[0].start == 24.0


def test_words_in_silence_were_invented():
    assert tidy([Segment(18.5, 23.0, "Thanks for watching!")], WINDOW) == []


def test_a_loop_is_said_once():
    assert without_loops("And so the cell the cell the cell the cell the cell divides.") == "And so the cell divides."
    assert without_loops("It was very, very, very cold.") == "It was very, very, very cold."
    assert tidy([Segment(10.2, 18.0, "thank you. " * 20)], WINDOW)[0].text.lower().count("thank you") == 1


def test_a_long_text_is_searched_for_loops_quickly():
    without_loops("word another thing " + "a b c d e f g h " * 3_000)
