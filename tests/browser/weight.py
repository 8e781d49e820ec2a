"""What a page costs on the way to a person: scripts, styles and fonts, as they travel."""

import gzip
from collections import Counter
from dataclasses import dataclass, field

from playwright.sync_api import Page, Response

KINDS = {"script": "js", "stylesheet": "css", "font": "fonts"}
LAZY = ("formulas-",)  # loaded only where there are formulas


@dataclass(slots=True)
class Weight:
    """Bytes by kind after gzip, fonts as they are; listens from the moment it is made."""

    page: Page
    bytes: Counter[str] = field(default_factory=Counter)
    _came: list[Response] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.page.on("response", lambda answer: self._came.append(answer))  # noqa: PLW0108 - playwright marks what it is given

    def weigh(self) -> Counter[str]:
        """Everything that came since the last time."""
        self.page.wait_for_load_state("networkidle")
        self.bytes = Counter()
        came = {answer.url: KINDS.get(answer.request.resource_type) for answer in self._came if answer.ok}
        for url, kind in came.items():
            if kind:
                # asked for once more: a browser forgets what came when it goes on to another page
                body = self.page.context.request.get(url).body()
                name = url.rsplit("/", 1)[1]
                self.bytes["maths" if name.startswith(LAZY) else kind] += _travels(kind, body)
        self._came.clear()
        return self.bytes


def _travels(kind: str, body: bytes) -> int:
    return len(body) if kind == "fonts" else len(gzip.compress(body, 9, mtime=0))
