"""What a person agrees to see."""

from collections.abc import Iterable

from config.content import CLASSES
from marketplace.kit.forms import BaseForm, ChecklistField, maybe, options


class ContentForm(BaseForm):
    """One box for each class."""

    classes = ChecklistField(
        "I am willing to see",
        [maybe()],
        choices=options((one.slug, one.title, one.text) for one in CLASSES.values()),
        render_kw={"layout": "boxed"},
    )

    @classmethod
    def of(cls, chosen: Iterable[str]) -> "ContentForm":
        """The form as it stands."""
        return cls(formdata=None, data={"classes": sorted(chosen)})
