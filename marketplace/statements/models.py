"""What experts sign for the tax offices."""

import enum
import uuid
from datetime import date, datetime

from sqlalchemy import CheckConstraint, ForeignKey, Index
from sqlalchemy.orm import Mapped, mapped_column, relationship

from marketplace.identity.models import User
from marketplace.kit.database import Base, Record


class TaxKind(enum.Enum):
    """Of the kind of which form: for people of the United States, for everybody else."""

    W9 = "w9"
    W8BEN = "w8ben"


class Classification(enum.Enum):
    """Who is paid, in the eyes of a tax office."""

    INDIVIDUAL = "individual"
    SOLE_PROPRIETOR = "sole_proprietor"
    COMPANY = "company"
    PARTNERSHIP = "partnership"


class TaxProfile(Record, Base, kw_only=True, eq=False, repr=False):
    """One signature; a later one of the same person counts instead, and this one stays as it was signed.

    The number is sealed for this row alone; `number_tail` is what people see of it.
    """

    __tablename__ = "tax_profiles"
    __table_args__ = (
        Index("ix_tax_profiles_user", "user_id", "id"),
        CheckConstraint("kind <> 'w9' OR number_sealed IS NOT NULL", name="number"),
        CheckConstraint("length(number_tail) <= 4", name="tail"),
    )

    user: Mapped[User] = relationship(lazy="raise")
    user_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("users.id"), init=False)
    kind: Mapped[TaxKind]
    classification: Mapped[Classification]
    legal_name: Mapped[str]
    street: Mapped[str]
    city: Mapped[str]
    postal_code: Mapped[str]
    country: Mapped[str]  # of residence for tax, ISO 3166 alpha-2
    number_sealed: Mapped[str | None] = mapped_column(default=None)
    number_tail: Mapped[str] = mapped_column(default="")
    born_on: Mapped[date | None] = mapped_column(default=None)
    signed_as: Mapped[str]
    signed_at: Mapped[datetime]
    valid_until: Mapped[date | None] = mapped_column(default=None)
