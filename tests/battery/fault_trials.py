"""A filled-in form, sent while the disk or the way to the database fails: refused in words, or there."""

import errno
import os

from portal import store
from tests.battery.crash_trials import Trial, differences
from tests.battery.grounds import counts, in_a_process, sent
from tests.battery.storage import Storage, answer_of

FOR_EVER = 10**9
TOLD = (303, 422, 503)  # what a form may be answered with
FILE_CALLS = ("open", "fsync", "replace", "mkdir")  # what keeping a file asks of the machine


class FaultTrial(Trial):
    """A form over a ground, sent into trouble that its process lives through."""

    def storage_calls(self):
        """What is asked of the disk while the form is sent, in its order: ["open", "write" …]."""

        def work():
            storage = Storage(opens=True).watch()
            sent(self.client, self.form)
            return [what for what, *_ in storage.calls]

        calls, status = in_a_process(work)
        assert status == 0
        self.ground.put_back()
        return calls

    def refused_by_disk(self, number, what, error, times=1):
        """What is wrong when the disk answers call `number` with an error: sentences, [] where it never does."""
        if answer_of(what, error) is None:
            return []

        def send():
            Storage(at=number, error=error, times=times, opens=True).watch()
            return sent(self.client, self.form)

        return self._in_trouble(send, f"{error} at {what} {number}{'' if times == 1 else ' and ever after'}")

    def refused_by_files(self, call, error):
        """The same of a call that keeps a file: the first of its kind is refused."""

        def send():
            refuse_once(call, error)
            return sent(self.client, self.form)

        return self._in_trouble(send, f"{error} at {call} of a file")

    def by_way_of(self, url, here="untouched"):
        """The same with the database reached under another address, where somebody cuts the connection."""

        def send():
            store.open(url)
            return sent(self.client, self.form)

        return self._in_trouble(send, here)

    def _in_trouble(self, send, here):
        answer, status = in_a_process(send)
        wrong = [f"ended with {status}"] if status else [*self._told(answer)]
        wrong += self.afterwards()
        self.ground.put_back()
        return [f"{self.what}, {here}: {fault}" for fault in wrong]

    def _told(self, answer):
        """Acknowledged is what is there; what is refused is refused in words, with the form kept."""
        if answer.status not in TOLD:
            yield f"it is answered with {answer.status}"
        found = counts(self.ground.tables())
        if answer.status == 303 and found != counts(self.calm.after):
            yield f"acknowledged, but not there: {differences(self.ground.tables(), self.calm.after)}"
        if answer.status in (422, 503) and self.form.fields["form_key"] not in answer.page:
            yield "what was typed is not on the page"


def refuse_once(call, error):
    """Let the first such call of this process that writes end in an error of the machine."""
    really, left = getattr(os, call), [True]

    def refused(*arguments, **options):
        is_read = call == "open" and not (len(arguments) > 1 and arguments[1] & os.O_CREAT)
        if left and not is_read:
            left.clear()
            raise OSError(getattr(errno, error), os.strerror(getattr(errno, error)))
        return really(*arguments, **options)

    setattr(os, call, refused)
