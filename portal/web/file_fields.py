"""File fields: what was chosen is checked by content and kept ready, so that a refused form loses none of it."""

from typing import NamedTuple

from flask import current_app
from itsdangerous import BadData, URLSafeTimedSerializer
from werkzeug.datastructures import FileStorage
from wtforms import MultipleFileField
from wtforms.widgets import FileInput

from portal import files
from portal.activity.attachments import MOST_AT_ONCE, Sent
from portal.errors import Invalid
from portal.web import sessions
from portal.web.forms import speech_of

HELD_SECONDS = 20 * 3600  # less than the day after which the sweeper takes content without a row
ACCEPT = ",".join(ending for endings in files.ENDINGS.values() for ending in endings) + ",.gif"


class Held(NamedTuple):
    """A good file of a form that came back: its mark for the next try, and the file."""

    token: str
    sent: Sent


class FilesField(MultipleFileField):
    """Files chosen now, and those held from an earlier try; `data` is [Sent], `held` what the page shows as ready."""

    widget = FileInput(multiple=True)

    def __init__(self, label="", *, most=MOST_AT_ONCE, only=files.ANYTHING, **more):
        super().__init__(label, **more)
        self.most, self.only = most, only
        self.widget = FileInput(multiple=most > 1)
        self.chosen, self.tokens, self.held = [], [], []

    def process_formdata(self, valuelist):  # name given by WTForms
        self.chosen = [value for value in valuelist if isinstance(value, FileStorage) and value.filename]
        self.tokens = [value for value in valuelist if isinstance(value, str) and value]
        self.data = []

    def process_data(self, value):  # name given by WTForms
        self.data = []

    def pre_validate(self, form):  # name given by WTForms
        """Take each file that can be taken, and say of each other one why not."""
        if len(self.chosen) + len(self.tokens) > self.most:
            self.errors.append(speech_of("files-too-many", most=self.most))
            return
        for token in self.tokens:
            self._take_up(token)
        for file in self.chosen:
            self._receive(file)
        self.data = [held.sent for held in self.held]

    def _receive(self, file):
        name = files.clean_name(file.filename)
        try:
            sent = Sent(name, files.receive(file.stream, only=self.only))
        except Invalid as refused:
            message, parameters = refused.problems["file"]
            self.errors.append(f"{name}: {speech_of(message, **parameters)}")
            return
        self.held.append(Held(_marks().dumps([name, *vars(sent.received).values()]), sent))

    def _take_up(self, token):
        try:
            name, *received = _marks().loads(token, max_age=HELD_SECONDS)
        except BadData:
            self.errors.append(speech_of("file-not-kept"))
            return
        sent = Sent(name, files.Received(*received))
        if not files.path(sent.received.sha256).is_file():
            self.errors.append(f"{name}: {speech_of('file-not-kept')}")
            return
        self.held.append(Held(token, sent))


def _marks():
    """Signs what a person's own form held; another person's mark is none."""
    return URLSafeTimedSerializer(current_app.secret_key, salt=f"held file of {sessions.actor().ref}")
