"""Forms read what people send, and draw what they need to mend it."""

import uuid
from collections.abc import Iterator
from typing import Any

import html5lib
import pytest
import wtforms
from flask import Flask, render_template_string

from config.policy import MONEY
from marketplace.kit import static
from marketplace.kit.forms import (
    BaseForm,
    ChecklistField,
    EmailMixin,
    FieldList,
    FormKeyMixin,
    MoneyField,
    PartForm,
    agreed,
    at_most,
    between,
    maybe,
    needed,
    options,
    within,
)
from tests.conftest import ROOT

HTML = "{http://www.w3.org/1999/xhtml}"


@pytest.fixture(scope="module")
def site() -> Flask:
    app = Flask("forms", template_folder=str(ROOT / "templates"), static_folder=None)
    app.config.update(SECRET_KEY="x" * 32, WTF_CSRF_ENABLED=False)
    static.install(app)
    return app


class Clause(PartForm):
    text = wtforms.StringField("Text", [needed("Enter the clause")])


class Everything(FormKeyMixin, EmailMixin, BaseForm):
    name = wtforms.StringField("Name", [needed("Enter your name")], description="As on your licence")
    about = wtforms.TextAreaField("About", [maybe(), at_most(20)])
    password = wtforms.PasswordField("Password", [needed("Enter a password"), between(3, 9)])
    kind = wtforms.SelectField("Kind", choices=options([("a", "A"), ("b", "B")]))
    way = wtforms.RadioField(
        "Way", [needed("Choose a way")], choices=options([("a", "A", "the short way"), ("b", "B")])
    )
    languages = ChecklistField(
        "Languages", [needed("Tick one")], choices=options([("en", "English"), ("es", "Spanish")])
    )
    pay = MoneyField("Pay", [needed("Enter the pay")], minimum=MONEY.deposit_minimum_minor, maximum=10_000_00)
    minutes = wtforms.IntegerField("Minutes", [needed("Enter the minutes"), within(1, 240)])
    share = wtforms.DecimalField("Share", [maybe()])
    day = wtforms.DateField("Day", [maybe()])
    page = wtforms.URLField("Page", [maybe()])
    file = wtforms.FileField("File")
    terms = wtforms.BooleanField("I agree", [agreed("Tick the box")])
    clauses = FieldList(wtforms.FormField(Clause), "Clause", min_entries=2)
    send = wtforms.SubmitField("Send")


GOOD = {
    "form_key": "01890a5d-ac96-774b-bcce-b302099a8057",
    "email": "ada@example.org",
    "name": "Ada",
    "password": " pass ",
    "kind": "a",
    "way": "b",
    "languages": ["en"],
    "pay": "$1,000.50",
    "minutes": "7",
    "terms": "y",
    "clauses-0-text": "One",
    "clauses-1-text": "Two",
}


@pytest.fixture
def sent(site: Flask) -> Iterator[Any]:
    contexts = []

    def send(**changes: Any) -> Everything:
        context = site.test_request_context("/", method="POST", data={**GOOD, **changes})
        context.push()
        contexts.append(context)
        return Everything()

    yield send
    for context in reversed(contexts):
        context.pop()


def drawn(form: BaseForm, template: str) -> Any:
    return html5lib.parse(render_template_string(template, form=form))


def one(tree: Any, identity: str) -> Any:
    found = [node for node in tree.iter() if node.get("id") == identity]
    assert len(found) == 1, f"{len(found)} elements with the id {identity}"
    return found[0]


def test_good_input_is_read(sent: Any) -> None:
    form = sent()
    assert form.validate(), form.errors
    assert form.form_key.data == uuid.UUID(GOOD["form_key"])
    assert form.pay.data == 100_050
    assert form.password.data == " pass "  # a password is never trimmed
    assert form.problems() == []


@pytest.mark.parametrize(
    ("field", "value", "message"),
    [
        ("name", "", "Enter your name"),
        ("name", " \t ", "Enter your name"),
        ("name", "Ada\x00", "Remove the characters that cannot be seen, then send again."),
        ("name", "Ada\x1b[31m", "Remove the characters that cannot be seen, then send again."),
        ("name", "A\u0085da", "Remove the characters that cannot be seen, then send again."),
        ("name", "Ada\u202egnp.exe", "Remove the characters that cannot be seen, then send again."),
        ("name", "\u200b" * 20, "Enter your name"),
        ("name", "\u3164 \u2800\u00ad", "Enter your name"),
        ("name", "Ada\nBcc: all", "Write this on one line."),
        ("name", "A" * 201, "Use 200 characters or fewer."),
        ("about", "tab\tand\r\nline\x07", "Remove the characters that cannot be seen, then send again."),
        ("about", "A" * 21, "Use 20 characters or fewer."),
        ("email", "ada", "Enter an e-mail address, such as name@example.org"),
        ("email", "a" * 250 + "@example.org", "Use 254 characters or fewer."),
        ("password", "12", "Use 3 to 9 characters."),
        ("kind", "c", "Choose one of the options."),
        ("way", "c", "Choose one of the options."),
        ("languages", [], "Tick one"),
        ("minutes", "", "Enter the minutes"),
        ("minutes", "seven", "Enter a whole number."),
        ("minutes", "0", "Enter a number from 1 to 240."),
        ("minutes", "9" * 40, "Enter a number from 1 to 240."),
        ("minutes", "9" * 400, "Enter a number from 1 to 240."),
        ("pay", "", "Enter the pay"),
        ("pay", "twenty", "Enter an amount of $20.00 or more, such as 20.00."),
        ("pay", "12.505", "Enter an amount of $20.00 or more, such as 20.00."),
        ("pay", "-20", "Enter an amount of $20.00 or more, such as 20.00."),
        ("pay", "1e3", "Enter an amount of $20.00 or more, such as 20.00."),
        ("pay", "25,50", "Enter an amount of $20.00 or more, such as 20.00."),
        ("pay", "1,00,0", "Enter an amount of $20.00 or more, such as 20.00."),
        ("pay", "19.99", "Enter $20.00 or more."),
        ("pay", "10000.01", "Enter $10,000.00 or less."),
        ("terms", "", "Tick the box"),
        ("form_key", "7", "Load the page again and send the form once more."),
        ("form_key", "", "Load the page again and send it once more."),
    ],
)
def test_bad_input_gets_a_sentence_at_its_field(sent: Any, field: str, value: Any, message: str) -> None:
    form = sent(**{field: value})
    assert not form.validate()
    assert form[field].errors[0] == message
    assert set(form.errors) == {field}


def test_text_is_trimmed_and_keeps_its_lines(sent: Any) -> None:
    form = sent(about=" one\r\ntwo\t ", name="  Ada  ")
    assert form.validate(), form.errors
    assert (form.about.data, form.name.data) == ("one\ntwo", "Ada")


@pytest.mark.parametrize("name", ["نص\u200eعربي", "👩\u200d⚕️", "می\u200cخواهم", "e\u0301"])
def test_joiners_and_marks_inside_a_text_stay(sent: Any, name: str) -> None:
    form = sent(name=name)
    assert form.validate(), form.errors
    assert form.name.data == name


@pytest.mark.parametrize("typed", ["", " ", "\u200b"])
def test_a_choice_of_nothing_that_can_be_seen_is_none(site: Flask, typed: str) -> None:
    class Optional(BaseForm):
        kind = wtforms.SelectField("Kind", [maybe()], choices=options([("", "None"), ("a", "A")]))

    with site.test_request_context(method="POST", data={"kind": typed}):
        form = Optional()
        assert (form.validate(), form.kind.data) == (True, "")


def test_zero_is_an_answer(site: Flask) -> None:
    class Counting(BaseForm):
        count = wtforms.IntegerField("Count", [needed("Enter a count")])

    with site.test_request_context("/", method="POST", data={"count": "0"}):
        form = Counting()
        assert form.validate(), form.errors
        assert form.count.data == 0


@pytest.mark.parametrize("number", ["²", "٣", "9" * 5_000, "-1", "", "0x1"])
def test_rows_are_numbered_by_plain_digits_alone(sent: Any, number: str) -> None:
    form = sent(**{f"clauses-{number}-text": "Three"})
    assert [row.form.text.data for row in form.clauses] == ["One", "Two"]


def test_a_fresh_form_brings_a_key_and_keeps_it_when_sent_again(site: Flask, sent: Any) -> None:
    with site.test_request_context("/"):
        first, second = Everything(), Everything()
        assert first.form_key.data != second.form_key.data
    form = sent(name="")
    assert not form.validate()
    tree = drawn(form, "{{ form.hidden_tag() }}")
    keys = [node.get("value") for node in tree.iter(f"{HTML}input") if node.get("name") == "form_key"]
    assert keys == [GOOD["form_key"]]


def test_a_field_draws_label_hint_and_error_and_ties_them_together(sent: Any) -> None:
    form = sent(name="")
    form.validate()
    tree = drawn(form, "{{ form.name() }}")
    control = one(tree, "name")
    assert control.get("aria-describedby") == "name-hint name-error"
    assert control.get("aria-invalid") == "true"
    assert [label.text for label in tree.iter(f"{HTML}label") if label.get("for") == "name"] == ["Name"]
    assert "error" in one(tree, "name-error").get("class").split()
    assert "Enter your name" in "".join(one(tree, "name-error").itertext())


def test_what_was_typed_stays_in_the_box(sent: Any) -> None:
    form = sent(pay="twenty", minutes="seven", name="<b>A</b>\x07")
    form.validate()
    tree = drawn(form, "{{ form.pay() }}{{ form.minutes() }}{{ form.name() }}")
    assert one(tree, "pay").get("value") == "twenty"
    assert one(tree, "minutes").get("value") == "seven"
    assert "<b>A</b>" in one(tree, "name").get("value")
    assert list(tree.iter(f"{HTML}b")) == []


def test_nothing_is_cut_off_by_the_browser(sent: Any) -> None:
    form = sent()
    tree = drawn(form, "{{ form.about() }}{{ form.password() }}{{ form.email() }}")
    assert [node.get("maxlength") for node in tree.iter() if node.get("maxlength")] == []


def test_money_is_shown_as_it_is_typed(site: Flask) -> None:
    with site.test_request_context("/"):
        tree = drawn(Everything(pay=123_456), "{{ form.pay() }}")
        assert one(tree, "pay").get("value") == "1,234.56"


def test_radios_and_boxes_are_a_group_with_a_legend_and_hints(sent: Any) -> None:
    form = sent(way="")
    form.validate()
    tree = drawn(form, "{{ form.way() }}{{ form.languages() }}")
    assert [legend.text for legend in tree.iter(f"{HTML}legend")] == ["Way", "Languages"]
    assert "the short way" in "".join(one(tree, "way").itertext())
    assert [box.get("type") for box in tree.iter(f"{HTML}input")] == ["radio"] * 2 + ["checkbox"] * 2
    assert one(tree, "languages-0").get("checked") is not None
    assert one(tree, "way").get("aria-describedby") == "way-error"


def test_the_summary_links_to_controls_that_exist(sent: Any) -> None:
    form = sent(**{"name": "", "way": "", "languages": [], "clauses-1-text": "", "form_key": "x"})
    form.validate()
    form.form_errors.append("They do not belong together.")
    page = """{% from "components/form.html" import form_frame %}{% call form_frame(form) %}
    {% for field in form if field.type not in ("KeyField", "CSRFTokenField") %}{{ field() }}{% endfor %}{% endcall %}"""
    tree = drawn(form, page)
    targets = [link.get("href").removeprefix("#") for link in tree.iter(f"{HTML}a")]
    assert targets == ["name", "way-0", "languages-0", "clauses-1-text"]
    for target in targets:
        one(tree, target)
    summary = next(node for node in tree.iter() if node.get("data-focus") is not None)
    words = "".join(summary.itertext())
    assert "They do not belong together." in words
    assert "Load the page again" in words


def test_two_forms_on_a_page_share_no_id(site: Flask) -> None:
    site.config["WTF_CSRF_ENABLED"] = True
    try:
        with site.test_request_context("/"):
            tree = drawn(Everything(), "{{ form.hidden_tag() }}{{ form.hidden_tag() }}")
    finally:
        site.config["WTF_CSRF_ENABLED"] = False
    assert [node.get("id") for node in tree.iter() if node.get("id")] == []
    assert sum(node.get("name") == "csrf_token" for node in tree.iter(f"{HTML}input")) == 2


def test_every_control_has_a_name_for_everybody(sent: Any) -> None:
    tree = drawn(sent(), "{% for field in form %}{{ field() }}{% endfor %}")
    labels = {label.get("for") for label in tree.iter(f"{HTML}label")}
    for tag in ("input", "select", "textarea"):
        for control in tree.iter(HTML + tag):
            if control.get("type") != "hidden":
                assert control.get("id") in labels, control.attrib


def test_a_field_nobody_can_draw_is_a_clear_error(site: Flask) -> None:
    class Odd(BaseForm):
        odd = wtforms.Field("Odd")

    with site.test_request_context("/"), pytest.raises(LookupError, match="draws no Field"):
        Odd().odd()
