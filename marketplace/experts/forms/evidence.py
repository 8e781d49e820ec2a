"""The field for files that prove a credential."""

from dataclasses import dataclass
from typing import Any

from wtforms import MultipleFileField
from wtforms.validators import StopValidation

from config.policy import PEOPLE
from marketplace.experts import policy


@dataclass(frozen=True, slots=True)
class Chosen:
    """A file that passed the first look."""

    content: bytes
    content_type: str
    name: str


class EvidenceField(MultipleFileField):
    """PDF, PNG and JPEG files, judged by name, size and first bytes; good ones are in `chosen`."""

    chosen: tuple[Chosen, ...] = ()

    def pre_validate(self, form: Any) -> None:
        """Read each file up to the limit and refuse at once what a first look can refuse."""
        sent: list[Any] = self.data or []
        files = [file for file in sent if getattr(file, "filename", "")]
        if len(files) > PEOPLE.evidence_files_maximum:
            raise StopValidation(f"Choose at most {PEOPLE.evidence_files_maximum} files.")
        self.chosen = tuple(_read(file, several=len(files) > 1) for file in files)


def _read(file: Any, *, several: bool) -> Chosen:
    limit, name = PEOPLE.evidence_maximum_bytes, str(file.filename)
    content = file.stream.read(limit + 1)
    problem = policy.file_problem(content, name)
    if len(content) > limit:
        problem = f"The file is larger than {limit // 2**20} MB. Choose a smaller one."
    media_type = policy.evidence_type(content, name)
    if problem or media_type is None:
        shown = f"{policy.display_name(name)}: " if several else ""
        raise StopValidation(f"{shown}{problem}")
    return Chosen(content, media_type, name)
