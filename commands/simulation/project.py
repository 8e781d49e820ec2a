"""The company's part: found it, write a project, add its tasks, pay for it, open it, take the data home."""

import hashlib
import json
import re
import time
from collections import Counter
from collections.abc import Collection
from dataclasses import dataclass
from typing import Any

from commands.simulation.browser import Browser, Lost, Page
from commands.simulation.material import Material
from commands.simulation.people import Person
from config.task_types import TASK_TYPES
from workspace.exports.policy import check_file

CLAUSES = (
    ("Read everything", "Read the prompt and every response to the end before you decide.", "", ""),
    (
        "Judge the content",
        "Correct and complete comes before style.",
        "Names the wrong step.",
        "It is longer.",
    ),
    ("Give your reason", "Say what decided it, and which response you mean.", "", ""),
)
DECLARED = ("abuse", "medical_graphic")
CONTENT_NOTE = "Replies of language models that could hurt somebody who follows them."
SETTLE_SECONDS = 120.0
_EXPORT = re.compile(r"/company/exports/[0-9a-f-]{36}$")


@dataclass(frozen=True, slots=True)
class Plan:
    """What is bought: kind of work, minutes a task, opinions a task."""

    task_type: str
    minutes: int
    overlap: int
    hourly: str = "20"
    why_min_words: int = 20


def found(owner: Person, name: str) -> None:
    """Found a company."""
    page = owner.browser.get("/company/new")
    if page.has_form("/company/new"):
        _sent(owner.browser.send(page, "/company/new", {"name": name, "country": "US"}))


def create(owner: Person, plan: Plan, title: str, classes: Collection[str] = ()) -> str:
    """Write the project with its guideline, declaring these classes of content; returns its address."""
    page = owner.browser.get("/company/projects/new")
    answer = owner.browser.send(
        page,
        "/company/projects/new",
        {
            "task_type": plan.task_type,
            "title": title,
            "summary": "Compare answers of language models to real questions, and say why.",
            "specialty": "general",
            "language": "en",
            "tier": "general",
            "hourly": plan.hourly,
            "minutes": plan.minutes,
            "overlap": plan.overlap,
            "auto_approve_hours": "72",
            "why_min_words": plan.why_min_words,
            **_declared(plan, classes),
        },
    )
    _sent(answer)
    address = re.search(r"/company/projects/[0-9a-f-]{36}", answer.url + " " + " ".join(answer.links))
    if address is None:
        raise Lost(f"the new project has no address: {answer.url}")
    _write_guideline(owner.browser, address.group(0))
    return address.group(0)


def _declared(plan: Plan, classes: Collection[str]) -> dict[str, Any]:
    """What is said of sensitive content, where the type asks for it or the tasks name some."""
    asked = DECLARED if TASK_TYPES[plan.task_type].needs_content_classes else ()
    found = sorted({*asked, *classes})
    return {"content_classes": found, "content_note": CONTENT_NOTE} if found else {}


def add_tasks(owner: Person, project: str, tasks: Material) -> None:
    """Upload the file, choose its columns, look at the dry run, confirm it."""
    page = owner.browser.get(f"{project}/imports/new")
    file = (tasks.name, tasks.content, tasks.content_type)
    checked = owner.browser.send(page, "/imports/new", files={"file": file})
    if tasks.chosen and checked.has_form("/columns"):
        guessed = {name: "" for name in checked.form("/columns").names() if name.startswith("col_")}
        said = "\n".join(f"{field} = {column}" for field, column in tasks.chosen.items())
        checked = owner.browser.send(checked, "/columns", {**guessed, "more": said})
    if not checked.has_form("/confirm"):
        raise Lost(f"the file was not taken: {checked.marked.get('errors') or checked.html[:400]}")
    owner.browser.send(checked, "/confirm")


def deposit(owner: Person, amount: str) -> None:
    """Pay into the wallet on the payment service's page."""
    page = owner.browser.get("/company/billing")
    answer = owner.browser.send(page, "/billing/deposits", {"amount": amount})
    pay = next((link for link in answer.links if "/gateway/pay/" in link), None)
    if pay is None:
        raise Lost(f"no way to the payment page: {answer.url} {answer.marked.get('errors', '')}")
    owner.browser.send(
        owner.browser.get(pay), "/gateway/pay/", {"how": "card", "number": "4242 4242 4242 4242"}
    )
    _until(owner.browser, answer.url, "Arrived", "the deposit")


def publish(owner: Person, ops: Person, project: str, budget: str) -> str:
    """Publish, have staff check a first project, fund it; returns the address of the job on the board."""
    page = owner.browser.get(project)
    if page.has_form("/publish"):
        owner.browser.send(page, "/publish")
    check = ops.browser.get(project.replace("/company/projects/", "/staff/projects/"))
    if check.has_form("/pass"):
        ops.browser.send(check, "/pass")
    fund = owner.browser.get(f"{project}/fund")
    _sent(owner.browser.send(fund, "/fund", {"amount": budget}))
    page = owner.browser.get(project)
    job = next((link for link in page.links if re.search(r"/jobs/[a-z0-9-]+$", link)), None)
    if job is None:
        raise Lost("the project is not on the board")
    return re.sub(r"^https?://[^/]+", "", job)


def export(owner: Person, project: str) -> tuple[dict[str, Any], list[str]]:
    """Ask for an export, download it, check every checksum and each line; returns counts and defects."""
    asked = owner.browser.send(owner.browser.get(f"{project}/exports"), "/exports")
    _until(owner.browser, asked.url, "manifest.json", "the export")
    address = _EXPORT.search(asked.url)
    if address is None:
        raise Lost(f"the export has no address: {asked.url}")
    base = address.group(0)
    manifest = json.loads(owner.browser.download(f"{base}/files/manifest.json"))
    lines: Counter[str] = Counter()
    defects: list[str] = []
    for file in manifest["files"]:
        content = owner.browser.download(f"{base}/files/{file['name']}")
        if hashlib.sha256(content).hexdigest() != file["sha256"]:
            raise Lost(f"{file['name']} is not what the manifest says")
        lines[file["format"]] += file["lines"]
        defects += [f"{file['name']}, {defect}" for defect in check_file(file["name"], content)]
    counts = {"lines": dict(lines), "tasks": manifest["counts"]["tasks"], "agreement": manifest["agreement"]}
    return {**counts, "left_out": manifest["left_out"]}, defects


def _write_guideline(browser: Browser, project: str) -> None:
    page = browser.get(f"{project}/guideline")
    values: dict[str, Any] = {}
    for number, (title, text, good, bad) in enumerate(CLAUSES):
        prefix = f"clauses-{number}-"
        values |= {f"{prefix}title": title, f"{prefix}text": text, f"{prefix}good": good, f"{prefix}bad": bad}
    _sent(browser.send(page, "/guideline", {**values, "action": "save"}))


def _until(browser: Browser, address: str, word: str, what: str) -> Page:
    waited = 0.0
    while waited < SETTLE_SECONDS:
        page = browser.get(address)
        if word in page.html:
            return page
        time.sleep(0.5)
        waited += 0.5
    raise Lost(f"{what} did not finish within {SETTLE_SECONDS:.0f} seconds: is a worker running?")


def _sent(answer: Page) -> Page:
    if answer.status >= 400:  # noqa: PLR2004 - refused
        raise Lost(f"{answer.path} answered {answer.status}: {answer.marked.get('errors') or answer.marked}")
    return answer
