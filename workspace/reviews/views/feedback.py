"""An expert has read what reviewers wrote to them."""

import uuid

from flask.typing import ResponseReturnValue

from marketplace.kit.access import open_to, role
from marketplace.kit.web import db, see_other, wants_json
from workspace.reviews import service
from workspace.reviews.views.door import bp, me


@bp.post("/feedback/<uuid:project_id>/seen")
@open_to(role("expert"))
def seen(project_id: uuid.UUID) -> ResponseReturnValue:
    """Nothing of this project is new to the visitor any more."""
    service.look(db(), me().id, project_id)
    return ("", 204) if wants_json() else see_other("submissions.mine")
