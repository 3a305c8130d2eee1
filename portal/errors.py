"""What can go wrong, as values the faces can show: a field and a message id, never a sentence."""


class Refusal(Exception):
    """Base of everything the business refuses; nothing was written when one reaches a face."""


class Invalid(Refusal):
    """Input that cannot be accepted, by field: `Invalid(phone="phone-impossible")`.

    A value is a message id or `(id, {parameters})`; the faces translate. A name that the form does not
    have is shown at the top of the form.
    """

    def __init__(self, **problems):
        self.problems = {
            field: problem if isinstance(problem, tuple) else (problem, {}) for field, problem in problems.items()
        }
        super().__init__(", ".join(f"{field}: {problem[0]}" for field, problem in self.problems.items()))


class Stale(Refusal):
    """The record changed after the form was opened; `current` is the row as it stands now."""

    def __init__(self, current):
        self.current = current
        super().__init__(f"{current.ref} is at version {current.version}")


class Repeated(Refusal):
    """This form was sent before: `result` is the Ref of what it did, `same` whether the content was equal."""

    def __init__(self, result, same):
        self.result = result
        self.same = same
        super().__init__(f"already done as {result}")


class NotFound(Refusal):
    """No such record, or not one this person may know about: both are the same answer."""


class Denied(Refusal):
    """The person may see the record but not do this."""


class TooMany(Refusal):
    """Too many attempts; `wait_seconds` until the next one is looked at."""

    def __init__(self, wait_seconds):
        self.wait_seconds = wait_seconds
        super().__init__(f"wait {wait_seconds} s")


class Expired(Refusal):
    """A link that was right once: used, too old, or overtaken by a change of sign-in data.

    `link` is its row, so that a page may offer a new one without asking, or telling, for whom.
    """

    def __init__(self, link=None):
        self.link = link
        super().__init__(f"link {link.id} for {link.purpose}" if link else "link")
