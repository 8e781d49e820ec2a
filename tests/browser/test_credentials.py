"""A credential by keys alone: said, proved by a file, and sent as soon as the page says that the file was read."""

import uuid
from pathlib import Path

import pytest
from playwright.sync_api import expect

from tests.browser import people
from tests.browser.conftest import Enter
from tests.browser.hands import Hands
from tests.browser.house import House
from tests.factories.evidence import make_pdf
from tests.factories.experts import make_expert


@pytest.fixture
def expert_id(house: House) -> uuid.UUID:
    """Somebody with a profile and nothing proved."""
    with house.writing() as session:
        return make_expert(session).user_id


def test_a_credential_is_added_and_sent_by_keys(
    house: House, enter: Enter, expert_id: uuid.UUID, tmp_path: Path
) -> None:
    visitor = enter()
    hands = Hands(visitor)
    people.enter_as(visitor, house, expert_id)
    file = tmp_path / "diploma.pdf"
    file.write_bytes(make_pdf(2))
    visitor.go("/home")
    hands.follow("Add a credential")
    visitor.look_twice()
    _claim(hands, file)
    visitor.says("We are still reading your file.")
    visitor.look_twice()
    house.run()
    expect(visitor.page.locator("#ready")).to_contain_text("One person checks it.", timeout=10_000)
    assert visitor.page.locator("[data-quiet]").count() == 0, "it asks no more"
    hands.follow("Send for checking")
    visitor.says("Being checked")
    visitor.look_twice()


def _claim(hands: Hands, file: Path) -> None:
    hands.choose("kind", "degree")
    hands.fill(title="Master of Laws", specialty="Law", issuer="Demo University", country="Germany")
    hands.reach("[name='issued_on']").write("01062015")
    hands.attach(file)
    hands.follow("Save")


def test_without_scripts_there_is_a_link_to_look_again(
    house: House, enter: Enter, expert_id: uuid.UUID, tmp_path: Path
) -> None:
    visitor = enter(scripts=False)
    people.enter_as(visitor, house, expert_id)
    file = tmp_path / "diploma.pdf"
    file.write_bytes(make_pdf(2))
    visitor.go("/profile/credentials/new?kind=degree&specialty=law")
    visitor.fill(title="Master of Laws", issuer="Demo University", issued_on="2015-06-01")
    visitor.page.get_by_label("Country").select_option("DE")
    visitor.page.locator("input[type=file]").set_input_files(file)
    visitor.press("Save")
    house.run()
    visitor.press("Look again", "link")
    visitor.says("One person checks it.")
