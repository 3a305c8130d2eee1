"""Measuring pages against the reference: CPU per request and requests per second, in turns, so that a busy machine
troubles both alike."""

import time
from typing import NamedTuple

from tests.bench import load

ROUNDS = 5
REFERENCE_REQUESTS, PAGE_REQUESTS = 60, 20
RATE_SECONDS, RATE_ROUNDS = 0.5, 2


class Cost(NamedTuple):
    """CPU of a request as multiple of the reference's (median, lowest, highest), and its milliseconds."""

    ratio: float
    low: float
    high: float
    cpu_ms: float
    database_ms: float  # of these the database's own processes; 0 where it lives in the web's
    reference_ms: float


class Meter:
    """The two servers and, for PostgreSQL, `database`: a function that gives the CPU seconds of its processes."""

    def __init__(self, suki, reference, database=lambda: 0.0):
        self.suki, self.reference, self.database = suki, reference, database
        self.yard = load.Connection(reference.url)
        self.yard_ms = []

    def _reference_ms(self):
        began = self.reference.cpu()
        for _ in range(REFERENCE_REQUESTS):
            self.yard.get("/")
        self.yard_ms.append((self.reference.cpu() - began) * 1000 / REFERENCE_REQUESTS)
        return self.yard_ms[-1]

    def _page_ms(self, connection, path):
        web, database = self.suki.cpu(), self.database()
        for _ in range(PAGE_REQUESTS):
            answer = connection.get(path)
        if answer.status != 200:
            raise ValueError(f"{path} answers {answer.status}")
        return (self.suki.cpu() - web) * 1000 / PAGE_REQUESTS, (self.database() - database) * 1000 / PAGE_REQUESTS

    def cost(self, path, cookie, rounds=ROUNDS):
        """The Cost of a page."""
        self.warm(path, cookie)
        connection, ratios, web, database, yard = load.Connection(self.suki.url, cookie), [], [], [], []
        for _ in range(rounds):
            yard.append(self._reference_ms())
            in_web, in_database = self._page_ms(connection, path)
            ratios.append((in_web + in_database) / yard[-1])
            web.append(in_web + in_database)
            database.append(in_database)
        connection.close()
        middle = lambda numbers: load.spread(numbers)[0]  # noqa: E731
        return Cost(*load.spread(ratios), middle(web), middle(database), middle(yard))

    def references(self):
        """Milliseconds of CPU that a request of the reference costs, and one of its lean twin."""
        found = []
        for path in ("/", "/lean"):
            began = self.reference.cpu()
            for _ in range(REFERENCE_REQUESTS * ROUNDS):
                self.yard.get(path)
            found.append((self.reference.cpu() - began) * 1000 / (REFERENCE_REQUESTS * ROUNDS))
        return found

    def warm(self, path, cookie):
        """Let each process and thread of both servers have met the page."""
        for url, where, who in ((self.suki.url, path, cookie), (self.reference.url, "/", "")):
            connections = [load.Connection(url, who) for _ in range(load.AT_ONCE)]
            for connection in connections:
                connection.get(where)
            for connection in connections:
                connection.close()

    def rate(self, path, cookie, rounds=RATE_ROUNDS, seconds=RATE_SECONDS):
        """Requests per second at concurrency 8: (share of the reference's, the page's, the reference's)."""
        turns = []
        for _ in range(rounds):
            reference = load.per_second(self.reference.url, "/", "", seconds)
            turns.append((load.per_second(self.suki.url, path, cookie, seconds), reference))
            time.sleep(0)
        page, reference = (load.spread([turn[n] for turn in turns])[0] for n in (0, 1))
        return page / reference, page, reference
