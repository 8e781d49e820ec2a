"""That somebody was told their money runs low: kept until there is enough again."""

import uuid

from sqlalchemy.orm import Mapped, mapped_column

from marketplace.kit.database import Base, Minor, Record


class FundsAlert(Record, Base, kw_only=True, eq=False, repr=False):
    """The owner, a company (its wallet) or a project (its budget), was told at this balance."""

    __tablename__ = "funds_alerts"

    owner_id: Mapped[uuid.UUID] = mapped_column(unique=True)
    balance_minor: Mapped[Minor]
