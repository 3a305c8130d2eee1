"""Parts of public order forms: questions, consents and origins as staff write them, answers as people give them."""

import re
from datetime import date
from urllib.parse import urlsplit

from portal import fields, values
from portal.customers import consent
from portal.errors import Invalid

QUESTION_KINDS = ("short", "long", "choice", "yes", "date")
MOST_QUESTIONS = 12
MOST_CONSENTS = 5
MOST_CHOICES = 20
MOST_ORIGINS = 10
LONGEST_LABEL = 200
LONGEST_ANSWER = {"short": 200, "long": 2000}
LOOPBACK = ("127.0.0.1", "localhost", "[::1]")
_HOST = re.compile(r"[a-z0-9.-]+|\[[0-9a-f:]+\]", re.ASCII)


def questions(rows):
    """Questions as they are kept, of what was typed: [{"key", "label", "kind", "is_required", "choices"}].

    Rows without a label are left out. A question keeps its key as long as it is asked. Raises Invalid:
    text-unreadable, text-too-long, choice-unknown, question-choices-needed, question-choices-many on
    "questions_<place>", questions-many on "questions".
    """
    kept, problems = [], {}
    for place, row in enumerate(rows):
        try:
            label = fields.sound(row.get("label") or "", "label", LONGEST_LABEL)
            if label:
                kept.append(_question(row, label))
        except Invalid as fault:
            problems[f"questions_{place}"] = next(iter(fault.problems.values()))
    if len(kept) > MOST_QUESTIONS:
        problems["questions"] = ("questions-many", {"most": MOST_QUESTIONS})
    if problems:
        raise Invalid(**problems)
    return _keyed(kept, "q")


def _question(row, label):
    kind = row.get("kind") or "short"
    if kind not in QUESTION_KINDS:
        raise Invalid(kind="choice-unknown")
    made = {"key": row.get("key") or "", "label": label, "kind": kind, "is_required": bool(row.get("is_required"))}
    if kind != "choice":
        return made | {"choices": []}
    typed = fields.sound(row.get("choices") or "", "choices", MOST_CHOICES * LONGEST_LABEL, lines=True)
    choices = list(dict.fromkeys(line.strip()[:LONGEST_LABEL] for line in typed.split("\n") if line.strip()))
    if len(choices) < 2:
        raise Invalid(choices="question-choices-needed")
    if len(choices) > MOST_CHOICES:
        raise Invalid(choices=("question-choices-many", {"most": MOST_CHOICES}))
    return made | {"choices": choices}


def consents(rows):
    """Consents as they are kept: [{"key", "text", "use", "is_required"}]; rows without a text are left out.

    `use` is one of consent.KEYS when the yes holds for that purpose and channel from then on, "" when it says no more
    than its text. Raises Invalid: text-unreadable, text-too-long, choice-unknown on "consents_<place>", consents-many
    on "consents".
    """
    kept, problems = [], {}
    for place, row in enumerate(rows):
        try:
            text = fields.sound(row.get("text") or "", "text", 1000, lines=True)
            if (row.get("use") or "") not in ("", *consent.KEYS):
                raise Invalid(use="choice-unknown")
        except Invalid as fault:
            problems[f"consents_{place}"] = next(iter(fault.problems.values()))
            continue
        if text:
            made = {"key": row.get("key") or "", "text": text, "use": row.get("use") or ""}
            kept.append(made | {"is_required": bool(row.get("is_required"))})
    if len(kept) > MOST_CONSENTS:
        problems["consents"] = ("consents-many", {"most": MOST_CONSENTS})
    if problems:
        raise Invalid(**problems)
    return _keyed(kept, "c")


def _keyed(rows, letter):
    """Each row with a key of its own: the one it has, where it is right and nobody else's, or a new one."""
    seen = set()
    for row in rows:
        if not re.fullmatch(rf"{letter}[1-9]\d?", row["key"], re.ASCII) or row["key"] in seen:
            row["key"] = ""
        seen.add(row["key"])
    free = (f"{letter}{n}" for n in range(1, 100) if f"{letter}{n}" not in seen)
    for row in rows:
        row["key"] = row["key"] or next(free)
    return rows


def origins(text):
    """The sites that may show a form in a frame, one in a line, as browsers compare them: https://shop.example:8443.

    Raises Invalid on "origins": origin-malformed, origins-many. Plain http is for this machine alone.
    """
    kept = []
    for line in (text or "").split("\n"):
        if line.strip():
            kept.append(_origin(line.strip()))
    if len(kept) > MOST_ORIGINS:
        raise Invalid(origins=("origins-many", {"most": MOST_ORIGINS}))
    return list(dict.fromkeys(kept))


def _origin(line):
    refusal = Invalid(origins=("origin-malformed", {"line": line[:60]}))
    try:
        parts = urlsplit(line.lower() if "://" in line else f"https://{line.lower()}")
        port = f":{parts.port}" if parts.port else ""
    except ValueError:
        raise refusal
    host = f"[{parts.hostname}]" if ":" in (parts.hostname or "") else parts.hostname or ""
    is_bare = parts.path in ("", "/") and not (parts.query or parts.fragment or parts.username or parts.password)
    is_safe = parts.scheme == "https" or (parts.scheme == "http" and host in LOOPBACK)
    if not (is_bare and is_safe and _HOST.fullmatch(host) and ("." in host or host in LOOPBACK)):
        raise refusal
    return f"{parts.scheme}://{host}{port}"


def answers(asked, typed):
    """[{"key", "label", "kind", "answer"}] of what was answered to the questions `asked`; blanks are left out.

    `typed` is {key: text}. Problems come beside them, {key: problem}: field-needed, choice-unknown, date-malformed,
    text-unreadable, text-too-long.
    """
    kept, problems = [], {}
    for question in asked:
        key = question["key"]
        try:
            answer = _answer(question, typed.get(key) or "", key)
        except Invalid as fault:
            problems |= fault.problems
            continue
        if answer:
            kept.append({"key": key, "label": question["label"], "kind": question["kind"], "answer": answer})
    return kept, problems


def _answer(question, text, key):
    kind = question["kind"]
    text = fields.sound(text, key, LONGEST_ANSWER.get(kind, LONGEST_LABEL), lines=kind == "long")
    if not text:
        if question["is_required"]:
            raise Invalid(**{key: "field-needed"})
        return ""
    if kind == "choice" and text not in question["choices"]:
        raise Invalid(**{key: "choice-unknown"})
    if kind == "yes" and text not in ("yes", "no"):
        raise Invalid(**{key: "choice-unknown"})
    if kind == "date":
        try:
            date.fromisoformat(text)
        except ValueError:
            raise Invalid(**{key: "date-malformed"})
    return text


def ticks(offered, ticked, now):
    """[{"key", "text", "use", "given", "at"}] of each consent that was offered, as worded then; and problems."""
    problems = {row["key"]: "consent-needed" for row in offered if row["is_required"] and row["key"] not in ticked}
    kept = [
        {
            "key": row["key"],
            "text": row["text"],
            "use": row["use"],
            "given": row["key"] in ticked,
            "at": now.isoformat(),
        }
        for row in offered
    ]
    return kept, problems


def slug(text):
    """A short address from a title: slug("Rice for Christmas!") == "rice-for-christmas"; "" when nothing is left."""
    plain = (values.one_line(text, 200) or "").lower()
    return re.sub(r"[^a-z0-9]+", "-", plain).strip("-")[:50].strip("-")
