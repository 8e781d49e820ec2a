"""What all task types share: the contract, the reader of unchecked JSON, words, parts and lines."""

from workspace.task_types.base.contract import OPINIONS, Form, TaskType
from workspace.task_types.base.members import PayloadField
from workspace.task_types.base.results import Checked, Conversation, Invalid, Json, Kind, Line, Opinion
from workspace.task_types.base.unknown import UnknownTaskType

__all__ = [
    "OPINIONS",
    "Checked",
    "Conversation",
    "Form",
    "Invalid",
    "Json",
    "Kind",
    "Line",
    "Opinion",
    "PayloadField",
    "TaskType",
    "UnknownTaskType",
]
