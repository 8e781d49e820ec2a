"""What everybody may see, without signing in."""

import pytest

PUBLIC = ["/", "/jobs", "/how-pay-works", "/for-companies", "/login", "/join", "/forgot"]


@pytest.mark.parametrize("path", PUBLIC)
def test_a_visitor_opens_the_public_pages(pages, path):
    assert pages.get(path).status == 200
