"""A way to the database that breaks: it carries what is said to it, and resets the connection at one of the words."""

import contextlib
import select
import socket
import struct
import threading

RESET = struct.pack("ii", 1, 0)  # to linger like this at the end is a reset


class CuttingProxy:
    """Stands before a server. Of what clients send it counts `words`; number `at` is where it cuts, once.

    With `answer_is_lost` the server hears the word and carries it out, and only its answer never arrives.
    """

    def __init__(self, host, port):
        self.there = host, port
        self.words, self.at, self.answer_is_lost = 0, None, False
        self.line = socket.create_server(("127.0.0.1", 0))
        self.port = self.line.getsockname()[1]
        threading.Thread(target=self._receive, daemon=True).start()

    def cut_at(self, number, answer_is_lost=False):
        self.words, self.at, self.answer_is_lost = 0, number, answer_is_lost

    def close(self):
        self.line.close()

    def _receive(self):
        with contextlib.suppress(OSError):
            while True:
                client, _ = self.line.accept()
                threading.Thread(target=self._carry, args=[client], daemon=True).start()

    def _carry(self, client):
        with contextlib.suppress(OSError), client, socket.create_connection(self.there) as server:
            client.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, RESET)
            self._talk(client, server)

    def _talk(self, client, server):
        """Carry words both ways until one side has no more to say, or the cut."""
        is_deaf = False
        while True:
            ready = select.select([client, server], [], [])[0]
            if client in ready:
                said = client.recv(1 << 20)
                self.words += 1
                is_here = self.words == self.at
                if not said or (is_here and not self.answer_is_lost):
                    return
                is_deaf |= is_here
                server.sendall(said)
            if server in ready:
                said = server.recv(1 << 20)
                if not said or is_deaf:
                    return
                client.sendall(said)
