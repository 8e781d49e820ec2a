"""The company's part of the journey: from founding to a funded project, and the data at the end."""

import json
from pathlib import Path

from tests.browser.house import House
from tests.browser.visitor import Visitor

CARD = "4242 4242 4242 4242"
CLAUSES = (
    ("Read to the end", "Read the prompt and every response to its end before you decide."),
    ("Right before pretty", "A correct answer that is plain comes before a wrong one that reads well."),
)


def found_company(visitor: Visitor) -> None:
    """Three fields."""
    visitor.go("/company/new")
    visitor.fill(name="Northwind Labs", website="https://northwind.example")
    visitor.page.get_by_label("Country").select_option("US")
    visitor.press("Create the company")


def write_project(visitor: Visitor, title: str) -> str:
    """A ranking project at ten dollars a task, with its price while it is written, then its guideline."""
    visitor.go("/company/projects")
    visitor.follow(visitor.page.locator("main a[href='/company/projects/new']").first)
    page = visitor.page
    page.get_by_role("radio", name="Response ranking").check()
    visitor.fill(title=title, summary="Three answers to one question: put them in order and say why.")
    page.get_by_label("Specialty").select_option("general")
    page.locator("input[name=tier][value=general]").check()
    visitor.fill(hourly="20", minutes="30", overlap="1", why_min_words="10")
    page.locator("#price").get_by_text("$10.00", exact=True).wait_for()
    visitor.press("Save the draft")
    address = page.url.partition("?")[0]
    visitor.press("Write it", "link")
    for number, (rule, meaning) in enumerate(CLAUSES):
        if number:
            visitor.press("Add a clause")
        visitor.fill(**{f"clauses-{number}-title": rule, f"clauses-{number}-text": meaning})
    visitor.follow(page.locator(".form-acts").get_by_role("button", name="Save"))
    return address


def add_tasks(visitor: Visitor, project: str, file: Path) -> None:
    """A file with one bad row: the dry run names it, the rest is added."""
    visitor.go(f"{project}/imports/new")
    visitor.page.locator("input[type=file]").set_input_files(file)
    visitor.press("Check the file")
    visitor.says("3 of 4 rows are ready.")
    visitor.press("Add 3 tasks")
    visitor.says("3 tasks")


def deposit(visitor: Visitor, house: House, amount: str) -> None:
    """Pay on the payment service's page and come back."""
    visitor.go("/company/billing")
    visitor.fill(amount=amount)
    visitor.press("Continue to payment")
    house.run()
    visitor.press("Go to payment", "link")
    visitor.fill(number=CARD)
    visitor.press(f"Pay ${amount}.00")
    house.run()
    visitor.page.reload()
    visitor.says("The money is in your company's wallet.")


def publish(visitor: Visitor, project: str) -> None:
    """Send the draft to be looked at."""
    visitor.go(project)
    visitor.press("Send the project")
    visitor.says("Being checked")


def fund(visitor: Visitor, project: str, amount: str) -> None:
    """Move money into the budget; a passed project opens with it."""
    visitor.go(f"{project}/fund")
    visitor.fill(amount=amount)
    visitor.press("Move to the budget")
    visitor.go(project)
    visitor.follow(visitor.page.get_by_role("link", name="See it on the board"))


def export(visitor: Visitor, house: House, project: str) -> dict[str, str]:
    """Ask for the data, download every file: name -> text."""
    visitor.go(project)
    visitor.press("Export", "link")
    visitor.press("New export")
    house.run()
    visitor.go(visitor.page.url)
    files = {}
    for link in visitor.page.locator("main a[href*='/files/']").all():
        with visitor.page.expect_download() as coming:
            link.click()
        files[coming.value.suggested_filename] = coming.value.path().read_text()
    return files


def write_file(folder: Path) -> Path:
    """Three tasks, and one row that cannot be one."""
    rows = [
        {
            "external_id": f"bread-{number}",
            "prompt": f"My bread dough does not rise. What can I do? ({number})",
            "responses": [
                {"text": f"Wait, and hope for the best. ({number})", "model": "one"},
                {"text": f"Test the yeast in warm water, then warm the room. ({number})", "model": "two"},
                {"text": f"Use twice as much yeast, whatever the reason was. ({number})", "model": "three"},
            ],
        }
        for number in (1, 2, 3)
    ]
    path = folder / "tasks.jsonl"
    lines = [json.dumps(row) for row in rows]
    path.write_text("\n".join([*lines[:2], '{"external_id": "bread-bad"}', lines[2]]))
    return path
