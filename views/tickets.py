"""Tickets: what a page hands to its own recorder, so that this browser tab and nobody else may begin a recording."""

from __future__ import annotations

import secrets
import threading
import time
from collections import OrderedDict, deque
from collections.abc import Callable
from dataclasses import dataclass, field

from lecture.errors import LectureError
from lecture.process import Settings

MOST_BEGUN = 20
"""Recordings that one ticket begins in an hour: more than a day of lectures, tried twice each."""
WITHIN_S = 3_600.0
"""The hour, in seconds."""
LASTS_S = 24 * 3_600.0
"""Seconds from the last run of the page on which a ticket is good: a page left open overnight still records."""
MOST_TICKETS = 10_000
"""Tabs that are remembered; one that was not seen for the longest time goes first."""


class BadTicket(LectureError):
    """This ticket was never given out, or long ago."""


class TooOften(LectureError):
    """A ticket begins too much.

    Attributes:
        wait: seconds until it begins something again.
    """

    def __init__(self, wait: float) -> None:
        super().__init__("Very many recordings were begun here within an hour. Wait a while, then try again.")
        self.wait = wait


@dataclass(frozen=True)
class Ticket:
    """What a recording is begun with: the settings on the page, the key of the endpoint that is to write, and whose
    it is to be."""

    settings: Settings
    endpoint_key: str | None = None
    owner: str | None = None


@dataclass
class _Tab:
    secret: str
    ticket: Ticket
    issued: float
    begun: deque[float] = field(default_factory=deque)


class Tickets:
    """The tickets of this process's pages, one for each tab; they are gone with the process. Safe in threads."""

    def __init__(self, clock: Callable[[], float] = time.monotonic) -> None:
        self._clock = clock
        self._lock = threading.Lock()
        self._tabs: OrderedDict[str, _Tab] = OrderedDict()
        self._sessions: dict[str, str] = {}

    def issue(
        self, session_id: str, settings: Settings, endpoint_key: str | None = None, owner: str | None = None
    ) -> str:
        """The ticket of a Streamlit session. It stays the same, and stands for what was chosen last.

        Args:
            session_id: Streamlit's.
            settings: what is chosen on the page now.
            endpoint_key: of the endpoint that writes, if one is chosen.
            owner: who is logged in, if the page asks for that.
        """
        with self._lock:
            tab = self._tabs.setdefault(session_id, _Tab(secrets.token_urlsafe(32), Ticket(settings), 0.0))
            tab.ticket, tab.issued = Ticket(settings, endpoint_key, owner), self._clock()
            self._tabs.move_to_end(session_id)
            self._sessions[tab.secret] = session_id
            while len(self._tabs) > MOST_TICKETS:
                _, oldest = self._tabs.popitem(last=False)
                del self._sessions[oldest.secret]
            return tab.secret

    def withdraw(self, session_id: str) -> None:
        """Let a Streamlit session's ticket begin nothing any more: its user has logged out."""
        with self._lock:
            if tab := self._tabs.pop(session_id, None):
                del self._sessions[tab.secret]

    def redeem(self, secret: str) -> Ticket:
        """What a recording is to be begun with.

        Raises:
            BadTicket: no page of this process gave it out, or too long ago.
            TooOften: it began too much in the last hour.
        """
        with self._lock:
            now = self._clock()
            tab = self._tabs.get(self._sessions.get(secret, ""))
            if tab is None or now - tab.issued > LASTS_S:
                raise BadTicket("This page has been open for too long. Load it again, then begin.")
            while tab.begun and now - tab.begun[0] >= WITHIN_S:
                tab.begun.popleft()
            if len(tab.begun) >= MOST_BEGUN:
                raise TooOften(WITHIN_S - (now - tab.begun[0]))
            tab.begun.append(now)
            return tab.ticket
