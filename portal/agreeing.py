"""A form that is judged twice: by itself, and by the business."""

from __future__ import annotations

from collections.abc import Callable

from flask_wtf import FlaskForm

from models.errors import Refused
from portal.database import session


def agreed(
    form: FlaskForm, do: Callable[[], object], *, put: Callable[[Refused], object] | None = None
) -> bool:
    """Whether the form was whole and the business agreed; otherwise the form says why not.

    put: shows a refusal beside the field that can mend it; None: above the form.
    """
    if not form.validate():
        return False
    try:
        do()
        session.flush()
    except Refused as refusal:
        session.rollback()
        if put is None:
            form.form_errors.append(str(refusal))
        else:
            put(refusal)
        return False
    return True
