"""The command line: `python -m portal VERB`."""

import argparse
import logging
import sys

import wsgi
from config import Settings
from portal import audit, files, preflight, serving, store
from portal.migrations import running
from portal.whole import invariants


def main(arguments=None):
    """Run one verb; returns the exit status."""
    parser = argparse.ArgumentParser(prog="python -m portal", description="Suki's command line.")
    verbs = parser.add_subparsers(dest="verb", required=True)
    for name, (_, text) in VERBS.items():
        verbs.add_parser(name, help=text, description=text)
    asked = parser.parse_args(arguments)
    logging.basicConfig(level=logging.INFO, format="%(asctime)s %(levelname)s %(name)s: %(message)s")
    settings = Settings.from_env()
    return VERBS[asked.verb][0](settings) or 0


def refuse(settings, schema=True):
    """Print each problem of the configuration on a line of its own; True when there is one."""
    found = preflight.problems(settings, schema=schema)
    for line in found:
        print(f"Suki cannot start. {line}", file=sys.stderr)
    return bool(found)


def migrate(settings):
    if refuse(settings, schema=False):
        return 2
    for name in running.migrate():
        print(f"applied {name}")
    return 0


def check(settings):
    if refuse(settings):
        return 2
    print("All is well.")
    return 0


def serve(settings):
    if refuse(settings):
        return 2
    app = wsgi.create_app(settings)
    return serving.serve(app, settings, wsgi.handlers(settings), serving.jobs(settings))


def work(settings):
    if refuse(settings):
        return 2
    wsgi.open_parts(settings)
    serving.work(wsgi.handlers(settings), serving.jobs(settings))
    return 0


def verify(settings):
    """Print each violated invariant; status 1 when there is one."""
    if refuse(settings):
        return 2
    files.open(settings.data / "files")
    with store.connection():
        found = 0
        for sentence in invariants.broken():
            print(sentence)
            found += 1
        head = audit.head()
    print(f"{found} faults." if found else f"All records fit. The audit chain ends in {head or 'nothing yet'}.")
    return 1 if found else 0


VERBS = {
    "migrate": (migrate, "bring the database to the current schema"),
    "serve": (serve, "run the web server and the worker"),
    "worker": (work, "run the worker alone"),
    "verify": (verify, "check the audit chain and that every record fits the others"),
    "check": (check, "say whether Suki could start"),
}


if __name__ == "__main__":
    sys.exit(main())
