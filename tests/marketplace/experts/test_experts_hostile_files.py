"""Hostile evidence: refused, each with a sentence; honest files come out without what nobody should see."""

import io
from pathlib import Path

import pytest
from PIL import Image
from pypdf import PdfReader

from config.policy import PEOPLE
from marketplace.experts import policy
from marketplace.experts.service.evidence import RULES
from marketplace.gateways.inspection import looking
from marketplace.gateways.inspection.looking import look
from marketplace.gateways.inspection.verdict import Rules, Unfit
from tests.factories.evidence import make_pdf, make_picture
from tests.marketplace.experts.hostile import HOSTILE, Hostile, bomb


def refusal(data: bytes, name: str) -> str | None:
    """What the sender reads: at the field, or after the worker has read the file."""
    problem = policy.file_problem(data, name)
    if problem:
        return problem
    try:
        look(data, policy.evidence_type(data, name) or "", RULES)
    except Unfit as unfit:
        return str(unfit)
    return None


def test_there_are_enough_of_them() -> None:
    assert len(HOSTILE) >= 40
    assert len({one.what for one in HOSTILE}) == len(HOSTILE)


@pytest.mark.parametrize("hostile", HOSTILE, ids=lambda one: one.what)
def test_a_hostile_file_is_refused_with_its_reason(hostile: Hostile) -> None:
    data = hostile.make()
    assert len(data) <= PEOPLE.evidence_maximum_bytes
    said = refusal(data, hostile.name)
    assert said is not None
    assert said.startswith(hostile.said)
    assert said.count(".") >= 2 or "pages" in said or said == "The PDF has no page."  # what to do instead


@pytest.mark.parametrize(
    ("data", "name"),
    [
        (make_pdf(), "diploma.pdf"),
        (make_pdf(PEOPLE.evidence_pages_maximum), "thesis.pdf"),
        (make_picture(), "scan.png"),
        (make_picture("JPEG"), "photo.JPEG"),
        (make_picture("JPEG", progressive=True), "photo.jpg"),
        (make_picture() + b"\0\n", "padded.png"),
    ],
)
def test_an_honest_file_passes(data: bytes, name: str) -> None:
    assert refusal(data, name) is None


def test_a_pdf_forgets_who_made_it() -> None:
    data = make_pdf(2, Author="Ada Lovelace", Producer="Her machine", Title="Diploma")
    assert b"Lovelace" in data
    clean = look(data, "application/pdf", RULES)
    assert clean.pages == 2
    assert len(PdfReader(io.BytesIO(clean.data)).pages) == 2
    for word in (b"Lovelace", b"machine", b"Diploma"):
        assert word not in clean.data


def test_a_photograph_forgets_where_it_was_taken_and_stands_upright() -> None:
    exif = Image.Exif()
    exif[0x0112] = 6  # lies on its side
    exif[0x010F] = "Camera of Ada"
    exif[0x8825] = {1: "N", 2: (51.0, 30.0, 0.0)}
    data = make_picture("JPEG", (300, 200), exif=exif.tobytes(), comment=b"at home")
    assert b"Camera of Ada" in data
    clean = look(data, "image/jpeg", RULES)
    assert b"Ada" not in clean.data
    assert b"at home" not in clean.data
    with Image.open(io.BytesIO(clean.data)) as picture:
        assert (picture.size, dict(picture.getexif())) == ((200, 300), {})


def test_what_takes_too_much_memory_is_refused() -> None:
    tight = Rules(pages=5, pixels=10**9, seconds=20, memory_bytes=200 * 2**20)
    with pytest.raises(Unfit, match="too much"):
        look(make_picture(size=(9000, 9000), compress_level=1), "image/png", tight)


def test_what_takes_too_long_is_refused() -> None:
    with pytest.raises(Unfit, match="too much time"):
        look(bomb(), "application/pdf", Rules(pages=5, pixels=10**6, seconds=0))


def test_a_reader_that_falls_over_is_a_refusal(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(looking, "CHILD", "marketplace.no_such_module")
    with pytest.raises(Unfit, match="could not read"):
        look(make_pdf(), "application/pdf", RULES)


def test_the_reader_knows_no_secret_of_ours(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("SECRET_KEY", "x" * 40)
    (tmp_path / "spy.py").write_text(
        "import os, sys, json\nsys.stdout.write(json.dumps({'unfit': repr(dict(os.environ))}))"
    )
    monkeypatch.setattr(looking, "CHILD", "spy")
    monkeypatch.setattr(looking, "ROOT", tmp_path)
    with pytest.raises(Unfit) as said:
        look(make_pdf(), "application/pdf", RULES)
    assert "SECRET_KEY" not in str(said.value)
