"""The command line: `python -m portal VERB`."""

import argparse
import os
import sys
from dataclasses import replace
from typing import NamedTuple
from urllib.parse import urlsplit

import wsgi
from config import Settings
from portal import (
    audit,
    backup_verbs,
    custom,
    demo,
    field_list,
    fields,
    files,
    health,
    preflight,
    safekeeping,
    serving,
    store,
    troubles,
)
from portal.errors import Invalid
from portal.exchange import command, database_move, restoring, trial
from portal.exchange.backups import Backup
from portal.migrations import running
from portal.people import staff_invitations
from portal.service import mail_boxes, mail_fetching
from portal.web import health_words, log_lines, terms, wording
from portal.whole import indexing, invariants

REFUSED = 2  # exit status: the configuration or the question is wrong, nothing was done


def main(arguments=None):
    """Run one verb; returns the exit status."""
    parser = argparse.ArgumentParser(prog="python -m portal", description="Suki's command line.")
    verbs = parser.add_subparsers(dest="verb", required=True, metavar="VERB")
    for name, verb in VERBS.items():
        verb.declare(verbs.add_parser(name, help=verb.text, description=verb.text))
    asked = parser.parse_args(arguments)
    os.umask(0o077)  # database, files and mails are nobody else's on this machine
    log_lines.start()
    settings = Settings.from_env()
    try:
        return VERBS[asked.verb].run(settings, asked) or 0
    except (serving.CannotListen, backup_verbs.CannotUpgrade) as trouble:
        return refuse([str(trouble)])
    except running.MigrationFailed as trouble:
        return refuse([f"The database could not be brought to this version: {trouble}"])
    except troubles.AWAY as trouble:
        if not troubles.is_away(trouble):
            raise
        said = log_lines.without_secrets(" ".join(str(trouble).split()))
        return refuse([f"DATABASE_URL: the database does not answer ({said})."])
    except KeyboardInterrupt:
        return 130


def refuse(problems):
    """Print each problem on a line of its own; returns the exit status, 0 when there is none."""
    for line in problems:
        print(f"Suki cannot start. {line}", file=sys.stderr)
    return REFUSED if problems else 0


def migrate(settings, asked=None):
    refused = refuse(preflight.problems(settings, schema=False))
    if refused:
        return refused
    kept = None if getattr(asked, "no_backup", False) else backup_verbs.before_upgrade(settings)
    for name in running.migrate():
        print(f"The database was brought to {name}.")
    if kept:
        with store.connection():
            Backup.note_upgrade(kept)
    return 0


def set_up(settings, asked):
    """Everything a new shop needs before its first start, and the way in for its first admin. Safe to run again."""
    return migrate(settings) or _first_admin(settings, asked.admin or os.environ.get("SUKI_ADMIN_EMAIL"), asked.name)


def _first_admin(settings, email, name):
    wsgi.open_parts(settings)
    with store.connection():
        if staff_invitations.has_admin():
            print("Suki is set up and has an admin.")
            return 0
        if not email and sys.stdin is not None and sys.stdin.isatty():
            email = input("E-mail of the first admin: ")
        if not email:
            return refuse(["Nobody can sign in yet; run: python -m portal setup --admin EMAIL"])
        try:
            path = staff_invitations.first_admin_link(email, name)
        except Invalid as refusal:
            return refuse([_sentence(*problem) for problem in refusal.problems.values()])
    print("With this link the first admin chooses a password. It works once, for a day; asking again replaces it.")
    print(settings.base_url + path)
    return 0


def _sentence(name, parameters):
    return str(terms.MESSAGES.get(name, name)) % parameters


def check(settings, asked):
    refused = refuse(preflight.problems(settings))
    if not refused:
        bad = _say_facts(settings)
        print(f"{bad} of these need care." if bad else "All is well.", *_about_mailbox(settings))
    return refused


def _say_facts(settings):
    """Print what the page of admins says; returns how much of it needs care, which is no reason not to start."""
    english = wording.Wording("en", settings.shop_timezone, settings.shop_currency, settings.shop_country)
    with store.connection():
        found = health.facts(settings)
    for fact in sorted(found, key=lambda fact: fact.rank):
        sign = {"good": "+", "bad": "!", "info": " "}[fact.state]
        print(f"{sign} {terms.LABELS['health', fact.name]}: {health_words.say(english, fact)}")
    return sum(fact.is_well is False for fact in found)


def _about_mailbox(settings):
    """Whether the shared inbox answers now; it is no fault when it does not, for it is asked again."""
    if not settings.imap_url:
        return []
    trouble = mail_fetching.trouble_with(mail_boxes.open_box(settings.imap_url, settings.data))
    return [f"IMAP_URL: the mailbox does not answer now ({trouble})." if trouble else "The shared inbox answers."]


def fill(settings, asked):
    settings = replace(settings, demo=True)  # so that the check refuses it anywhere but on this machine
    refused = migrate(settings)
    if refused:
        return refused
    made = _fill(settings)
    print("The demo shop is open." if made else "There are accounts already; nothing was changed.")
    return 0


def _fill(settings):
    wsgi.open_parts(settings)
    with store.connection():
        return demo.fill()


def up(settings, asked):
    """Serve, whatever it takes: migrate first, and show the demo shop where no real one was begun."""
    settings = replace(settings, demo=settings.demo or _is_nobodys(settings))
    refused = refuse(preflight.problems(settings, schema=False))
    if refused:
        return refused
    listener = serving.listen(settings.host, settings.port)  # first: a port in use must not cost a demo shop
    migrate(settings)
    with store.connection():
        settings = replace(settings, demo=settings.demo and (preflight.is_demo_shop() or demo.has_room()))
        is_new = settings.demo and demo.has_room()
    if is_new:
        print("Making the demo shop …", flush=True)
        _fill(settings)
    return _serve(settings, listener, _greeting(settings))


def _is_nobodys(settings):
    """Nothing says that this is a real shop: it is for this machine only."""
    is_here = {settings.hostname, settings.host} <= set(preflight.LOOPBACK)
    return is_here and os.environ.get("SUKI_DEMO") != "0"


def _greeting(settings):
    lines = ["Suki is ready.", f"  Open      {settings.base_url}"]
    if settings.demo:
        lines += [f"  {face:<9} {email}   {settings.base_url}{path}" for face, path, email in demo.sign_ins()]
        lines += [f"  Password  {demo.PASSWORD}   (for both)"]
    else:
        lines += [f"  Staff     {settings.base_url}/staff/sign-in"]
        lines += [] if _has_admin() else ["  Nobody can sign in yet; run: python -m portal setup --admin EMAIL"]
    return "\n".join([*lines, "  Stop      Ctrl-C"])


def _has_admin():
    with store.connection():
        return staff_invitations.has_admin()


def serve(settings, asked):
    refused = refuse(preflight.problems(settings))
    if refused:
        return refused
    listener = serving.listen(settings.host, settings.port)
    return _serve(settings, listener, f"Suki is at {settings.base_url}")


def _serve(settings, listener, greeting):
    app = wsgi.create_app(settings)
    timetable = serving.jobs(settings)
    apart = [*serving.mailbox_jobs(settings), *serving.backup_jobs(settings)]
    greet = lambda: print(greeting, flush=True)  # noqa: E731
    with restoring.at_work(settings.data):
        return serving.serve(app, listener, wsgi.handlers(settings), timetable, greet, apart)


def work(settings, asked):
    refused = refuse(preflight.problems(settings))
    if refused:
        return refused
    wsgi.open_parts(settings)
    apart = [*serving.mailbox_jobs(settings), *serving.backup_jobs(settings)]
    with restoring.at_work(settings.data):
        serving.work(wsgi.handlers(settings), serving.jobs(settings), apart)
    return 0


def bring_in(settings, asked):
    refused = refuse(preflight.problems(settings))
    if refused:
        return refused
    wsgi.open_parts(settings)
    with store.connection():
        return command.run(asked, settings, terms.MESSAGES)


def tell_fields(settings, asked):
    """Print what each field takes, who reads and who sets it, with those that the shop added."""
    refused = refuse(preflight.problems(settings))
    strange = sorted(set(asked.nouns) - set(fields.TABLES))
    if strange:
        return refuse([f"fields: {', '.join(strange)} has none; what has: {', '.join(sorted(fields.TABLES))}."])
    if refused:
        return refused
    wsgi.open_parts(settings)
    with store.connection():
        custom.refresh()
        print("\n".join(field_list.lines(asked.nouns)))
    return 0


def find_duplicates(settings, asked):
    status, said = trial.run(asked)
    print("\n".join(said))
    return status


def _safely(verb):
    """A verb about backups: it prints what it did, and gives sentences about what it found unfit in the shop."""

    def run(settings, asked):
        if getattr(asked, "beside", None):
            serving.end_with(asked.beside)
        try:
            unfit = verb(settings, asked)
        except backup_verbs.REFUSED as refusal:
            print(refusal, file=sys.stderr)
            return 1
        for line in unfit:
            print(line, file=sys.stderr)
        return safekeeping.UNFIT if unfit else 0

    return run


def verify(settings, asked):
    """Print each violated invariant, of the shop or of a backup; status 1 when there is one."""
    if asked.file:
        return _safely(backup_verbs.check_file)(settings, asked)
    refused = refuse(preflight.problems(settings))
    if refused:
        return refused
    files.open(settings.data / "files")
    with store.connection():
        found = 0
        for sentence in invariants.broken():
            print(sentence)
            found += 1
        head = audit.head()
    print(f"{found} faults." if found else f"All records fit. The audit chain ends in {head or 'nothing yet'}.")
    return 1 if found else 0


def reindex(settings, asked):
    """Make the search index anew, or only say what in it does not fit; status 1 when something does not."""
    refused = refuse(preflight.problems(settings))
    strange = sorted(set(asked.kinds) - set(indexing.SOURCES))
    if strange:
        known = ", ".join(sorted(indexing.SOURCES))
        return refuse([f"reindex: {', '.join(strange)} is not searched; what is: {known}."])
    if refused:
        return refused
    wsgi.open_parts(settings)
    with store.connection():
        if asked.check:
            stale = [str(ref) for ref in indexing.stale(asked.kinds)]
            print(
                f"{len(stale)} records are found by other words than they hold: {', '.join(stale[:20])}"
                if stale
                else "Every record is found by its own words."
            )
            return 1 if stale else 0
        for kind, records in indexing.rebuild(asked.kinds):
            print(f"{kind}: {records}", flush=True)
    return 0


def move(settings, asked):
    """Copy everything into another database, and say what to set when it stands there as it stood here."""
    refused = refuse(preflight.problems(settings))
    if refused:
        return refused
    target = replace(settings, database_url=asked.target)
    problems = preflight.problems(target, schema=False)
    try:
        if not problems:
            database_move.check_empty(asked.target)
            running.migrate()
            store.close()
            rows = database_move.move(settings.database_url, asked.target, _tell_step)
    except database_move.MoveRefused as trouble:
        problems = [str(trouble)]
    for line in problems:
        print(f"Not moved: {line.removeprefix('DATABASE_URL: ')}", file=sys.stderr)
    if problems:
        return REFUSED
    print(f"Moved {sum(rows.values())} rows of {len(rows)} tables, and compared each.")
    print(f"Set DATABASE_URL={_without_password(asked.target)} and start Suki there; the old database is as it was.")
    return 0


def _tell_step(step):
    print(f"{step} …", flush=True)


def _without_password(url):
    password = urlsplit(url).password
    return url.replace(f":{password}@", ":…@") if password else url


def _ask_target(parser):
    parser.add_argument("target", metavar="TARGET_DATABASE_URL", help="sqlite:/// or postgresql://, empty")


def _ask_kinds(parser):
    parser.add_argument("kinds", nargs="*", metavar="KIND", help="account, contact, order…; without any: all")
    parser.add_argument("--check", action="store_true", help="write nothing, say what does not fit")


def _ask_nouns(parser):
    parser.add_argument("nouns", nargs="*", metavar="NOUN", help="account, contact, order…; without any: all")


def _ask_admin(parser):
    parser.add_argument("--admin", metavar="EMAIL", help="address of the first admin (or set SUKI_ADMIN_EMAIL)")
    parser.add_argument("--name", default="Admin", help="name of the first admin")


class Verb(NamedTuple):
    """What a word of the command line does, and what it takes."""

    run: object
    text: str
    declare: object = lambda parser: None


VERBS = {
    "setup": Verb(set_up, "make a new shop ready and print the link for its first admin", _ask_admin),
    "migrate": Verb(migrate, "bring the database to the current schema, after a backup", backup_verbs.ask_upgrade),
    "backup": Verb(_safely(backup_verbs.back_up), "put the whole shop into one file", backup_verbs.ask_backup),
    "restore": Verb(_safely(backup_verbs.bring_back), "bring a backup back", backup_verbs.ask_restore),
    "back": Verb(_safely(backup_verbs.go_back), "go back to the backup of before the last upgrade"),
    "demo": Verb(fill, "fill an empty database with the demo shop"),
    "up": Verb(up, "migrate, make demo data where there is no shop yet, and serve"),
    "serve": Verb(serve, "run the web server and the worker"),
    "worker": Verb(work, "run the worker alone"),
    "import": Verb(bring_in, "bring rows in from a CSV file", command.add_arguments),
    "reindex": Verb(reindex, "make the search index anew while people work", _ask_kinds),
    "fields": Verb(tell_fields, "say what each field takes, who reads and who sets it", _ask_nouns),
    "duplicates": Verb(find_duplicates, "print likely duplicates within a CSV file", trial.add_arguments),
    "move": Verb(move, "copy the shop into another, empty database, row for row", _ask_target),
    "verify": Verb(verify, "check the audit chain and that every record fits the others", backup_verbs.ask_file),
    "check": Verb(check, "say whether Suki could start"),
}


if __name__ == "__main__":
    sys.exit(main())
