"""Roles in Chromium: an admin makes one and narrows it; whoever has it no longer reads what it hides."""

import pytest

from portal.customers.contacts import Contact
from portal.people.employees import Employee
from portal.people.roles import StaffRole
from tests.browsers import BOTH_MOODS, sound


@pytest.mark.parametrize("page", BOTH_MOODS, indirect=True)
def test_a_role_hides_a_field_from_whoever_has_it_until_it_is_widened(live, page, open_page, world):
    scripts = page.viewport_size["width"] > 500
    contact = world.contacts["carol"]
    Contact.get_by_id(contact.id).edit(by=world.ada, job_title="Keyholder")
    rep = live.sign_in(open_page(scripts=scripts), world.rhea)
    rep.goto(f"{live.url}/staff/contacts/{contact.number}")
    rep.get_by_text("Keyholder").first.wait_for()

    live.sign_in(page, world.ada)
    page.goto(f"{live.url}/staff/settings/roles")
    page.get_by_label("Name").fill("Trainee")
    page.get_by_label("Made of").select_option(label="Sales rep")
    page.get_by_role("button", name="Add the role").click()
    page.get_by_label("Payments and bank").select_option(label="nothing")
    page.get_by_role("button", name="Save", exact=True).click()
    page.locator("#contact > summary").click()
    page.locator("#contact").get_by_label("Position").select_option(label="nothing")
    page.locator("#contact").get_by_role("button", name="Save these fields").click()
    page.get_by_text("Contact · 1").wait_for()
    if scripts:
        sound(page)

    person = world.employees["rhea"]
    page.goto(f"{live.url}/staff/settings/employees/{person.number}")
    page.get_by_label("Role").select_option(label="Trainee (Sales rep)")
    page.get_by_role("button", name="Save the details").click()
    page.get_by_text("Saved.").wait_for()
    assert Employee.get_by_id(person.id).staff_role.name == "Trainee"

    live.sign_in(rep, world.rhea)  # another role ends the sessions of before
    rep.goto(f"{live.url}/staff/contacts/{contact.number}")
    rep.get_by_role("heading", name="Carol").first.wait_for()
    assert rep.get_by_text("Keyholder").count() == 0
    assert rep.get_by_role("link", name="Payments").count() == 0
    assert rep.goto(f"{live.url}/staff/payments").status == 403

    role = StaffRole.get(StaffRole.name == "Trainee")
    page.goto(f"{live.url}/staff/settings/roles/{role.number}")
    page.get_by_role("button", name="Take this role away").click()
    page.get_by_text("Somebody still has this role.").wait_for()


def test_the_slower_of_two_admins_sees_what_the_other_saved(live, open_page, world):
    role = StaffRole.add(by=world.ada, name="Trainee", base="rep")
    page = live.sign_in(open_page(), world.ada)
    page.goto(f"{live.url}/staff/settings/roles/{role.number}")
    role.edit(by=world.ada, reach="own")
    page.get_by_label("Payments and bank").select_option(label="only look")
    page.get_by_role("button", name="Save", exact=True).click()
    page.get_by_text("Someone changed this while you were writing").first.wait_for()
    assert StaffRole.get_by_id(role.id).area_levels == {}
