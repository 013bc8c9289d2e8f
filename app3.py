"""Lecture Voice-to-Notes: the page. Start it with `make run`, or `streamlit run app3.py`."""

from pathlib import Path

import streamlit as st

from lecture.errors import LectureError
from views import session, shared
from views.input import input_view
from views.login import login_view, who_is_logged_in
from views.results import results_view
from views.review import review_view, reviewing
from views.settings import settings_sidebar
from views.text import plain
from views.visitor import logged_in
from views.working import working_view

st.set_page_config(page_title="Lecture Voice-to-Notes", page_icon="🎓", layout="centered")
st.html(Path(__file__).parent / "views" / "page.css")

try:
    if not logged_in():
        login_view()
        shared.worker()
        st.stop()
    session.initialise()
    shared.worker()  # goes on with what was interrupted
    who_is_logged_in()
    settings = settings_sidebar()
    with st.container():  # always there, so that a message moves nothing of what plays or is being written below it
        if message := session.take_message():
            st.info(plain(message), icon=":material/info:")

    if reviewing():
        review_view()
    elif st.session_state.audio_data is None:
        input_view(settings)
    elif st.session_state.transcription is None:
        working_view(settings)
    else:
        results_view(settings)
except LectureError as error:
    st.error(plain(str(error)), icon=":material/error:")
