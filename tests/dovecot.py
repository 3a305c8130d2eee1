"""A throw-away IMAP server for tests: Dovecot of Debian, with a configuration, a port and a mail folder of its own.

It runs as whoever runs the tests; root's tests let it read mail as `nobody`, for Dovecot gives no mail to root.
"""

import contextlib
import grp
import imaplib
import os
import pwd
import shutil
import signal
import subprocess
import tempfile
import time
from pathlib import Path

import pytest

from tests.postgres_server import free_port

NAME, PASSWORD = "inbox", "password-of-tests"
WAIT_SECONDS = 10
CONFIG = """
protocols = imap
listen = 127.0.0.1
base_dir = {folder}/run
state_dir = {folder}/run
log_path = {folder}/log
ssl = no
disable_plaintext_auth = no
default_internal_user = {account}
default_login_user = {account}
default_internal_group = {group}
first_valid_uid = 1
mail_location = maildir:{folder}/mail
mail_uid = {account}
mail_gid = {group}
passdb {{
  driver = static
  args = password={password}
}}
userdb {{
  driver = static
  args = uid={account} gid={group} home={folder}/home
}}
service imap-login {{
  chroot =
  inet_listener imap {{
    port = {port}
  }}
  inet_listener imaps {{
    port = 0
  }}
}}
service anvil {{
  chroot =
}}
service stats {{
  chroot =
}}
"""


class PostBox:
    """A running server: `url` goes into IMAP_URL."""

    def __init__(self, program, folder):
        self.program, self.folder, self.port = program, folder, free_port()
        self.process = None
        self.url = f"imap://{NAME}:{PASSWORD}@127.0.0.1:{self.port}/INBOX"
        account = pwd.getpwnam("nobody") if os.geteuid() == 0 else pwd.getpwuid(os.geteuid())
        group = grp.getgrgid(account.pw_gid).gr_name
        for name in ("run", "home", "mail", "mail/cur", "mail/new", "mail/tmp"):
            (folder / name).mkdir(parents=True, exist_ok=True)
            if os.geteuid() == 0:
                os.chown(folder / name, account.pw_uid, account.pw_gid)
        words = {"folder": folder, "account": account.pw_name, "group": group, "port": self.port}
        (folder / "dovecot.conf").write_text(CONFIG.format(password=PASSWORD, **words))

    def start(self):
        """Start it, or start it again, and wait until it answers."""
        command = [self.program, "-F", "-c", str(self.folder / "dovecot.conf")]
        with (self.folder / "output").open("a") as output:
            self.process = subprocess.Popen(command, stdout=output, stderr=output)
        until = time.monotonic() + WAIT_SECONDS
        while time.monotonic() < until:
            with contextlib.suppress(OSError, imaplib.IMAP4.error), self.visit():
                return self
            time.sleep(0.05)
        self.stop()
        raise RuntimeError(f"Dovecot did not start: {self.said()}")

    def stop(self):
        """Take it away, as a server that is down."""
        if self.process:
            self.process.send_signal(signal.SIGTERM)
            self.process.wait(WAIT_SECONDS)
            self.process = None

    def said(self):
        """The last lines of its log."""
        found = [path.read_text()[-1500:] for path in (self.folder / "output", self.folder / "log") if path.exists()]
        return "\n".join(found)

    @contextlib.contextmanager
    def visit(self):
        """An open mailbox, as another program has it."""
        server = imaplib.IMAP4("127.0.0.1", self.port, timeout=WAIT_SECONDS)
        try:
            server.login(NAME, PASSWORD)
            server.select("INBOX")
            yield server
        finally:
            with contextlib.suppress(OSError, imaplib.IMAP4.error):
                server.logout()

    def put(self, *contents):
        """Lay mails into it."""
        with self.visit() as server:
            for content in contents:
                server.append("INBOX", None, None, content)

    def flags(self):
        """How many mails lie there, and how many of them are seen."""
        with self.visit() as server:
            all_of, seen = (server.search(None, what)[1][0].split() for what in ("ALL", "SEEN"))
            return len(all_of), len(seen)

    def begin_anew(self):
        """Give the mailbox other numbers: what lies there is the same under another UIDVALIDITY."""
        self.stop()
        for path in (self.folder / "mail").glob("dovecot*"):
            path.unlink()
        uids = self.folder / "mail" / "dovecot-uidlist"
        uids.write_text(f"3 V{int(time.time()) + 1000} N1\n")
        if os.geteuid() == 0:
            shutil.chown(uids, *(pwd.getpwnam("nobody")[2:4]))
        self.start()


@pytest.fixture
def imap():
    """An IMAP server with an empty mailbox; tests are skipped, and the last lines say so, where there is none."""
    program = shutil.which("dovecot", path=f"{os.environ.get('PATH', '')}:/usr/sbin:/usr/local/sbin")
    if program is None:
        pytest.skip("Dovecot is not installed (Debian: dovecot-imapd): mail is not fetched from a real server")
    said = subprocess.run([program, "--version"], capture_output=True, text=True, check=False).stdout.split()
    if not said or not said[0].startswith("2.3."):
        pytest.skip(f"Dovecot {said[:1]} is set up otherwise than 2.3: mail is not fetched from a real server")
    # Not below pytest's own folder: each run closes that to everybody else, and root's mail is read as nobody.
    with tempfile.TemporaryDirectory(prefix="suki-dovecot-", ignore_cleanup_errors=True) as folder:
        Path(folder).chmod(0o711)
        server = PostBox(program, Path(folder)).start()
        yield server
        server.stop()
        print(server.said())  # shown when the test fails
