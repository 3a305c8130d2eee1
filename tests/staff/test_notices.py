"""What an employee chooses to be told of, over the wire."""

from portal.activity import preferences


def test_an_employee_chooses_as_customers_do(client, world):
    client.sign_in(world.rhea)
    answer = client.send("/staff/notices", orders_mail=None, rhythm="daily")
    assert (answer.status_code, answer.headers["Location"]) == (303, "/staff/notices")
    plan = preferences.plan_of(world.logins["rhea"].ref)
    assert plan.rhythm == "daily" and preferences.off_of(plan) == {("orders", "mail")}


def test_what_is_owed_keeps_one_way(client, world):
    client.sign_in(world.rhea)
    assert client.send("/staff/notices", invoices_mail=None, invoices_inbox=None).status_code == 422
