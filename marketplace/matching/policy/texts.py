"""What stands in each search document, and the words by which a match is explained.  Pure."""

import hashlib
import uuid
from collections.abc import Sequence
from dataclasses import dataclass

from config.fields import SPECIALTIES, path
from config.task_types import TASK_TYPES
from marketplace.experts.models import (
    Credential,
    CredentialKind,
    Expert,
    ExpertSpecialty,
    HistoryEntry,
    HistoryKind,
)
from marketplace.matching.models import DocumentKind
from marketplace.projects.models import Project
from marketplace.projects.policy import fold

K = DocumentKind
TEXT_MAXIMUM = 8_000  # characters of a description that are read
_PROOF = {
    CredentialKind.DEGREE: "degree",
    CredentialKind.LICENCE: "licence",
    CredentialKind.BOARD_CERTIFICATION: "board certification",
    CredentialKind.CERTIFICATE: "certificate",
    CredentialKind.EMPLOYMENT: "employment",
    CredentialKind.PUBLICATION: "publication",
}


@dataclass(frozen=True, slots=True)
class Text:
    """A document before it is written: title weighs most, then the other names, then the text."""

    kind: DocumentKind
    key: str
    title: str
    names: str = ""
    text: str = ""
    language: str = "en"
    expert_id: uuid.UUID | None = None
    project_id: uuid.UUID | None = None

    @property
    def near(self) -> str:
        """What similarity of spelling looks at: the title and the other names."""
        return near(self.title, self.names)

    @property
    def hash(self) -> str:
        """SHA-256 of everything it says, in hex."""
        return hashlib.sha256(whole(self.title, self.names, self.text).encode()).hexdigest()


def near(title: str, names: str) -> str:
    """The part of a document that similarity of spelling looks at."""
    return f"{title}\n{names}"


def whole(title: str, names: str, text: str) -> str:
    """Everything a document says."""
    return f"{title}\n{names}\n{text}"


def parts(title: str, names: str, text: str) -> tuple[str, list[str], str]:
    """What similarity of meaning looks at: the title, every name beginning with it, and everything."""
    lines = [line.strip() for line in names.split("\n")]
    return title, list(dict.fromkeys([title, *filter(None, lines)])), whole(title, names, text).strip()


def of_project(project: Project, company: str) -> Text:
    """A job: its title; the names of its specialty and of those above it; what is said about it.

    What the fields above are called besides counts least: “physician” finds a job in cardiology.
    """
    kind = TASK_TYPES[project.task_type].title if project.task_type in TASK_TYPES else ""
    above = "\n".join(name for slug in _above(project.specialty) for name in SPECIALTIES[slug].synonyms)
    plain = "\n".join(fold(said) for said in (project.title, company) if fold(said) != said.casefold())
    return Text(
        K.PROJECT,
        str(project.id),
        title=project.title,
        names=f"{specialty_names(project.specialty)}\n{kind}",
        text=f"{project.summary}\n{company}\n{plain}\n{above}\n{project.description}"[:TEXT_MAXIMUM],
        language=project.language,
        project_id=project.id,
    )


def of_specialty(slug: str) -> Text:
    """A node of the tree with everything it is called."""
    one = SPECIALTIES[slug]
    return Text(K.SPECIALTY, slug, title=one.title, names="\n".join(one.synonyms), text=one.description)


def of_credential(credential: Credential) -> Text:
    """Proof that counts: its title, and the names of its field.  The key says what kind of proof it is."""
    return Text(
        K.CREDENTIAL,
        f"{_PROOF[credential.kind]}:{credential.id}",
        title=credential.title,
        names=specialty_names(credential.specialty),
        text=credential.issuer,
        expert_id=credential.expert_id,
    )


def of_field(row: ExpertSpecialty) -> Text:
    """A field the expert names, with everything it is called."""
    one = SPECIALTIES[row.specialty]
    return Text(
        K.FIELD,
        f"{row.expert_id}:{row.specialty}",
        title=one.title,
        names="\n".join(one.synonyms),
        text=one.description,
        expert_id=row.expert_id,
    )


def of_work(expert_id: uuid.UUID, project: Project) -> Text:
    """A project the expert has approved work on."""
    return Text(
        K.WORK,
        f"{expert_id}:{project.id}",
        title=project.title,
        names=specialty_names(project.specialty),
        text=project.summary,
        language=project.language,
        expert_id=expert_id,
    )


def of_profile(expert: Expert) -> Text | None:
    """The headline and what stands under it; None while there is no headline."""
    if not expert.headline:
        return None
    text = expert.biography[:TEXT_MAXIMUM]
    return Text(K.PROFILE, str(expert.id), title=expert.headline, text=text, expert_id=expert.id)


def of_history(entry: HistoryEntry) -> Text:
    """A position or a course of study, as the expert tells it.  The key says which of both.

    The place stays out: an employer's name would match jobs that merely mention it.
    """
    kind = "work" if entry.kind is HistoryKind.WORK else "education"
    return Text(
        K.HISTORY,
        f"{kind}:{entry.id}",
        title=entry.title,
        text=entry.about[:TEXT_MAXIMUM],
        expert_id=entry.expert_id,
    )


def specialty_names(slug: str) -> str:
    """A specialty's title and synonyms, and the titles of those above it; empty when we do not know it."""
    if slug not in SPECIALTIES:
        return ""
    above = [SPECIALTIES[one].title for one in _above(slug)]
    return "\n".join([SPECIALTIES[slug].title, *SPECIALTIES[slug].synonyms, *above])


def _above(slug: str) -> Sequence[str]:
    """The fields above a field, the widest first; none when we do not know it."""
    return path(slug)[:-1] if slug in SPECIALTIES else ()


def reason(kind: DocumentKind, key: str, title: str) -> str:
    """One line that names what of the expert a job matches."""
    if kind is K.CREDENTIAL:
        return f"Matches your “{title}” {key.partition(':')[0]}"
    if kind is K.FIELD:
        return f"Matches your field {title}"
    if kind is K.WORK:
        return f"Matches your work on “{title}”"
    if kind is K.HISTORY:
        return f"Matches “{title}” in your {key.partition(':')[0]} history"
    return f"Matches your profile: “{title}”"
