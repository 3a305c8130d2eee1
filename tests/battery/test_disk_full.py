"""A disk that is full: what stands there is shown, what is typed is kept, and all is well once there is room."""

import subprocess

import pytest

from tests.apps import Forms
from tests.battery.visitors import first_admin

pytestmark = [pytest.mark.row("G6"), pytest.mark.one_database]
SIZE = "64m"
PAGES = ("/staff/", "/staff/accounts", "/staff/accounts/new", "/staff/search?q=corner", "/staff/settings")
NAME = "Corner Store of Aling Nena"


class Disk:
    """A real disk of 64 MB in memory, to be filled to its last byte."""

    def __init__(self, folder):
        self.folder = folder
        self.filler = folder / "filler"
        self.mount("-t", "tmpfs", "-o", f"size={SIZE}", "none", str(folder))

    @staticmethod
    def mount(*arguments):
        done = subprocess.run(["mount", *arguments], capture_output=True, text=True)
        if done.returncode:
            pytest.skip(f"no disk of its own can be mounted here: {done.stderr.strip()}")

    def fill(self):
        with self.filler.open("wb", buffering=0) as file:
            for step in (1 << 20, 1 << 12, 1):
                with_room = True
                while with_room:
                    try:
                        with_room = file.write(b"\0" * step) == step
                    except OSError:
                        with_room = False

    def empty(self):
        self.filler.unlink()

    def gone(self):
        subprocess.run(["umount", "--lazy", str(self.folder)], check=False)


@pytest.fixture
def disk(empty_shop):
    """The disk on which the data of the shop stand."""
    empty_shop.data.mkdir()
    made = Disk(empty_shop.data)
    yield made
    made.gone()


@pytest.fixture
def ada(disk, run, open_shop):
    return first_admin(run, open_shop)


def kept_and_said_why(ada, fields):
    """Whether the form that could not be written came back whole, with the reason, as a page to be sent again."""
    status, headers, text = ada.send("/staff/accounts/new", fields)
    assert (status, headers["Retry-After"]) == (503, "5"), ada.shop.told()
    kept = next(form.fields for form in Forms(text).found if "name" in form.fields)
    assert kept["name"] == NAME
    return "disk" in text


def upload_without_room(ada, disk):
    """A file of a megabyte finds no place: it is refused in the same words, and nothing of it is left behind."""
    page = "/staff/accounts/1"
    fields = ada.form(f"{page}/files", "csrf_token")
    before = {path for path in disk.folder.rglob("*") if path.is_file()}
    disk.fill()
    headers = {"Content-Type": "multipart/form-data; boundary=cut"} | ada.known()
    status, headers, text = ada.shop.ask("POST", f"{page}/files", body_with_file(fields), **headers)
    assert (status, headers["Retry-After"], "disk" in text) == (503, "5", True), ada.shop.told()
    disk.empty()
    assert {path for path in disk.folder.rglob("*") if path.is_file()} == before


def body_with_file(fields):
    part = '--cut\r\nContent-Disposition: form-data; name="{}"\r\n\r\n{}\r\n'
    said = "".join(part.format(name, text) for name, text in fields.items() if name != "files")
    named = 'Content-Disposition: form-data; name="files"; filename="notes.txt"\r\nContent-Type: text/plain'
    return f"{said}--cut\r\n{named}\r\n\r\n{'rice ' * 200_000}\r\n--cut--\r\n".encode()


def test_a_full_disk_is_said_and_over_when_there_is_room(ada, disk, run, figures):
    fields = ada.form("/staff/accounts/new", "name") | {"name": NAME}
    before = [ada.look(page)[0] for page in PAGES]
    disk.fill()
    while_full = [ada.look(page)[0] for page in PAGES]
    is_said = kept_and_said_why(ada, fields)
    disk.empty()
    status = ada.send("/staff/accounts/new", fields)[0]
    figures(pages_read=f"{while_full.count(200)} of {len(PAGES)}", answer_once_there_is_room=status)
    assert before == while_full == [200] * len(PAGES)
    assert is_said
    assert status == 303
    assert NAME in ada.look("/staff/accounts")[2]
    upload_without_room(ada, disk)
    assert "Traceback" not in ada.shop.told()
    assert "All records fit" in run("verify").stdout
