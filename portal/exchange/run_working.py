"""The worker's part in imports: it compares, carries out and takes back, one run after the other."""

import logging
import secrets

from portal import custom, troubles, values
from portal.exchange import run_carrying, run_comparing, run_undoing
from portal.exchange.runs import ImportRun, Overtaken

log = logging.getLogger("suki.imports")
CLOCK = values.clock("import")
DEEDS = {"comparing": run_comparing.compare, "carrying": run_carrying.carry, "undoing": run_undoing.take_back}


def run(now=None, teller=CLOCK):
    """Do what waits, the oldest first; what another worker is at is left to it. Returns how many runs that were.

    `teller` tells whoever waits for them that they are through.
    """
    worked, worker = 0, secrets.token_hex(8)
    while one := ImportRun.next_at_work(now or values.now()):
        if one.claim(worker, now or values.now()):
            _work(one, teller)
            worked += 1
    return worked


def _work(one, teller):
    custom.refresh()
    if one.actor is None and one.state != "undoing":
        _stop(one, "import-not-allowed")
        return
    try:
        DEEDS[one.state](one, teller)
    except troubles.AWAY as trouble:
        if troubles.is_away(trouble):
            raise
        _fail(one)
    except Exception:  # a mistake of ours must not begin again every ten seconds
        _fail(one)


def _fail(one):
    log.exception("import %s failed", one.number)
    _stop(one, "import-failed")


def _stop(one, problem):
    fresh = ImportRun.get_by_id(one.id)
    fresh.worker = one.worker
    try:
        fresh.end("mapping" if fresh.state == "comparing" else "stopped", trouble=[problem, {}])
    except Overtaken:
        log.info("import %s was taken over", one.number)
