"""Every SELECT about batches, tasks and assignments."""

from workspace.queue.queries.assignments import (
    active_of,
    assignment,
    assignment_of,
    due,
    has_live_work,
    held_of,
    live_of,
    lock_assignment,
    lock_expert,
    overdue_of,
)
from workspace.queue.queries.slots import (
    complete_batch_of,
    count_approved,
    forget_part,
    give_slot,
    lock_task,
    next_available,
    take_slot,
    task_for,
)

__all__ = [
    "active_of",
    "assignment",
    "assignment_of",
    "complete_batch_of",
    "count_approved",
    "due",
    "forget_part",
    "give_slot",
    "has_live_work",
    "held_of",
    "live_of",
    "lock_assignment",
    "lock_expert",
    "lock_task",
    "next_available",
    "overdue_of",
    "take_slot",
    "task_for",
]
