"""One lecture from its source to its study material: transcript, notes, flashcards."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import nullcontext
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Any, Literal

import models
from lecture.audio import Recording, Samples
from lecture.captions import read_captions
from lecture.errors import LectureError, ModelError, NoSpeechError, WriterError
from lecture.flashcards import Flashcard
from lecture.languages import LANGUAGES
from lecture.learning.definitions import key_terms
from lecture.learning.quality import good_cards
from lecture.live.marks import marked_moments
from lecture.live.provisional import Provisional
from lecture.live.recording import LiveRecording
from lecture.notes import Notes, Statement, find_chapters
from lecture.recognisers import Recogniser, recogniser_for
from lecture.sentences import Sentence, sentences
from lecture.source import Source, StoredFile
from lecture.transcribe import Borders, Recognised, transcribe
from lecture.transcript import Segment, Transcript, format_time
from lecture.writers import Extractive, Length, Writer

if TYPE_CHECKING:
    from lecture.ask import Answerer
    from lecture.cluster import Share
    from lecture.writing.model_writer import ModelWriter

WRITERS = ("extractive", "local", "endpoint")


@dataclass(frozen=True)
class Settings:
    """What the student chose.

    Attributes:
        recogniser: "auto" or one of `models.RECOGNISERS`.
        model: "auto" or one of Whisper's sizes.
        language: two-letter code, or None to find out.
        vocabulary: names and terms that the recogniser should expect, separated by commas.
        writer: one of `WRITERS`.
        writer_model: the local writer's model; None for the suggested one.
        summary_length: how much summary.
        endpoint: address of the OpenAI-compatible server that writes; its key is no setting, since these are kept.
        endpoint_model: the model there.
        notes_language: two-letter code of the notes' language, where a model writes; None for the lecture's.
    """

    recogniser: str = "auto"
    model: str = "auto"
    language: str | None = None
    vocabulary: str = ""
    writer: str = "extractive"
    writer_model: str | None = None
    summary_length: Length = "medium"
    endpoint: str = ""
    endpoint_model: str = ""
    notes_language: str | None = None

    @property
    def recognition(self) -> tuple[str, str, str | None, str]:
        """Those of the settings that decide what is recognised; the others only change the notes."""
        return self.recogniser, self.model, self.language, self.vocabulary


@dataclass(frozen=True)
class Progress:
    """What is being done now, and how far it is.

    Attributes:
        step: in words for the student, such as "Listening".
        done: how much, in `unit`.
        total: of how much, or None where that is not known.
        unit: "seconds" of the recording, "bytes" of a download, or "share" from 0 to 1.
    """

    step: str
    done: float = 0.0
    total: float | None = None
    unit: Literal["seconds", "bytes", "share"] = "share"

    @property
    def share(self) -> float:
        """How much of the step is done, from 0 to 1."""
        return min(1.0, self.done / self.total) if self.total else 0.0

    @property
    def how_far(self) -> str:
        """As a student reads it: "03:20 of 12:40", "12 of 145 MB", "40 %"; empty where nothing is known."""
        if self.unit == "seconds":
            done = format_time(self.done)
            return f"{done} of {format_time(self.total)}" if self.total else done
        if not self.total:
            return ""
        if self.unit == "bytes":
            return f"{self.done / 1e6:.0f} of {self.total / 1e6:.0f} MB"
        return f"{self.share:.0%}"


@dataclass(frozen=True)
class Lecture:
    """All that was made of one source; `rejected` counts the cards that were not good enough, by reason."""

    source: Source
    transcript: Transcript
    notes: Notes
    flashcards: tuple[Flashcard, ...]
    rejected: Mapping[str, int] = field(default_factory=dict)


OnProgress = Callable[[Progress], None]


class Record:
    """What happens while a lecture is processed, as it happens. This one keeps nothing.

    The library's, in `lecture.jobs`, writes everything down, so that work goes on where it was interrupted. Each method
    may raise `Cancelled`, which stops the work before the next window or block.
    """

    def on_progress(self, progress: Progress) -> None:
        """Told what is being done, and how far it is."""

    def on_choice(self, choice: models.Choice) -> None:
        """Told who recognises the lecture."""

    def on_planned(self, borders: Mapping[int, Borders], language: str | None) -> None:
        """Told windows' borders by number, and the lecture's language, before their recognition."""

    def on_recognised(self, window: Recognised) -> None:
        """Told what was said in a window."""

    def on_statement(self, statement: Statement) -> None:
        """Told each statement of the notes as soon as it is written and checked."""

    def on_provisional(self, segments: Sequence[Segment]) -> None:
        """Told what was said in a recording in progress since its last window ended; it may still change."""

    def key(self) -> str | None:
        """The key of the endpoint that writes; it is kept in memory only."""
        return None

    def marks(self) -> Sequence[float]:
        """Moments that the student marked while recording, in seconds."""
        return ()

    def earlier(self) -> Earlier:
        """What was done of this lecture before an interruption."""
        return Earlier()


@dataclass(frozen=True)
class Earlier:
    """Work to go on with.

    Attributes:
        choice: who began to recognise it.
        language: the language heard.
        windows: those that were recognised, by number.
        transcript: all that was said, where only the notes are to be written.
        provisional: what had been said since the last of the windows, in a recording in progress.
    """

    choice: models.Choice | None = None
    language: str | None = None
    windows: Mapping[int, Recognised] = field(default_factory=dict)
    transcript: Transcript | None = None
    provisional: tuple[Segment, ...] = ()


def process(
    source: Source,
    settings: Settings,
    record: Record,
    shared: models.Models | None = None,
    live: LiveRecording | None = None,
    *,
    share: Share | None = None,
) -> Lecture:
    """Make study material of one lecture.

    Args:
        source: recording, captions or both; captions spare the recognition.
        settings: what the student chose.
        record: told about everything as it happens; knows what was done before.
        shared: the process's models.
        live: the recording while it is still being made, in place of the source's.
        share: of a cluster that does the work; by default this process does.

    Raises:
        LectureError: the source cannot be used, a model cannot be had, or the user cancelled.
        ClusterError: the cluster was lost; what its workers finished was told to the record.
    """
    shared = shared or models.shared()
    if settings.writer not in WRITERS:
        raise WriterError(f'There is no writer "{settings.writer}". Choose {", ".join(WRITERS)}.')
    for code in filter(None, (settings.language, settings.notes_language)):
        if code not in LANGUAGES:
            raise LectureError(f'There is no language "{code}". Use a code such as en, de or fr.')
    earlier = record.earlier()
    transcript = earlier.transcript
    if transcript is None and source.captions:
        transcript = _from_captions(source.captions, source.recording, record.on_progress)
    with share.plain_errors() if share else nullcontext():
        if transcript is None:
            recording = live or Recording(source.main.path, source.main.name)
            transcript = _recognised(recording, settings, record, shared, earlier, share=share)
        if share and settings.writer != "endpoint":  # a server's key stays here
            from lecture.errands import distant_notes_and_cards

            notes, cards, rejected = distant_notes_and_cards(share, transcript, settings, record)
        else:
            notes, cards, rejected = notes_and_cards(transcript, settings, record, shared)
    return Lecture(source, transcript, notes, cards, rejected)


def notes_and_cards(
    transcript: Transcript, settings: Settings, record: Record, shared: models.Models
) -> tuple[Notes, tuple[Flashcard, ...], Mapping[str, int]]:
    """Notes, the cards that are good enough, and how many are not, by reason."""
    notes, made = _written(transcript, settings, record, shared)
    notes = replace(notes, marked=marked_moments(sentences(transcript), record.marks()))
    return notes, *good_cards(made, sentences(transcript), notes)


def _from_captions(captions: StoredFile, recording: StoredFile | None, on_progress: OnProgress) -> Transcript:
    on_progress(Progress("Reading the captions"))
    transcript = read_captions(captions.path, captions.name)
    transcript = replace(transcript, reason="Nothing had to be recognised.")
    if not recording:
        return transcript
    declared = Recording(recording.path, recording.name).declared
    return replace(transcript, duration=max(transcript.duration, declared or 0.0))


def _recognised(
    recording: Recording,
    settings: Settings,
    record: Record,
    shared: models.Models,
    earlier: Earlier,
    *,
    share: Share | None,
) -> Transcript:
    record.on_progress(Progress("Choosing the recogniser"))
    choice, another = _chosen(settings, record, shared, earlier, share)
    if choice != earlier.choice:
        earlier = Earlier()
        record.on_choice(choice)
    recogniser = another()
    recogniser.language = recogniser.language or earlier.language
    listening, live = _Listening(recording, record), isinstance(recording, LiveRecording)
    if isinstance(recording, LiveRecording):
        draft = another()
        provisional = Provisional(draft, record.on_provisional, earlier.provisional)
        listening = _LiveListening(recording, record, provisional)
    found: list[Segment] = []
    blocks, done = listening.blocks(), earlier.windows
    for window in transcribe(blocks, recogniser, done, record.on_planned, live=live, executor=share):
        found += window.segments
        record.on_recognised(window)
        listening.has_come_to(window.end)
    listening.has_come_to(recording.position)
    if not found:
        raise NoSpeechError(f"No speech was found in {recording.name}. Check that it is the right recording.")
    return Transcript(
        segments=tuple(found),
        language=recogniser.language,
        recogniser=choice.recogniser,
        model=choice.model,
        duration=round(recording.position, 3),
        reason=choice.reason,
        warnings=recording.warnings(),
    )


def _chosen(
    settings: Settings, record: Record, shared: models.Models, earlier: Earlier, share: Share | None
) -> tuple[models.Choice, Callable[[], Recogniser]]:
    """Who recognises a lecture, here or on a cluster, and how to get one such recogniser more."""
    if share:
        from lecture.errands import distant_recogniser

        distant = distant_recogniser(share, settings, record, earlier)
        return distant.choice, lambda: distant
    choice, model = chosen_and_loaded(earlier.choice, settings, shared, record.on_progress)
    return choice, lambda: recogniser_for(choice, model, settings.language, settings.vocabulary)


@dataclass
class _Listening:
    """Progress through a recording, told with every block, so that it can be cancelled while nobody speaks, too."""

    recording: Recording
    record: Record
    recognised: float = 0.0

    def blocks(self) -> Iterator[Samples]:
        """The recording's blocks, as they are decoded."""
        for block in self.recording:
            self._tell()
            yield block

    def has_come_to(self, seconds: float) -> None:
        self.recognised = min(seconds, self.recording.position)  # the last window is padded by some milliseconds
        self._tell()

    def _tell(self) -> None:
        self.record.on_progress(Progress("Listening", self.done, self.recording.duration, "seconds"))

    @property
    def done(self) -> float:
        return self.recognised


class _LiveListening(_Listening):
    """Progress through a recording in progress: it has come as far as it was heard, even for the time being."""

    def __init__(self, recording: LiveRecording, record: Record, provisional: Provisional) -> None:
        super().__init__(recording, record)
        self.provisional = provisional
        recording.meanwhile = provisional.recognise

    def blocks(self) -> Iterator[Samples]:
        """The recording's blocks, as they arrive."""
        return self.provisional.heard(super().blocks())

    def has_come_to(self, seconds: float) -> None:
        self.provisional.finished_until(seconds)
        super().has_come_to(seconds)

    @property
    def done(self) -> float:
        return self.recording.position


def chosen_and_loaded(
    begun: models.Choice | None, settings: Settings, shared: models.Models, on_progress: OnProgress
) -> tuple[models.Choice, Any]:
    """The recogniser that began the lecture, else the one to choose, ready to work.

    Where the choice is ours and its download fails, the next best one.
    """
    choice = begun or models.choose(settings.recogniser, settings.model, settings.language)
    on_progress(Progress(f"Loading {choice.recogniser}"))
    try:
        return choice, shared.recogniser(choice, _downloading(on_progress))
    except ModelError:
        next_best = models.choose(settings.recogniser, settings.model, settings.language)
        if next_best == choice:
            raise
        return next_best, shared.recogniser(next_best, _downloading(on_progress))


def _written(
    transcript: Transcript, settings: Settings, record: Record, shared: models.Models
) -> tuple[Notes, tuple[Flashcard, ...]]:
    """Notes and cards by the chosen writer; where it cannot write, by the built-in one, so that no work is lost."""
    said, length = sentences(transcript), settings.summary_length
    try:
        writer = _writer(settings, transcript.language, record.key(), shared, record.on_progress)
        return _written_by(writer, said, length, record)
    except (ModelError, WriterError) as error:
        notes, cards = _written_by(Extractive(), said, length, record)
        warning = f"{error} The built-in writer made these notes instead."
        return replace(notes, warnings=(warning, *notes.warnings)), cards


def _written_by(
    writer: Writer, said: Sequence[Sentence], length: Length, record: Record
) -> tuple[Notes, tuple[Flashcard, ...]]:
    chapters = find_chapters([sentence.text for sentence in said], [sentence.start for sentence in said])
    on_share = _share_of("Writing the notes", record.on_progress)
    notes = writer.notes(said, chapters, length, on_share, record.on_statement)
    notes = replace(notes, key_terms=key_terms(said))
    return notes, writer.flashcards(said, notes, _share_of("Making the flashcards", record.on_progress))


def answerer_for(settings: Settings, key: str | None, shared: models.Models) -> Answerer | None:
    """The model that words answers to questions, by the settings; None where the lecture's own passages are the answer.

    Raises:
        ModelError: the local model cannot be had.
        WriterError: the endpoint's settings cannot be right.
    """
    if settings.writer == "extractive":
        return None
    writer = _model_writer(settings, None, key, shared, lambda progress: None)
    return writer if writer.answers else None


def _writer(
    settings: Settings, spoken: str | None, key: str | None, shared: models.Models, on_progress: OnProgress
) -> Writer:
    if settings.writer == "extractive":
        return Extractive()
    return _model_writer(settings, spoken, key, shared, on_progress)


def _model_writer(
    settings: Settings, spoken: str | None, key: str | None, shared: models.Models, on_progress: OnProgress
) -> ModelWriter:
    if settings.writer == "endpoint":
        from lecture.writing.endpoint import Endpoint

        return Endpoint(settings.endpoint, settings.endpoint_model, key, settings.notes_language, spoken)
    from lecture.writing.local_writer import LocalModel

    name = settings.writer_model or models.WRITERS[0].name
    on_progress(Progress(f"Loading {name}"))
    return LocalModel(shared.writer(name, _downloading(on_progress)), settings.notes_language, spoken)


def _downloading(on_progress: OnProgress) -> models.OnDownload:
    def on_download(download: models.Download) -> None:
        step = f"Downloading {download.weights.name} from {download.weights.source}"
        on_progress(Progress(step, download.done, download.total, "bytes"))

    return on_download


def _share_of(step: str, on_progress: OnProgress) -> Callable[[float], None]:
    on_progress(Progress(step, 0.0, 1.0))
    return lambda share: on_progress(Progress(step, share, 1.0))
