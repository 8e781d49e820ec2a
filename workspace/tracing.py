"""What the codes name that pages and files of the workspace print, for finance's search."""

from collections.abc import Mapping, Sequence

from sqlalchemy.orm import Session, joinedload

from marketplace.kit.codes import called
from marketplace.kit.money import shown
from marketplace.ledger.policy import Finder, Named
from workspace.exports.models import Export
from workspace.queue import queries as queue
from workspace.queue.models import Assignment, Task
from workspace.reviews import queries as reviews
from workspace.screenings.models import ScreeningAppeal
from workspace.submissions.models import Submission


def _submissions(session: Session, code: str) -> list[Named]:
    whole = joinedload(Submission.assignment).joinedload(Assignment.project)
    return [_submission(session, one) for one in called(session, Submission, code, whole)]


def _submission(session: Session, one: Submission) -> Named:
    """The claim it was handed in on holds its money; whoever decided an appeal was paid for that."""
    appeal = reviews.appeal_of(session, one.id)
    decided = [("appeal", appeal.id)] if appeal is not None else []
    price = shown(one.assignment.price_minor, one.assignment.project.currency)
    return Named(
        what="Submission",
        about=f"{one.assignment.project.title}, {price}",
        causes=(("assignment", one.assignment_id), *decided),
    )


def _assignments(session: Session, code: str) -> list[Named]:
    return [
        Named(
            what="Claimed task",
            about=f"{one.project.title}, {shown(one.price_minor, one.project.currency)}",
            causes=(("assignment", one.id),),
        )
        for one in called(session, Assignment, code, joinedload(Assignment.project))
    ]


def _tasks(session: Session, code: str) -> list[Named]:
    return [
        Named(
            what="Task",
            about=one.project.title,
            causes=tuple(("assignment", each) for each in queue.ids_on(session, one.id)),
        )
        for one in called(session, Task, code, joinedload(Task.project))
    ]


def _appeals(session: Session, code: str) -> list[Named]:
    return [
        Named(what="Appeal", about="Against a refused screening", causes=(("screening", one.screening_id),))
        for one in called(session, ScreeningAppeal, code)
    ]


def _exports(session: Session, code: str) -> list[Named]:
    return [
        Named(what="Export", about=one.project.title)
        for one in called(session, Export, code, joinedload(Export.project))
    ]


FINDERS: Mapping[str, Sequence[Finder]] = {
    "A": (_appeals,),
    "C": (_assignments,),
    "E": (_exports,),
    "R": (_submissions,),  # as a record of an export
    "S": (_submissions,),
    "T": (_tasks,),
}
