"""What people fill in about tasks: why they skip one, which file they bring."""

from typing import Any

import wtforms
from flask_wtf.file import FileField

from config.policy import WORK
from marketplace.kit.forms import BaseForm, at_most, needed, options
from workspace.queue import policy, service
from workspace.queue.errors import FileRefused
from workspace.queue.service import Row

MEGABYTES = WORK.import_maximum_bytes // 2**20


class SkipForm(BaseForm):
    """Why a task is given back; `other` needs a sentence."""

    reason = wtforms.SelectField(
        "Why do you skip this task?",
        [needed("Choose a reason.")],
        choices=options(list(policy.SKIP_REASONS.items())),
    )
    note = wtforms.TextAreaField("In your own words", [at_most(policy.NOTE_CHARACTERS)])

    def validate_note(self, field: Any) -> None:
        """The reason `other` says nothing by itself."""
        if self.reason.data == "other" and not (field.data or "").strip():
            raise wtforms.ValidationError("Write one sentence on why you leave this task.")


class ImportForm(BaseForm):
    """One file of tasks; `rows` holds what could be read of it."""

    file = FileField(
        "File with tasks",
        [needed("Choose a file.")],
        description=f"JSONL or CSV in UTF-8, at most {MEGABYTES} MB and {WORK.import_maximum_rows:,} tasks.",
        render_kw={"accept": ".jsonl,.ndjson,.json,.csv"},
    )
    data_bytes: bytes = b""
    rows: list[Row]

    @property
    def file_name(self) -> str:
        """The name it has on the sender's device."""
        return (self.file.data.filename or "").replace("\\", "/").rpartition("/")[2]

    def validate_file(self, field: Any) -> None:
        """Read the rows; what makes the whole file unreadable is said at the field."""
        if not all(sign.isprintable() for sign in self.file_name):
            raise wtforms.ValidationError("Give the file a name without special characters.")
        self.data_bytes = field.data.read()
        try:
            self.rows = service.read_rows(self.data_bytes, service.format_of(self.file_name))
        except FileRefused as refusal:
            raise wtforms.ValidationError(refusal.message) from refusal
