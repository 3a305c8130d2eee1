"""The page of patterns renders every macro with the app's own filters."""


def test_every_part_is_shown(client, world):
    page = client.sign_in(world.rhea).get("/staff/patterns")
    assert page.status_code == 200
    assert "₱18,640" in page.text
    assert "Write a whole number" in page.text


def test_customers_do_not_see_it(client, world):
    answer = client.sign_in(world.carol).get("/staff/patterns")
    assert answer.status_code == 303
    assert "/staff/sign-in" in answer.headers["Location"]
