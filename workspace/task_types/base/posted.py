"""Fields of a plain HTML form."""

from workspace.task_types.base.contract import Form


def one(form: Form, name: str) -> str:
    """The first value, "" when there is none; browsers send line ends as CR LF, we keep LF."""
    values = form.get(name) or [""]
    return values[0].replace("\r\n", "\n")
