"""Today in a browser: news come into the open page by themselves; without scripts the page stands as it is."""

from playwright.sync_api import expect

from tests import make
from tests.staff.test_today import changed, placed


def test_a_new_order_appears_without_a_reload(live, open_page, world):
    page = live.sign_in(open_page(), world.rhea)
    page.clock.install()
    page.goto(live.url + "/staff/")
    page.evaluate("window.stayed = true")
    assert "Quiet so far" in page.inner_text("#news")
    order = placed(world, total_minor=1864000)
    page.clock.fast_forward(11_000)
    page.wait_for_selector(f"#news a[href='/staff/orders/{order.number}']")
    assert "1 order to confirm" in page.inner_text("#waiting") and "₱18,640" in page.inner_text("#figures")
    changed(world)
    page.clock.fast_forward(11_000)
    page.wait_for_selector("#news :text('Account details changed')")
    assert page.evaluate("window.stayed") is True


def test_a_quiet_page_is_left_alone(live, open_page, world):
    make.order(world.account)
    page = live.sign_in(open_page(), world.rhea)
    page.clock.install()
    page.goto(live.url + "/staff/")
    page.evaluate("document.querySelector('#figures').dataset.mine = 'yes'")
    with page.expect_response("**/staff/?since=*") as asked:
        page.clock.fast_forward(11_000)
    assert asked.value.status == 204
    assert page.evaluate("document.querySelector('#figures').dataset.mine") == "yes"


def test_without_scripts_the_page_says_how_old_it_is(live, open_page, world):
    order = placed(world)
    page = live.sign_in(open_page(scripts=False, width=390), world.rhea)
    page.goto(live.url + "/staff/")
    expect(page.locator(f"#news a[href='/staff/orders/{order.number}']")).to_be_visible()
    assert "As of" in page.inner_text("#news")
