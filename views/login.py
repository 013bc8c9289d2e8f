"""Before anything else, where the page asks for it: a login; and afterwards, who is logged in, and the way out."""

from __future__ import annotations

import streamlit as st
from streamlit.errors import StreamlitAPIException
from streamlit.runtime.scriptrunner import get_script_run_ctx

from views import shared, visitor
from views.text import plain

CAME_TO_NOTHING = "login"
"""What the page's address says of a login that came to nothing, by one of these words."""
REASONS = {
    "unavailable": "The login cannot be reached just now. Wait a moment, then try again.",
    "refused": "You were not logged in. Try again; if it happens once more, ask whoever runs this page.",
}


def login_view() -> None:
    """Show nothing but the way to log in. What the tab knew of lectures is gone."""
    st.session_state.clear()
    st.title("Lecture Voice-to-Notes")
    st.markdown("Log in to see your lectures, and to make new ones. No other user sees them.")
    if reason := REASONS.get(st.query_params.get(CAME_TO_NOTHING, "")):
        st.warning(reason, icon=":material/warning:")
    if st.button("Log in", type="primary", icon=":material/login:"):
        try:
            st.login()
        except StreamlitAPIException as error:
            st.error(plain(f"The login of this page is not set up completely: {error}"), icon=":material/error:")


def who_is_logged_in() -> None:
    """In the sidebar: a name, and the way to log out; nothing where the page asks for no login."""
    if visitor.asks_for_login():
        if CAME_TO_NOTHING in st.query_params:
            del st.query_params[CAME_TO_NOTHING]
        with st.sidebar.container(horizontal=True, vertical_alignment="center", key="visitor"):
            st.markdown(plain(visitor.name()), width="stretch")
            st.button("Log out", on_click=_log_out, icon=":material/logout:")


def _log_out() -> None:
    if context := get_script_run_ctx():
        shared.tickets().withdraw(context.session_id)
    visitor.log_out()
