"""The texts of `docs/learn`: their fronts, their links, their numbers, and what a miswritten one says."""

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st
from jinja2 import Environment, FileSystemLoader
from markupsafe import escape

from config.fields import TIERS
from config.policy import MONEY, WORK
from marketplace.kit.money import shown
from marketplace.learn import policy, queries, service
from marketplace.learn.policy import Miswritten
from marketplace.projects.policy import costs
from tests.architecture.sources import ROOT
from tests.architecture.test_words import bad_words
from workspace.task_types import registry

FRONT = """+++
title = "A title"
summary = "A summary that is long enough to say what a reader will find below it."
order = 1
section = "Here"
version = 2
updated = 2026-03-02

[[history]]
version = 2
on = 2026-03-02
note = "More."

[[history]]
version = 1
on = 2026-03-01
note = "First."
+++
"""
LIBRARY = service.library()
ANCHORS = {term.anchor for term in LIBRARY.glossary.terms}
TERM_LINK = re.compile(r'href="/glossary#([^"]+)"')
guides = pytest.mark.parametrize("guide", LIBRARY.guides, ids=lambda guide: guide.slug)
terms = pytest.mark.parametrize("term", LIBRARY.glossary.terms, ids=lambda term: term.anchor)


def read(text="## One\n\nWords.", front=FRONT):
    return policy.read_guide("x", front + text, {"days": "3 days"}, {"loop": "<figure>ours</figure>"})


def glossary(text):
    return policy.read_glossary(FRONT + text, {})


def test_there_is_a_guide_for_every_kind_of_task():
    slugs = {guide.slug for guide in LIBRARY.guides}
    assert {slug.replace("_", "-") for slug in registry.ALL} <= slugs
    assert len(slugs) >= 15


@guides
def test_a_guide_has_parts_and_takes_a_few_minutes(guide):
    assert len(guide.headings) >= 3
    assert len({heading.anchor for heading in guide.headings}) == len(guide.headings)
    assert 1 <= guide.minutes <= 8
    assert not re.search(r"\{\{|\}\}|\[\[|\]\]|\{figure", guide.html)


@guides
def test_every_term_a_guide_links_to_is_in_the_glossary(guide):
    assert [anchor for anchor in TERM_LINK.findall(guide.html) if anchor not in ANCHORS] == []


@guides
def test_a_guide_says_one_word_per_thing(guide):
    assert bad_words(guide.text) == []


def test_orders_differ_and_sections_stand_together():
    orders = [guide.front.order for guide in LIBRARY.guides]
    assert orders == sorted(set(orders))
    sections = [guide.front.section for guide in LIBRARY.guides]
    runs = [name for at, name in enumerate(sections) if not at or sections[at - 1] != name]
    assert len(runs) == len(set(sections))
    assert all(sections)


def test_the_glossary_explains_sixty_terms_and_more():
    assert len(LIBRARY.glossary.terms) >= 60
    asked = (
        "rlhf sft dpo preference-pair reward-model agreement krippendorffs-alpha gold-task golden-response"
    )
    assert {*asked.split()} <= ANCHORS


@terms
def test_a_term_is_explained_in_two_to_four_sentences(term):
    count = len(re.findall(r"[.!?](?=\s|$)", term.text))
    assert 2 <= count <= 4, term.text
    assert term.see, "it has neighbours"
    assert term.anchor not in {anchor for anchor, _ in term.see}
    assert [anchor for anchor in TERM_LINK.findall(term.html) if anchor not in ANCHORS] == []


@terms
def test_a_term_says_one_word_per_thing(term):
    assert bad_words(f"{term.title}. {term.text}") == []


def test_every_figure_is_used_and_holds_nothing_the_policy_forbids():
    for name, html in queries.figures().items():
        assert any(f"{{figure {name}}}" in source for source in queries.guides().values())
        assert not re.search(r"<script|\sstyle=|\son\w+=|https?://", html)


def test_numbers_come_from_the_rules():
    facts = policy.known_facts()
    hourly = TIERS["board_certified"].low_minor
    found = costs(hourly, 7)
    assert facts["example_price"] == shown(found.price_minor)
    assert facts["example_platform_fee"] == shown(found.fee_minor)
    assert facts["example_review_fee"] == shown(found.review_fee_minor)
    assert facts["appeal_days"] == f"{WORK.appeal_days} days"
    assert facts["platform_fee"] == f"{MONEY.platform_fee_bps // 100} %"
    assert facts["tier_table"].count("\n") == len(TIERS) + 1


def test_no_number_of_a_rule_is_written_into_a_text():
    written = "\n".join([*queries.guides().values(), queries.glossary()])
    assert not re.search(rf"\b(?:{WORK.auto_approve_hours} hours|{WORK.appeal_days} days)\b", written)
    used = set(re.findall(r"\{\{ *([a-z_]+) *\}\}", written))
    assert used == set(policy.known_facts()), "a fact nobody uses, or one nobody knows"


def test_a_guide_is_drawn():
    guide = read(
        "## What & why\n\nIn {{ days }}: [[golden response]], [[RLHF::the loop]], [[/jobs::jobs]].\n\n{figure loop}"
    )
    assert '<h2 id="what-why" dir="auto">What &amp; why</h2>' in guide.html
    assert "In 3 days:" in guide.html
    assert '<a class="term" href="/glossary#golden-response">golden response</a>' in guide.html
    assert '<a class="term" href="/glossary#rlhf">the loop</a>' in guide.html
    assert '<a href="/jobs">jobs</a>' in guide.html
    assert "<figure>ours</figure>" in guide.html
    assert [(one.anchor, one.title) for one in guide.headings] == [("what-why", "What & why")]
    assert (guide.minutes, guide.front.version, guide.front.history[1].note) == (1, 2, "First.")


@pytest.mark.parametrize(
    ("front", "said"),
    [
        ("no front", "begin with"),
        (FRONT.replace("version = 2\nupdated", "version = 3\nupdated"), "first row of the history"),
        (FRONT.replace("updated = 2026-03-02", "updated = 2026-03-03"), "first row of the history"),
        (FRONT.replace("version = 1\n", "version = 4\n"), "one by one"),
        (FRONT.replace("on = 2026-03-01", "on = 2026-04-01"), "one by one"),
        (FRONT.replace('title = "A title"\n', ""), "title"),
        (FRONT.replace("order = 1", 'order = "first"'), "order"),
        (FRONT.replace("order = 1", "order = 1\nauthor = 4"), "author"),
        (FRONT.replace("order = 1", "order ="), "x: "),
        (
            FRONT.replace("A summary that is long enough to say what a reader will find below it.", "Short."),
            "summary",
        ),
    ],
)
def test_a_front_that_breaks_a_rule_is_said(front, said):
    with pytest.raises(Miswritten, match=said):
        read(front=front)


@pytest.mark.parametrize(
    ("text", "said"),
    [("{{ unknown }}", "no fact"), ("{figure none}", "no figure"), ("x " * 20_000, "too long")],
)
def test_a_text_that_breaks_a_rule_is_said(text, said):
    with pytest.raises(Miswritten, match=said):
        read(text)


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("Words first.\n\n## One\nA thing.", "begin with a term"),
        ("## One\nA thing.\n\n## one\nAgain.", "twice"),
        ("## One\nA thing.\nSee: Two", "no term Two"),
        ("## One\nSee: One", "say what it means"),
    ],
)
def test_a_glossary_that_breaks_a_rule_is_said(text, said):
    with pytest.raises(Miswritten, match=said):
        glossary(text)


def test_a_term_has_other_names_and_neighbours():
    one, two = glossary(
        "## Beta's test\nA thing. It is so.\nAlso: try, trial\nSee: alpha\n\n## Alpha\nWords."
    ).terms
    assert (one.title, two.anchor, two.also, two.see) == (
        "Alpha",
        "betas-test",
        ("try", "trial"),
        (("alpha", "Alpha"),),
    )
    assert two.text == "A thing. It is so."


@given(st.text(max_size=60))
def test_a_search_takes_whatever_is_typed(asked):
    hits = service.search(asked)
    assert len(hits) <= 30
    assert all(hit.slug or hit.anchor in ANCHORS for hit in hits)


@pytest.mark.parametrize(
    ("asked", "first"),
    [
        ("krippendorff", "Krippendorff's alpha"),
        ("REWARD MODEL", "Reward model"),
        ("supervised fine", "SFT"),
        ("misconceptions", "Ten misconceptions"),
        ("getting started", "Getting started"),
    ],
)
def test_a_search_finds_names_first(asked, first):
    assert service.search(asked)[0].title == first


def test_every_word_has_to_be_there():
    assert service.search("reward qqqq") == []
    assert service.search("  ") == []


def test_every_term_of_a_template_is_in_the_glossary():
    used = [
        (name, path.name)
        for path in (ROOT / "templates").rglob("*.html")
        for name in re.findall(
            r"\bterm\(\s*[\"']([^\"']+)[\"']", re.sub(r"\{#.*?#\}", "", path.read_text(), flags=re.DOTALL)
        )
    ]
    assert len({name for name, _ in used}) > 8
    assert [where for where in used if policy.anchor_of(where[0]) not in ANCHORS] == []


@terms
def test_the_link_of_a_template_leads_to_its_term(term):
    jinja = Environment(loader=FileSystemLoader(ROOT / "templates"), autoescape=True)
    page = jinja.from_string('{% from "components/term.html" import term %}{{ term(name, away=true) }}')
    html = page.render(name=term.title)
    assert f'href="/glossary#{term.anchor}" target="_blank" rel="noopener"' in html
    assert f'{escape(term.title)}<span class="vh">, in the glossary, opens another tab</span>' in html


def test_it_is_read_once():
    assert service.library() is service.library()
