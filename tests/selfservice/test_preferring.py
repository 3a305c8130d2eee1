"""A customer says himself how he is not to be reached, what he likes and when."""

from portal.customers import reaching
from portal.customers.contacts import Contact
from portal.customers.tags import Tag
from tests import make

HERE = "/account/data/consent"


def test_a_viewer_says_by_which_channels_we_shall_not_come(world, client):
    client.sign_in(world.cora)
    assert client.send(HERE, f"{HERE}/reaching", barred=["phone", "visit"]).status_code == 303
    cora = Contact.get_by_id(world.contacts["cora"].id)
    assert (cora.may_be_reached("phone"), cora.may_be_reached("mail")) == (False, True)
    form = client.form(HERE, f"{HERE}/reaching")
    assert form.fields["barred"] == ["phone", "visit"]
    assert client.send(HERE, f"{HERE}/reaching", barred=None).status_code == 303
    assert reaching.standing(cora) == []
    assert client.send(HERE, f"{HERE}/reaching", barred=["pigeon"]).status_code == 422


def test_a_customer_chooses_topics_and_times_and_reads_no_tag_of_ours(world, client):
    for name, kind in (("Baking", "topic"), ("Gardening", "topic"), ("Slow payer", "tag")):
        make.row(Tag, name=name, folded=name.lower(), kind=kind)
    client.sign_in(world.carol)
    page = client.get(HERE).text
    assert ("Baking" in page, "Slow payer" in page) == (True, False)
    typed = {"topics": ["Baking"], "best_day": "weekend", "best_hours": "evening", "best_time": "after mass"}
    assert client.send(HERE, f"{HERE}/preferences", **typed).status_code == 303
    carol = Contact.get_by_id(world.contacts["carol"].id)
    assert (carol.tags, carol.best_day, carol.best_hours) == (["Baking"], "weekend", "evening")
    assert client.form(HERE, f"{HERE}/preferences").fields["topics"] == "Baking"
    assert client.send(HERE, f"{HERE}/preferences", topics=["Slow payer"]).status_code == 422
    assert client.send(HERE, f"{HERE}/preferences", topics=None, best_day="never").status_code == 422
    assert client.send(HERE, f"{HERE}/preferences", topics=["Gardening"]).status_code == 303
    assert Contact.get_by_id(carol.id).tags == ["Gardening"]
