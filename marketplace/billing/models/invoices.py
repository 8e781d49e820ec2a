"""Company money coming in by invoice: who invoices go to, and the invoice of a deposit."""

import uuid
from datetime import datetime

from sqlalchemy import ForeignKey
from sqlalchemy.orm import Mapped, mapped_column, relationship

from marketplace.billing.models.deposits import Deposit
from marketplace.companies.models import Company
from marketplace.kit.database import Base, Record


class BillingCustomer(Record, Base, kw_only=True, eq=False, repr=False):
    """Who a company is at the payment provider; made once."""

    __tablename__ = "billing_customers"

    company: Mapped[Company] = relationship(lazy="raise")
    company_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("companies.id"), init=False, unique=True)
    external_id: Mapped[str] = mapped_column(unique=True)


class DepositInvoice(Record, Base, kw_only=True, eq=False, repr=False):
    """The invoice of a deposit.  `external_id` is None until the provider has a draft of it."""

    __tablename__ = "deposit_invoices"

    deposit: Mapped[Deposit] = relationship(lazy="raise")
    deposit_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("deposits.id"), init=False, unique=True)
    external_id: Mapped[str | None] = mapped_column(default=None, unique=True)
    number: Mapped[str | None] = mapped_column(default=None)
    due_at: Mapped[datetime | None] = mapped_column(default=None)
    voided_at: Mapped[datetime | None] = mapped_column(default=None)
    bounced_at: Mapped[datetime | None] = mapped_column(default=None)  # a try to pay it came back
    overdue_at: Mapped[datetime | None] = mapped_column(default=None)  # when the company was reminded
