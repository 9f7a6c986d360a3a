"""The blueprint of all pages about commissions, and the month in their addresses."""

from __future__ import annotations

from flask import Blueprint
from flask.blueprints import BlueprintSetupState
from werkzeug.routing import BaseConverter


class MonthConverter(BaseConverter):
    """2026-11; of this and the next century, since the month after it must be one, too."""

    regex = r"2[01]\d{2}-(0[1-9]|1[0-2])"
    part_isolating = True


def _teach_months(state: BlueprintSetupState) -> None:
    state.app.url_map.converters["month"] = MonthConverter


pages = Blueprint("commissions", __name__)
pages.record_once(_teach_months)
