"""The disk as a power cut leaves it: what was synced, and of the rest whatever happened to have been written."""

from typing import NamedTuple

SECTOR = 512  # what a disk writes whole


class Disk:
    """Files as they stand after some calls: `synced` is sure, `loose` [(file, offset, bytes)] may be there or not.

    A file of which something is missing reads as zeros there. What was cut off a file, or deleted, is taken as done
    in order: file systems keep a journal of that.
    """

    def __init__(self, start):
        self.synced = {name: bytearray(content) for name, content in start.items()}
        self.loose = []

    def follow(self, call):
        """One call of `storage.Storage.calls`."""
        what, name, place, content = call
        if what == "write":
            self.loose.append((name, place, content))
        elif what == "sync":
            for loose in [loose for loose in self.loose if loose[0] == name]:
                _put(self.synced, *loose)
            self.loose = [loose for loose in self.loose if loose[0] != name]
        elif what == "truncate":
            self._settle(name)
            del self.synced[name][place:]
        elif what == "delete":
            self.loose = [loose for loose in self.loose if loose[0] != name]
            self.synced.pop(name, None)

    def _settle(self, name):
        """A cut comes after the writes before it, which it may take away again."""
        self.synced.setdefault(name, bytearray())
        for loose in [loose for loose in self.loose if loose[0] == name]:
            _put(self.synced, *loose)
        self.loose = [loose for loose in self.loose if loose[0] != name]

    def after_a_cut(self, chance):
        """{file: bytes} with a random part of what was loose, torn at sectors too: all of it, none, or some."""
        left = {name: bytearray(content) for name, content in self.synced.items()}
        share = chance.choice((0, 0.1, 0.5, 0.9, 1))
        for name, place, content in self.loose:
            if chance.random() < share:
                _put(left, name, place, content)
            elif chance.random() < 0.3:
                _put(left, name, *_torn(place, content, chance))
        return left


class Moment(NamedTuple):
    """A place in the log at which the power may fail: what was acknowledged until then."""

    number: int
    acknowledged: tuple


def moments(calls):
    """Each sync from just before it until just after, and each answer that went out."""
    found, acknowledged = [], []
    for number, (what, text, _, _) in enumerate(calls):
        if what == "note":
            acknowledged.append(text)
        if what in ("sync", "note"):
            found += [Moment(number, tuple(acknowledged)), Moment(number + 1, tuple(acknowledged))]
    return found


def _put(files, name, place, content):
    file = files.setdefault(name, bytearray())
    if len(file) < place:
        file.extend(bytes(place - len(file)))
    file[place : place + len(content)] = content


def _torn(place, content, chance):
    """Some whole sectors from the beginning of a write, or from its end."""
    sectors = chance.randint(0, len(content) // SECTOR)
    cut = sectors * SECTOR
    return (place, content[:cut]) if chance.random() < 0.5 else (place + cut, content[cut:])
