"""Notices: the page on which a person of either face chooses what to be told of, by which channel and when."""

from datetime import date, time, timedelta
from functools import lru_cache
from operator import itemgetter

from babel.dates import get_timezone_location
from flask import url_for
from flask_babel import gettext, lazy_gettext
from wtforms import BooleanField, RadioField, SelectField

from portal import values
from portal.activity import preferences
from portal.activity.preferences import HOURS, RHYTHMS, ZONES
from portal.activity.topics import CHANNELS, NOTHING, TOPICS
from portal.web import forms, pages, reading, sessions, speech

CHOSEN = [topic for topic in TOPICS if topic.may_be_off != NOTHING]
ALWAYS = [topic for topic in TOPICS if topic.may_be_off == NOTHING]
MONDAY = date(2024, 1, 1)
PLAN = ("rhythm", "hour", "weekday", "quiet_from", "quiet_until", "zone")


def _hour_or_none(text):
    return None if text in ("", None) else int(text)


class ChoiceForm(forms.EditForm):
    """Every switch and when mail comes; the switches are fields like `orders_mail`, one per topic and channel."""

    rhythm = RadioField(lazy_gettext("When mail comes"))
    hour = SelectField(lazy_gettext("At"), coerce=int)
    weekday = SelectField(lazy_gettext("On"), coerce=int)
    quiet_from = SelectField(lazy_gettext("From"), coerce=_hour_or_none)
    quiet_until = SelectField(lazy_gettext("Until"), coerce=_hour_or_none)
    zone = SelectField(lazy_gettext("Your time zone"))

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        wording = speech.wording()
        hours = [(hour, wording.clock(time(hour))) for hour in HOURS]
        self.rhythm.choices = [(key, speech.term("notice_plan", "rhythm", key)) for key in RHYTHMS]
        self.hour.choices = forms.options(hours)
        self.weekday.choices = forms.options([(n, wording.weekday_name(MONDAY + timedelta(n))) for n in range(7)])
        self.quiet_from.choices = self.quiet_until.choices = forms.options([("", "–"), *hours])
        shop = gettext("As in the shop: %(place)s", place=_place(values.SHOP_ZONE.key, speech.language()))
        self.zone.choices = forms.options([("", shop), *_places(speech.language())])

    def values(self):
        typed = super().values()
        off = {(topic.key, channel) for topic, channel, field in self.switches() if not field.data}
        return {name: typed[name] for name in (*PLAN, "version")} | {"off": off}

    def show_conflict(self, current):
        super().show_conflict(current)
        off = preferences.off_of(current)
        for topic, channel, field in self.switches():
            is_on = (topic.key, channel) not in off
            if is_on != field.data:
                label = f"{speech.term('topic', topic.key)}: {speech.term('channel', channel)}"
                self.conflicts.append((label, _word(is_on), _word(field.data)))

    def switches(self):
        """(topic, channel, field) of every switch."""
        return [(topic, channel, self[f"{topic.key}_{channel}"]) for topic in CHOSEN for channel in CHANNELS]


for _topic in CHOSEN:
    for _channel in CHANNELS:
        setattr(ChoiceForm, f"{_topic.key}_{_channel}", BooleanField())


def _word(is_on):
    return gettext(reading.YES if is_on else reading.NO)


@lru_cache
def _place(zone, language):
    """The city that a time zone is named after."""
    return get_timezone_location(zone, locale=language, return_city=True)


@lru_cache
def _places(language):
    """[(zone, city)] by city."""
    return sorted(((zone, _place(zone, language)) for zone in ZONES), key=itemgetter(1))


class Notices:
    """The page of one face and its form."""

    def __init__(self, name, template):
        self.name, self.page = name, pages.Page(template)

    @property
    def url(self):
        return url_for(f"{self.name}.notices")

    def show(self):
        plan = preferences.plan_of(sessions.login().ref)
        off = preferences.off_of(plan)
        on = {f"{topic.key}_{channel}": (topic.key, channel) not in off for topic in CHOSEN for channel in CHANNELS}
        kept = {name: getattr(plan, name) for name in (*PLAN, "version")}
        return self.page.render(form=ChoiceForm(formdata=None, **kept, **on), **self._around())

    def choose(self, actor):
        form = ChoiceForm()
        done = form.run(preferences.choose, by=actor, login=sessions.login())
        return form.answer(done, self.page, to=self.url, said=gettext("Saved."), again=self._around)

    def _around(self):
        always = [speech.term("topic", topic.key) for topic in ALWAYS]
        return {"notices": self, "topics": CHOSEN, "always": always, "channels": CHANNELS}
