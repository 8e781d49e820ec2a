"""Templates stay small, safe under the strict policy, and in their rooms."""

import json
import re
from pathlib import Path

import pytest
from jinja2 import Environment, FileSystemLoader, TemplateSyntaxError, meta

ROOT = Path(__file__).parents[2]
TEMPLATES = ROOT / "templates"
SHARED = {"layouts", "components", "emails", "errors"}
PUBLIC = "public"  # the front door belongs to no room
PAGE_LINES, MACRO_LINES = 120, 40
ALL = sorted(path for path in TEMPLATES.rglob("*") if path.suffix in {".html", ".txt", ".xml"})
PAGES = [path for path in ALL if path.suffix == ".html" and path.relative_to(TEMPLATES).parts[0] != "emails"]
COMMENT = re.compile(r"\{#.*?#\}", re.DOTALL)
MACRO = re.compile(r"\{%-?\s*macro (\w+).*?\{%-?\s*endmacro\s*-?%\}", re.DOTALL)
ICON = re.compile(r"\bicon\(\s*[\"']([a-z0-9-]+)[\"']")
FORBIDDEN = {
    r"\|\s*safe\b": "the filter that trusts text",
    r"\bautoescape\b": "escaping is never switched off",
    r"<style\b": "a style sheet in the page",
    r"\sstyle\s*=": "an inline style",
    r"\son[a-z]+\s*=": "an inline handler",
    r"\bhx-on\b|\bdata-hx-on\b": "htmx code, which needs eval",
    r"""hx-(?:vals|vars|headers)\s*=\s*["']\s*(?:js|javascript):""": "htmx values that need eval",
    r"hx-trigger\s*=\s*[\"'][^\"']*\[": "an htmx trigger filter, which needs eval",
    r"javascript:": "an address that is code",
    r"""(?:src|href|action|srcset|data)\s*=\s*["'](?:https?:)?//""": "something from another site",
    r"<script\b(?![^>]*\b(?:src=\"\{\{ static_url|type=\"application/json\"|type=\"application/ld\+json\" nonce=))": "a script in the page",
}


def name(path: Path) -> str:
    return path.relative_to(TEMPLATES).as_posix()


def source(path: Path) -> str:
    """The template without its comments, lines kept."""
    return COMMENT.sub(lambda found: "\n" * found.group().count("\n"), path.read_text())


@pytest.mark.parametrize("path", ALL, ids=name)
def test_a_template_can_be_read_in_one_go(path: Path) -> None:
    lines = len(path.read_text().splitlines())
    limit = 3 * PAGE_LINES if name(path).startswith("components/") else PAGE_LINES
    assert lines <= limit, f"{lines} lines, at most {limit}"
    for macro in MACRO.finditer(path.read_text()):
        length = macro.group().count("\n") + 1
        assert length <= MACRO_LINES, f"macro {macro.group(1)} has {length} lines, at most {MACRO_LINES}"


@pytest.mark.parametrize("path", PAGES, ids=name)
def test_a_template_holds_nothing_the_policy_forbids(path: Path) -> None:
    text = source(path)
    for pattern, what in FORBIDDEN.items():
        found = re.search(pattern, text, re.IGNORECASE)
        assert found is None, f"{what}: {found.group()!r}" if found else what


@pytest.mark.parametrize("path", ALL, ids=name)
def test_a_template_compiles_and_what_it_names_exists(path: Path) -> None:
    environment = Environment(
        loader=FileSystemLoader([TEMPLATES, TEMPLATES / "emails"]),  # letters are read from their own folder
        autoescape=True,
    )
    try:
        tree = environment.parse(path.read_text())
    except TemplateSyntaxError as error:
        pytest.fail(f"line {error.lineno}: {error.message}")
    known = set(environment.list_templates())
    missing = [
        other for other in meta.find_referenced_templates(tree) if other is not None and other not in known
    ]
    assert missing == []


def test_every_folder_is_a_room_or_shared() -> None:
    rooms = {
        f"{package}/{room.name}"
        for package in ("marketplace", "workspace")
        for room in (ROOT / package).iterdir()
        if room.is_dir() and (room / "__init__.py").exists()
    } | {f"marketplace/{PUBLIC}"}
    strange = [
        name(path)
        for path in ALL
        if path.relative_to(TEMPLATES).parts[0] not in SHARED
        and "/".join(path.relative_to(TEMPLATES).parts[:2]) not in rooms
        and len(path.relative_to(TEMPLATES).parts) > 2
    ]
    assert strange == []


def test_a_page_extends_a_layout_and_a_layout_the_base() -> None:
    extended = {
        name(path): re.findall(r"\{%-?\s*extends\s+[\"']([^\"']+)[\"']", path.read_text()) for path in PAGES
    }
    wrong = {
        page: parents
        for page, parents in extended.items()
        if any(not parent.startswith("layouts/") for parent in parents)
    }
    assert wrong == {}


def test_every_icon_is_in_the_sprite() -> None:
    manifest = ROOT / "static" / "manifest.json"
    if not manifest.exists():
        pytest.skip("the front end is not built: make static/manifest.json")
    sprite = (manifest.parent / json.loads(manifest.read_text())["icons.svg"]).read_text()
    used = {(icon, name(path)) for path in PAGES for icon in ICON.findall(source(path))}
    assert sorted(where for where in used if f'id="i-{where[0]}"' not in sprite) == []


@pytest.mark.parametrize(
    ("bad", "caught"),
    [
        ("{{ text|safe }}", True),
        ('<p style="color: red">', True),
        ('<button onclick="go()">', True),
        ("<script>go()</script>", True),
        ('<script type="application/json">{}</script>', False),
        ('<script type="application/ld+json" nonce="{{ nonce }}">{}</script>', False),
        ('<script type="application/ld+json">{}</script>', True),
        ('<script type="module" src="{{ static_url(\'app.js\') }}"></script>', False),
        ('<a hx-on:click="go()">', True),
        ('<a hx-trigger="click[ctrlKey]">', True),
        ('<a href="javascript:go()">', True),
        ('<img src="https://elsewhere.example/a.png">', True),
        ('<p class="once">on = one</p>', False),
    ],
)
def test_the_lint_itself_sees(bad: str, caught: bool) -> None:
    assert any(re.search(pattern, bad, re.IGNORECASE) for pattern in FORBIDDEN) is caught
