"""Groups of accounts and discount limits over the wire."""

import pytest

from portal.customers.groups import AccountGroup
from portal.sales import discounts
from tests import make
from tests.selfservice.test_order_pad import form_in, press, text_of


@pytest.fixture
def ada(client, world):
    return client.sign_in(world.ada)


def sent(client, page, action, **typed):
    return press(client, action, form_in(client.get(page), action).fields, **typed)


def test_a_group_is_added_renamed_and_taken_away(ada):
    page = "/staff/settings/groups"
    assert sent(ada, page, page, name="Resellers").status_code == 303
    taken = sent(ada, page, page, name="Resellers")
    assert taken.status_code == 422 and "This name is taken." in text_of(taken)
    one = f"{page}/{AccountGroup.get().number}"
    assert sent(ada, one, one, name="Schools").status_code == 303
    assert "Schools" in text_of(ada.get(page)) and "Schools" in ada.get(f"{page}.csv").text
    assert sent(ada, one, f"{one}/remove").status_code == 303
    assert "No group yet" in text_of(ada.get(page))


def test_a_group_in_use_stays(ada, world):
    group = make.group("Resellers", world.account)
    one = f"/staff/settings/groups/{group.number}"
    answer = sent(ada, one, f"{one}/remove")
    assert answer.status_code == 422 and "still use this group" in text_of(answer)


def test_the_accounts_of_a_group_stand_in_the_list_of_accounts(ada, world):
    group = make.group("Resellers", world.account)
    page = text_of(ada.get(f"/staff/accounts?group={group.number}"))
    assert world.account.name in page and world.other_account.name not in page


def test_an_admin_sets_limits_and_takes_one_of_an_employee_back(ada, world):
    page = "/staff/settings/discounts"
    assert sent(ada, page, page, who="rep", percent="7.5").status_code == 303
    assert sent(ada, page, page, who=str(world.rhea.employee), percent="15").status_code == 303
    assert (discounts.most_of(world.rhea), discounts.most_of(world.owen)) == (1_500, 750)
    shown = text_of(ada.get(page))
    assert "7.5%" in shown and "Rhea Cruz 15%" in shown
    wrong = sent(ada, page, page, who="rep", percent="lots")
    assert wrong.status_code == 422 and "Write per cent in figures" in text_of(wrong)
    limit = discounts.DiscountLimit.get(discounts.DiscountLimit.employee == world.rhea.employee)
    assert sent(ada, page, f"{page}/{limit.number}/remove").status_code == 303
    assert discounts.most_of(world.rhea) == 750


def test_managers_look_at_the_limits_and_do_not_set_them(client, world):
    page = client.sign_in(world.mona).get("/staff/settings/discounts")
    assert page.status_code == 200 and "Set a limit" not in page.text
