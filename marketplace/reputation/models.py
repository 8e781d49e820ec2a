"""Counts of decided work per expert and task type; what screenings said about people."""

import uuid
from datetime import datetime

from sqlalchemy import CheckConstraint, ForeignKey, Index, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from marketplace.identity.models import User
from marketplace.kit.database import Base, Json, Record


class Reputation(Record, Base, kw_only=True, eq=False, repr=False):
    """What past work says about one User in one task type."""

    __tablename__ = "reputations"
    __table_args__ = (UniqueConstraint("user_id", "task_type"),)

    user: Mapped[User] = relationship(lazy="raise")
    user_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("users.id"), init=False)
    task_type: Mapped[str]
    approved_count: Mapped[int] = mapped_column(default=0)
    first_time_count: Mapped[int] = mapped_column(default=0)
    rejected_count: Mapped[int] = mapped_column(default=0)
    gold_count: Mapped[int] = mapped_column(default=0)  # tasks whose right answer we knew
    gold_right_count: Mapped[int] = mapped_column(default=0)


class WorkedOn(Record, Base, kw_only=True, eq=False, repr=False):
    """A User has approved work on a project: what rules of companies may ask about the past."""

    __tablename__ = "worked_on"
    __table_args__ = (UniqueConstraint("user_id", "project_id"),)

    user_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("users.id"))
    project_id: Mapped[uuid.UUID]  # of a room above this one


class CompanyRecord(Record, Base, kw_only=True, eq=False, repr=False):
    """What a company's past work says about it, counted each night from decisions and the ledger.

    `figures`: name -> n, value, and for shares the 95 % interval; what is in it is `workspace.quality`'s.
    """

    __tablename__ = "company_records"

    company_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("companies.id"), unique=True)
    counted_at: Mapped[datetime]
    figures: Mapped[Json]


class ScreeningRequirement(Record, Base, kw_only=True, eq=False, repr=False):
    """A project takes only people with a valid pass of this plan; no row: it asks for none.

    Written by applications, which stands above; read by the rules of matching.
    """

    __tablename__ = "screening_requirements"
    __table_args__ = (Index("ix_screening_requirements_plan", "plan_id"),)

    project_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("projects.id"), unique=True)
    plan_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("screening_plans.id"))


class ScreeningScore(Record, Base, kw_only=True, eq=False, repr=False):
    """How one person did in one screening: one row for each that was decided, written by applications.

    A pass holds until `valid_until`.  After anything else, `retry_at` is when a new one may be offered;
    None: no more.
    """

    __tablename__ = "screening_scores"
    __table_args__ = (
        Index("ix_screening_scores_user", "user_id", "plan_id", "taken_at"),
        CheckConstraint("score_bps BETWEEN 0 AND 10000", name="score"),
        CheckConstraint("has_passed = (valid_until IS NOT NULL)", name="valid"),
    )

    user_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("users.id"))
    plan_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("screening_plans.id"))
    screening_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("screenings.id"), unique=True)
    specialty: Mapped[str]
    score_bps: Mapped[int]
    has_passed: Mapped[bool]
    taken_at: Mapped[datetime]
    valid_until: Mapped[datetime | None] = mapped_column(default=None)
    retry_at: Mapped[datetime | None] = mapped_column(default=None)
