"""Files that were kept, opened in a browser by staff and by the customer (BATTERY D2, D7)."""

import pytest
from playwright.sync_api import Error

from portal import files
from portal.activity import attachments
from portal.activity.attachments import Attachment, Sent
from portal.errors import Invalid
from tests import make
from tests.battery import file_names
from tests.battery import samples_of_files as samples

READ = """async (address) => {
  const answer = await fetch(address);
  return Object.fromEntries(answer.headers.entries());
}"""
# What a page of ours would do if somebody got it to: use the file as a script, a style and a picture of the page.
USED = """async (address) => {
  const used = [];
  const tried = (tag, fields) => new Promise(done => {
    const made = Object.assign(document.createElement(tag), fields);
    made.onload = () => { used.push(tag); done(); };
    made.onerror = done;
    document.head.append(made);
    setTimeout(done, 3000);
  });
  await tried("script", { src: address });
  await tried("link", { rel: "stylesheet", href: address });
  return used.concat(window.ran || []);
}"""
SCRIPT = b"window.ran = ['it ran']; alert(document.domain)"

pytestmark = pytest.mark.one_database


@pytest.fixture
def kept(live, world):
    """Attachments of an order of Carol's, one for each kind and polyglot that is kept, all of them shared."""
    found = samples.KINDS | {name: ("bin", data) for name, data in samples.POLYGLOTS.items()}
    found["a script in plain words"] = ("js", SCRIPT)
    sent = []
    for name, (ending, data) in found.items():
        try:
            sent.append(Sent(f"{name}.{ending}", files.receive(data)))
        except Invalid:
            continue
    order = make.order(world.account)
    for first in range(0, len(sent), attachments.MOST_AT_ONCE):
        some = sent[first : first + attachments.MOST_AT_ONCE]
        attachments.attach(order, by=world.rhea, files=some, is_shared=True)
    return list(Attachment.select())


@pytest.mark.row("D2")
@pytest.mark.parametrize(("name", "face"), [("rhea", "/staff"), ("carol", "")])
def test_a_file_is_only_ever_saved(live, open_page, world, kept, name, face, figures):
    page = live.sign_in(open_page(accept_downloads=True), getattr(world, name))
    page.goto(f"{live.url}{face}/help" if face == "" else f"{live.url}/staff/files")
    ran, shown, bare, asked, home = [], [], [], [], page.url
    page.on("dialog", lambda dialog: (ran.append(dialog.message), dialog.dismiss()))
    page.on("request", lambda request: asked.append(request.url) if not request.url.startswith(live.url) else None)
    for one in kept:
        address = f"{live.url}{face}/files/{one.id}"
        if not saved(page, address) or page.url != home:
            shown.append(one.name)
            page.goto(home)
        told = page.evaluate(READ, address)
        if not is_closed(told):
            bare.append(f"{one.name}: {told}")
        if one.type == "text/plain" or one.name.startswith("a script"):
            ran += [f"{one.name} as {tag}" for tag in page.evaluate(USED, address)]
    page.troubles = []  # the console tells of the scripts and styles that were refused
    figures(files=len(kept), opened_as_pages=len(shown), without_headers=len(bare), scripts_run=len(ran))
    figures(foreign_requests=len(asked))
    assert (shown, bare, ran, asked) == ([], [], [], [])
    assert len(kept) > 20


def saved(page, address):
    """Whether the browser only saved what stands there."""
    with page.expect_download() as download:
        try:
            page.goto(address)
        except Error as told:
            if "Download is starting" not in str(told):
                raise
    download.value.cancel()
    return True


def is_closed(told):
    """Whether the headers keep a browser from showing it, guessing what it is, and running anything of it."""
    return (
        told["content-disposition"].startswith("attachment; ")
        and told["x-content-type-options"] == "nosniff"
        and "sandbox" in told["content-security-policy"]
        and "default-src 'none'" in told["content-security-policy"]
        and told["content-type"].partition(";")[0] in (*files.PICTURES, "text/plain", "text/csv", "application/pdf")
    )


@pytest.mark.row("D7")
def test_chromium_saves_a_file_under_the_name_it_was_given(live, open_page, world, figures):
    order, wrong = make.order(world.account), []
    words = files.receive(b"The same words")
    names = [name for name in file_names.HARMLESS if name.endswith(".txt") and not set(name) & set("~%")]
    attachments.attach(order, by=world.rhea, files=[Sent(name, words) for name in names[:10]], is_shared=True)
    page = live.sign_in(open_page(accept_downloads=True), world.carol)
    page.goto(f"{live.url}/orders/{order.number}")
    for one in Attachment.select():
        with page.expect_download() as download:
            page.locator(f'a[download][href="/files/{one.id}"]').first.click()
        if download.value.suggested_filename != one.name:
            wrong.append((one.name, download.value.suggested_filename))
    figures(names_saved=len(names), saved_otherwise=len(wrong))
    assert wrong == []
