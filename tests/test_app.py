"""The page's flow and state, run as Streamlit runs it but without a browser (that is tests/browser)."""

from __future__ import annotations

import pickle
import tempfile
import threading
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
import streamlit as st
from streamlit.components.v2.bidi_component import main as bidi_component
from streamlit.testing.v1 import AppTest
from streamlit.testing.v1.util import patch_config_options

import models
from lecture.errors import LectureError
from lecture.process import Lecture, Progress, Settings, process
from lecture.transcript import Segment
from tests.fixtures import media
from views import results, session

APP = Path(__file__).parents[1] / "app3.py"
PATIENCE_S = 120.0
CAPTIONS = """1
00:00:01,000 --> 00:00:06,000
Osmosis is the movement of water through a membrane that keeps salt back.

2
00:00:06,500 --> 00:00:11,000
A cell that lies in fresh water therefore swells until its wall holds it.
"""
OTHERS = """1
00:00:01,000 --> 00:00:06,000
A lever is a rigid bar that turns about a fixed point, and it trades force for distance.
"""


@pytest.fixture(autouse=True)
def _a_program_of_its_own(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Iterator[None]:
    """Every test starts the program anew, and fails where a slot cannot be serialised."""
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path))
    # Streamlit 1.67 shows a component's own value through a local class, which no component's page could pickle.
    monkeypatch.setattr(bidi_component, "make_bidi_component_presenter", lambda *_: lambda value, _: value)
    models.shared.cache_clear()
    st.cache_resource.clear()
    with patch_config_options({"runner.enforceSerializableSessionState": True}):
        yield
    st.cache_resource.clear()
    models.shared.cache_clear()


@pytest.fixture
def asked(monkeypatch: pytest.MonkeyPatch) -> list[Settings]:
    """The settings of each lecture that is processed, one entry for every time it is."""
    settings: list[Settings] = []

    def spied(source, chosen, *others) -> Lecture:
        settings.append(chosen)
        return process(source, chosen, *others)

    monkeypatch.setattr(session, "process", spied)
    return settings


def opened() -> AppTest:
    """A new tab."""
    page = AppTest.from_file(str(APP), default_timeout=PATIENCE_S).run()
    assert not page.exception
    return page


def give(page: AppTest, *files: tuple[str, str | bytes]) -> AppTest:
    """Upload files and have notes made of them."""
    contents = [(name, data.encode() if isinstance(data, str) else data, "") for name, data in files]
    page.file_uploader[0].set_value(contents).run()
    return click(page, "Make study notes")


def click(page: AppTest, label: str) -> AppTest:
    next(button for button in page.button if button.label == label).click().run()
    assert not page.exception
    return page


def worked(page: AppTest) -> AppTest:
    """The page after its lecture's work has ended, well or not."""
    job = session.worker().find(page.session_state.lecture_id)
    if job:
        job.result.exception(timeout=PATIENCE_S)
    assert not page.run().exception
    return page


def with_results(*files: tuple[str, str | bytes]) -> AppTest:
    page = worked(give(opened(), *(files or [("osmosis.srt", CAPTIONS)])))
    assert page.session_state.transcription is not None
    return page


def slots(page: AppTest) -> dict[str, object]:
    return {slot: page.session_state[slot] for slot in session.SLOTS}


def stored() -> list[Path]:
    return [path for path in session.folder().iterdir() if path.is_file()]


def labels(page: AppTest) -> list[str]:
    return [button.label for button in page.button]


# -------------------------------------------------------------------------------------------- slots and files


def test_a_new_tab_has_empty_slots_and_shows_the_input_view() -> None:
    page = opened()
    assert {"audio_data", "file_name", "transcription", "summary", "flashcards"} <= set(session.SLOTS)
    assert set(slots(page).values()) == {None}
    assert "Make study notes" in labels(page)


def test_an_upload_fills_the_slots_and_only_a_reference_to_it_is_kept() -> None:
    recording = media.SAMPLE.read_bytes()
    page = with_results(("memory.mp3", recording), ("memory.srt", CAPTIONS))
    assert page.session_state.file_name == "memory.mp3"
    assert page.session_state.transcription.segments[0].text.startswith("Osmosis is")
    assert page.session_state.summary.summary
    assert page.session_state.flashcards[0].question == "What is osmosis?"
    assert page.session_state.audio_data.recording.path.read_bytes() == recording
    assert len(pickle.dumps({key: page.session_state[key] for key in session.SLOTS})) < 20_000
    assert page.title[0].value == "Memory"


def test_a_rerun_or_another_setting_computes_nothing_again(
    asked: list[Settings], monkeypatch: pytest.MonkeyPatch
) -> None:
    page = with_results()
    before = slots(page)
    monkeypatch.setattr(results, "study_report", lambda *_: pytest.fail("a report that nobody asked for"))
    page.run()
    page.selectbox(key="settings.recogniser").select("pocketsphinx").run()
    page.button_group(key="settings.summary_length").set_value("long").run()
    assert len(asked) == 1
    assert all(page.session_state[slot] is value for slot, value in before.items())


def test_start_over_empties_the_slots_deletes_the_files_and_renews_the_widgets() -> None:
    page = with_results(("memory.mp3", media.SAMPLE.read_bytes()), ("memory.srt", CAPTIONS))
    assert len(stored()) == 2
    click(page, "Start over")
    assert set(slots(page).values()) == {None}
    assert stored() == []
    assert session.worker().find(page.session_state.lecture_id) is None
    assert page.file_uploader[0].value in (None, [])
    assert page.file_uploader[0].key == "upload-1"
    assert not [key for key in page.session_state if str(key).endswith("_output")]

    worked(give(page, ("osmosis.srt", OTHERS)))
    assert "lever" in page.session_state.transcription.segments[0].text


def test_two_recordings_at_once_are_refused_in_one_sentence() -> None:
    page = give(opened(), ("one.srt", CAPTIONS), ("two.srt", OTHERS))
    assert len(page.error) == 1
    assert "One lecture at a time" in page.error[0].value
    assert set(slots(page).values()) == {None}
    assert stored() == []


def test_a_disk_that_refuses_gets_one_sentence(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    (tmp_path / "a file").touch()
    monkeypatch.setattr(session, "folder", lambda: tmp_path / "a file" / "uploads")
    page = give(opened(), ("osmosis.srt", CAPTIONS))
    assert len(page.error) == 1
    assert "Nothing can be written to" in page.error[0].value
    assert set(slots(page).values()) == {None}


# --------------------------------------------------------------------------------------------------- settings


def choose_everything(page: AppTest) -> None:
    page.selectbox(key="settings.recogniser").select("whisper")
    page.selectbox(key="settings.model").select("small")
    page.selectbox(key="settings.language").select("de")
    page.text_area(key="settings.vocabulary").input("osmosis, membrane")
    page.button_group(key="settings.summary_length").set_value("short")
    page.selectbox(key="settings.writer").select("local").run()
    page.selectbox(key="settings.writer_model").select("Another one …").run()
    page.text_input(key="settings.another_writer").input("owner/name").run()


EVERYTHING = Settings(
    recogniser="whisper",
    model="small",
    language="de",
    vocabulary="osmosis, membrane",
    writer="local",
    writer_model="owner/name",
    summary_length="short",
)


def test_what_is_chosen_in_the_sidebar_reaches_the_work(asked: list[Settings]) -> None:
    page = opened()
    choose_everything(page)
    worked(give(page, ("osmosis.srt", CAPTIONS)))
    assert asked == [EVERYTHING]


def test_reset_gives_back_the_default_of_every_setting(asked: list[Settings]) -> None:
    page = opened()
    choose_everything(page)
    click(page, "Reset to defaults")
    worked(give(page, ("osmosis.srt", CAPTIONS)))
    assert asked == [Settings()]
    assert all(getattr(EVERYTHING, name) != default for name, default in vars(Settings()).items())


# ------------------------------------------------------------------------------------------------------ the work


def test_the_demonstration_lecture_is_one_click_away(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    short = media.write(tmp_path / "how-memory-works.wav", media.excerpt(0.0, 6.0))
    monkeypatch.setattr("views.input.DEMONSTRATION", short)
    page = click(opened(), "Try the demonstration lecture")
    worked(page)
    assert "memory" in page.session_state.transcription.segments[0].text
    assert page.session_state.transcription.recogniser == "pocketsphinx"
    assert "PocketSphinx writes a draft" in page.info[0].value


@pytest.mark.parametrize(
    ("error", "sentence"),
    [
        (LectureError("The disk is full. Free some space and try again."), "The disk is full"),
        (ZeroDivisionError("division by zero"), "Something unexpected went wrong"),
    ],
)
def test_failed_work_is_told_in_one_sentence_and_can_be_tried_again(
    monkeypatch: pytest.MonkeyPatch, error: Exception, sentence: str
) -> None:
    def fails(*_: object) -> Lecture:
        raise error

    with monkeypatch.context() as patched:
        patched.setattr(session, "process", fails)
        page = worked(give(opened(), ("osmosis.srt", CAPTIONS)))
    assert [shown.value[: len(sentence)] for shown in page.error] == [sentence]
    assert page.session_state.audio_data is not None

    worked(click(page, "Try again"))
    assert not page.error
    assert page.session_state.transcription.segments[0].text.startswith("Osmosis is")


def test_while_it_works_the_page_says_how_far_it_is_and_can_be_told_to_stop(endless: threading.Event) -> None:
    page = give(opened(), ("osmosis.srt", CAPTIONS))
    job = session.worker().find(page.session_state.lecture_id)
    wait_until(lambda: job.segments)
    page.run()
    assert page.get("progress")[0].proto.text == "Listening … 03\\:20 of 12\\:40"
    assert any("It swells." in shown.proto.body for shown in page.get("html"))

    click(page, "Cancel")
    assert set(slots(page).values()) == {None}
    assert stored() == []
    assert job.state == "cancelled"
    assert "Make study notes" in labels(page)


def test_work_that_a_restart_of_the_program_ended_is_begun_anew(endless: threading.Event) -> None:
    page = give(opened(), ("osmosis.srt", CAPTIONS))
    lost = page.session_state.lecture_id
    session.worker.clear()
    endless.set()
    assert not page.run().exception
    assert page.session_state.lecture_id != lost
    worked(page)
    assert page.session_state.transcription is not None


@pytest.fixture
def endless(monkeypatch: pytest.MonkeyPatch) -> Iterator[threading.Event]:
    """Work that stays where it is until the event is set."""
    event = threading.Event()

    def waits(source, settings, on_progress, on_segments, shared) -> Lecture:
        on_progress(Progress("Listening", 200.0, 760.0, "seconds"))
        on_segments([Segment(0.0, 5.0, "It swells.")])
        event.wait(PATIENCE_S)
        return process(source, settings, on_progress, on_segments, shared)

    monkeypatch.setattr(session, "process", waits)
    yield event
    event.set()


def wait_until(true: Callable[[], object]) -> None:
    deadline = time.monotonic() + PATIENCE_S
    while not true() and time.monotonic() < deadline:
        time.sleep(0.05)
    assert true()


def test_two_tabs_share_one_copy_of_the_model_and_never_their_results(monkeypatch: pytest.MonkeyPatch) -> None:
    loads = []
    load = models._load_pocketsphinx
    monkeypatch.setattr(models, "_load_pocketsphinx", lambda *which: (loads.append(which), load(*which))[1])
    folder = session.folder()
    lectures = {
        "memory": media.write(folder.parent / "first.wav", media.excerpt(0.0, 5.0)),
        "working": media.write(folder.parent / "second.wav", media.excerpt(39.0, 45.0)),
    }
    pages = {word: give(opened(), (path.name, path.read_bytes())) for word, path in lectures.items()}
    for word, page in pages.items():
        worked(page)
        said = " ".join(segment.text for segment in page.session_state.transcription.segments)
        assert word in said
        assert page.session_state.file_name == lectures[word].name
    assert len(loads) == 1
    first, second = pages.values()
    assert first.session_state.transcription != second.session_state.transcription

    click(first, "Start over")
    assert second.run().session_state.audio_data.recording.path.exists()
    assert len(stored()) == 1
