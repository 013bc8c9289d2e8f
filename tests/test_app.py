"""The page's flow and state, run as Streamlit runs it but without a browser (that is tests/browser)."""

from __future__ import annotations

import pickle
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
from lecture import jobs
from lecture.errors import LectureError
from lecture.library import Entry, State
from lecture.process import Lecture, Progress, Settings, process
from lecture.source import Source, store
from lecture.transcribe import Recognised
from lecture.transcript import Segment
from tests.fixtures import media
from views import downloads, session, settings, shared
from views.recorder import receiving_at

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
def _a_program_of_its_own(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """Every test starts the program anew, and fails where a slot cannot be serialised."""
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

    def spied(source, chosen, *others, **more) -> Lecture:
        settings.append(chosen)
        return process(source, chosen, *others, **more)

    monkeypatch.setattr(jobs, "process", spied)
    return settings


def opened(lecture_id: str | None = None) -> AppTest:
    """A new tab, at the address of a lecture or at the program's own."""
    page = AppTest.from_file(str(APP), default_timeout=PATIENCE_S)
    if lecture_id:
        page.query_params["lecture"] = lecture_id
    page.run()
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


def ended(lecture_id: str) -> Entry:
    """A lecture after its work has ended, well or not."""
    wait_until(lambda: (entry := session.library().entry(lecture_id)) and entry.state not in ("waiting", "running"))
    entry = session.library().entry(lecture_id)
    assert entry
    return entry


def worked(page: AppTest) -> AppTest:
    """The page after its lecture's work has ended, well or not."""
    ended(page.session_state.lecture_id)
    assert not page.run().exception
    return page


def wait_until(true: Callable[[], object]) -> None:
    deadline = time.monotonic() + PATIENCE_S
    while not true() and time.monotonic() < deadline:
        time.sleep(0.05)
    assert true()


def with_results(*files: tuple[str, str | bytes]) -> AppTest:
    page = worked(give(opened(), *(files or [("osmosis.srt", CAPTIONS)])))
    assert page.session_state.transcription is not None
    return page


def slots(page: AppTest) -> dict[str, object]:
    return {slot: page.session_state[slot] for slot in session.SLOTS}


def stored() -> list[Path]:
    """All files of lectures on disk, those on their way in among them."""
    folder = session.library().folder
    return [path for part in ("incoming", "lectures") for path in (folder / part).rglob("*") if path.is_file()]


def states() -> list[State]:
    return [entry.state for entry in session.library().entries()]


def labels(page: AppTest) -> list[str]:
    return [button.label for button in page.button]


# -------------------------------------------------------------------------------------------- slots and files


def test_a_new_tab_has_empty_slots_and_shows_the_input_view() -> None:
    page = opened()
    assert {"audio_data", "file_name", "transcription", "summary", "flashcards"} <= set(session.SLOTS)
    assert set(slots(page).values()) == {None}
    assert "Make study notes" in labels(page)


def test_where_recordings_are_taken_in_the_page_has_its_own_recorder_and_elsewhere_one_for_short_notes() -> None:
    alone = opened()
    assert any("For up to 20 minutes" in caption.value for caption in alone.caption)
    assert not alone.expander
    with receiving_at("/incoming"):
        page = opened()
    assert not any("20 minutes" in caption.value for caption in page.caption)
    assert [expander.label for expander in page.expander] == ["Larger than 1000 MB? Send it in parts"]


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
    monkeypatch.setattr(downloads, "study_report", lambda *_: pytest.fail("a report that nobody asked for"))
    page.run()
    page.selectbox(key="settings.recogniser").select("pocketsphinx").run()
    page.button_group(key="settings.summary_length").set_value("long").run()
    assert len(asked) == 1
    assert all(page.session_state[slot] is value for slot, value in before.items())


def test_start_over_empties_the_tab_and_keeps_the_lecture() -> None:
    uploader = opened().file_uploader[0].key
    page = with_results(("memory.mp3", media.SAMPLE.read_bytes()), ("memory.srt", CAPTIONS))
    first, files = page.session_state.lecture_id, stored()
    assert len(files) == 2
    click(page, "Start over")
    assert set(slots(page).values()) == {None}
    assert "lecture" not in page.query_params
    assert stored() == files
    assert "**Memory**" in labels(page)
    assert page.file_uploader[0].value in (None, [])
    assert page.file_uploader[0].key != uploader
    assert not [key for key in page.session_state if str(key).endswith("_output")]

    worked(give(page, ("osmosis.srt", OTHERS)))
    assert "lever" in page.session_state.transcription.segments[0].text
    assert page.session_state.lecture_id != first
    assert len(session.library().entries()) == 2


def test_an_address_brings_a_lecture_back_in_another_tab() -> None:
    first = with_results(("memory.mp3", media.SAMPLE.read_bytes()), ("memory.srt", CAPTIONS))
    assert first.query_params["lecture"] == first.session_state.lecture_id
    second = opened(first.session_state.lecture_id)
    assert slots(second) == slots(first)
    click(first, "Start over")
    assert second.run().session_state.audio_data.recording.path.exists()


@pytest.mark.parametrize("nonsense", ["gone", "../../etc", "' OR 1=1 --", "x" * 5000])
def test_an_address_of_nothing_says_so_and_shows_the_start(nonsense: str) -> None:
    page = opened(nonsense)
    assert "There is no lecture at this address" in page.info[0].value
    assert set(slots(page).values()) == {None}
    assert "Make study notes" in labels(page)
    assert "lecture" not in page.query_params
    assert not page.run().info


def test_the_same_files_twice_are_one_lecture_and_the_page_says_so(asked: list[Settings]) -> None:
    page = with_results()
    first = page.session_state.lecture_id
    click(page, "Start over")
    give(page, ("another name.srt", CAPTIONS))
    assert page.session_state.lecture_id == first
    assert "You have this lecture already" in page.info[0].value
    assert page.session_state.transcription is not None
    assert (len(asked), len(stored())) == (1, 1)
    assert not page.run().info

    click(page, "Start over")
    page.button_group(key="settings.summary_length").set_value("long").run()
    assert worked(give(page, ("osmosis.srt", CAPTIONS))).session_state.lecture_id != first


def test_a_lecture_that_another_tab_deleted_is_gone_from_this_one() -> None:
    recording = ("memory.mp3", media.SAMPLE.read_bytes())
    page = with_results(recording, ("memory.srt", CAPTIONS))
    session.library().delete(page.session_state.lecture_id)
    assert stored() == []
    assert not page.run().exception
    assert "deleted" in page.info[0].value
    assert set(slots(page).values()) == {None}
    assert "Make study notes" in labels(page)


def test_two_recordings_at_once_are_refused_in_one_sentence() -> None:
    page = give(opened(), ("one.srt", CAPTIONS), ("two.srt", OTHERS))
    assert len(page.error) == 1
    assert "One lecture at a time" in page.error[0].value
    assert set(slots(page).values()) == {None}
    assert stored() == []


@pytest.mark.parametrize("while_it", ["starts", "receives"])
def test_a_disk_that_refuses_gets_one_sentence(monkeypatch: pytest.MonkeyPatch, tmp_path: Path, while_it: str) -> None:
    (tmp_path / "a file").touch()
    if while_it == "starts":
        monkeypatch.setenv("LECTURE_DATA", str(tmp_path / "a file" / "data"))
        page = opened()
    else:
        monkeypatch.setattr(session, "incoming", lambda: tmp_path / "a file" / "incoming")
        page = give(opened(), ("osmosis.srt", CAPTIONS))
    assert len(page.error) == 1
    assert "annot be written" in page.error[0].value or "Nothing can be written to" in page.error[0].value
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
    page.selectbox(key="settings.notes_language").select("fr").run()


EVERYTHING = Settings(
    recogniser="whisper",
    model="small",
    language="de",
    vocabulary="osmosis, membrane",
    writer="local",
    writer_model="owner/name",
    summary_length="short",
    notes_language="fr",
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
    of_another_writer = {"endpoint", "endpoint_model"}
    chosen = {name for name, default in vars(Settings()).items() if getattr(EVERYTHING, name) != default}
    assert chosen | of_another_writer == set(vars(Settings()))


def test_settings_are_there_again_after_a_restart_and_reset_forgets_them() -> None:
    choose_everything(opened())
    restarted()
    page = opened()
    assert shown(page) == ("whisper", "small", "de", "osmosis, membrane", "short", "local", "owner/name")
    click(page, "Reset to defaults")
    restarted()
    assert shown(opened()) == ("auto", "auto", "auto", "", "medium", "extractive", None)


def restarted() -> None:
    """As far as what is kept in memory goes, the program starts anew."""
    st.cache_resource.clear()


def shown(page: AppTest) -> tuple[object, ...]:
    """What the sidebar's widgets say."""
    names = ("recogniser", "model", "language", "vocabulary", "summary_length", "writer", "another_writer")
    widgets = {w.key: w.value for w in (*page.selectbox, *page.text_area, *page.button_group, *page.text_input)}
    return tuple(widgets.get(f"settings.{name}") for name in names)


def test_where_others_reach_the_page_nothing_is_listed_or_remembered(monkeypatch: pytest.MonkeyPatch) -> None:
    options, option = {"server.address": "0.0.0.0"}, st.get_option
    with monkeypatch.context() as patched:
        patched.setattr(st, "get_option", lambda name: options.get(name) or option(name))
        page = opened()
        choose_everything(page)
        click(page, "Reset to defaults")
        page.text_area(key="settings.vocabulary").input("my secret").run()
        lecture_id = worked(give(page, ("osmosis.srt", CAPTIONS))).session_state.lecture_id
        other = opened()
        assert "my secret" not in shown(other)
        assert "**Osmosis**" not in labels(other)
        assert not other.get("text_input")
        assert opened(lecture_id).session_state.transcription is not None
    assert "**Osmosis**" in labels(opened())
    assert "my secret" not in shown(opened())


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
    def fails(*_: object, **__: object) -> Lecture:
        raise error

    with monkeypatch.context() as patched:
        patched.setattr(jobs, "process", fails)
        page = worked(give(opened(), ("osmosis.srt", CAPTIONS)))
    assert [shown.value[: len(sentence)] for shown in page.error] == [sentence]
    assert page.session_state.audio_data is not None
    assert sentence in next(c.value for c in opened().caption if "Failed" in c.value)

    worked(click(page, "Try again"))
    assert not page.error
    assert page.session_state.transcription.segments[0].text.startswith("Osmosis is")


def test_while_it_works_the_page_says_how_far_it_is_and_can_be_told_to_stop(endless: threading.Event) -> None:
    page = give(opened(), ("osmosis.srt", CAPTIONS))
    lecture_id = page.session_state.lecture_id
    wait_until(lambda: session.library().latest_segments(lecture_id))
    page.run()
    assert page.get("progress")[0].proto.text == "Listening … 03\\:20 of 12\\:40"
    assert any("It swells." in shown.proto.body for shown in page.get("html"))
    assert any("Listening … 03\\:20 of 12\\:40" in caption.value for caption in opened().caption)

    click(page, "Cancel")
    assert set(slots(page).values()) == {None}
    assert len(stored()) == 1
    assert states() == ["cancelled"]
    assert "Make study notes" in labels(page)
    endless.set()

    click(page, "**Osmosis**")
    assert "You cancelled this lecture" in page.info[0].value
    worked(click(page, "Go on"))
    assert page.session_state.transcription is not None


def test_lectures_that_were_running_when_the_program_ended_go_on_when_it_starts(tmp_path: Path) -> None:
    path = tmp_path / "osmosis.srt"
    path.write_text(CAPTIONS)
    with path.open("rb") as file:
        source = Source(captions=store(file, path.name, session.incoming()))
    lost, _ = session.library().add(source, Settings(), shared.now())
    assert session.library().take_next() and states() == ["running"]
    restarted()
    page = worked(opened(lost.id))
    assert page.session_state.transcription is not None


def test_two_lectures_wait_for_each_other(endless: threading.Event) -> None:
    first = give(opened(), ("osmosis.srt", CAPTIONS))
    wait_until(lambda: states() == ["running"])
    second = give(opened(), ("lever.srt", OTHERS))
    assert states() == ["waiting", "running"]
    assert second.get("progress")[0].proto.text == "Waiting for its turn"
    endless.set()
    for page, word in ((first, "Osmosis"), (second, "lever")):
        assert word in worked(page).session_state.transcription.segments[0].text


@pytest.fixture
def endless(monkeypatch: pytest.MonkeyPatch) -> Iterator[threading.Event]:
    """Work that stays where it is until the event is set."""
    event = threading.Event()

    def waits(source, settings, record, shared, **more) -> Lecture:
        record.on_progress(Progress("Listening", 200.0, 760.0, "seconds"))
        record.on_planned({0: (0.0, 6.0)}, "en")
        record.on_recognised(Recognised(0, 0.0, 6.0, (Segment(0.0, 5.0, "It swells."),)))
        while not event.wait(0.1):
            record.on_progress(Progress("Listening", 200.0, 760.0, "seconds"))
        return process(source, settings, record, shared, **more)

    monkeypatch.setattr(jobs, "process", waits)
    yield event
    event.set()


# --------------------------------------------------------------------------------------------------- the library


def test_the_library_lists_title_date_length_and_state_newest_first(asked: list[Settings]) -> None:
    for name, content in (("osmosis.srt", CAPTIONS), ("lever.srt", OTHERS)):
        with_results((name, content))
    page = opened()
    assert [label for label in labels(page) if label.startswith("**")] == ["**Lever**", "**Osmosis**"]
    today = shared.now()
    date = f"{today.day} {today:%B %Y}"
    assert [c.value for c in page.caption if date in c.value] == [
        f"{date} · 00\\:06 · Ready",
        f"{date} · 00\\:11 · Ready",
    ]
    click(page, "**Osmosis**")
    assert page.session_state.transcription.segments[0].text.startswith("Osmosis")
    assert len(asked) == 2


def test_a_lecture_gets_another_title() -> None:
    page = with_results()
    lecture_id = page.session_state.lecture_id
    click(page, "Start over")
    page.text_input(key=f"title {lecture_id}").input("  *Water*  ").run()
    click(page, "Rename")
    assert "**\\*Water\\***" in labels(page)
    page.text_input(key=f"title {lecture_id}").input("   ").run()
    click(page, "Rename")
    assert [entry.title for entry in session.library().entries()] == ["*Water*"]
    assert opened(lecture_id).title[0].value == "\\*Water\\*"


def test_a_search_finds_sentences_of_all_lectures_and_opens_their_moment() -> None:
    for name, content in (("osmosis.srt", CAPTIONS), ("lever.srt", OTHERS)):
        with_results((name, content))
    page = opened()
    page.text_input(key="search").input("a CELL that").run()
    assert [label for label in labels(page) if label.startswith("**")] == ["**00:06 · Osmosis**"]
    click(page, "**00:06 · Osmosis**")
    assert page.session_state.moment == 6.5
    assert {tabs.proto.tab_container.default_tab_index for tabs in page.get("tab_container")} == {1}


@pytest.mark.parametrize("query", ["zebra", '"', "'", "*", "AND", "NEAR(a b", "a:b", "-", "\\", "💡", "osmosis zebra"])
def test_a_search_for_what_nobody_said_says_so(query: str) -> None:
    with_results()
    page = opened()
    page.text_input(key="search").input(query).run()
    assert not page.exception
    assert not page.error
    found = [label for label in labels(page) if label.startswith("**")]
    assert found == [] or query in "AND-"
    assert found or any("Nobody said that" in caption.value for caption in page.caption)


# ---------------------------------------------------------------------------------------------------- two tabs


def test_two_tabs_share_one_copy_of_the_model_and_never_their_results(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    loads = []
    load = models._load_pocketsphinx
    monkeypatch.setattr(models, "_load_pocketsphinx", lambda *which: (loads.append(which), load(*which))[1])
    lectures = {
        "memory": media.write(tmp_path / "first.wav", media.excerpt(0.0, 5.0)),
        "working": media.write(tmp_path / "second.wav", media.excerpt(39.0, 45.0)),
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


@pytest.mark.parametrize(
    ("cluster", "address", "said"),
    [
        ("", "127.0.0.1", "Everything happens on this computer."),
        ("tcp://scheduler:8786", "127.0.0.1", "Everything happens on the machines of whoever runs this page."),
        ("", "0.0.0.0", "Everything happens on the machines of whoever runs this page."),
    ],
)
def test_the_sidebar_says_whose_machines_do_the_work(
    monkeypatch: pytest.MonkeyPatch, cluster: str, address: str, said: str
) -> None:
    monkeypatch.setenv("LECTURE_CLUSTER", cluster)
    option = st.get_option
    monkeypatch.setattr(st, "get_option", lambda name: address if name == "server.address" else option(name))
    assert settings._where_it_happens("").startswith(said)
