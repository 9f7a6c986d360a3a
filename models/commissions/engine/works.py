"""A version's rules, compiled once: which components rate an event, and in what order.  Pure."""

from __future__ import annotations

from models.commissions.engine.bounds import deal_bounds, uplift
from models.commissions.engine.parties import overrides
from models.commissions.engine.plan import Rules, Tiered, TierMode, Window
from models.commissions.engine.portions import COMPONENTS
from models.commissions.engine.tiers import Steps


class Works:
    """What is None is no part of the plan, and costs nothing."""

    __slots__ = (
        "base", "bounds", "derates", "holdback", "mode", "overrides", "period_cap", "retro",
        "spiffs", "uplift", "window",
    )  # fmt: skip

    def __init__(self, rules: Rules) -> None:
        self.base = COMPONENTS[type(rules.base)](rules.base)
        self.uplift = uplift(rules)
        self.bounds = deal_bounds(rules)
        self.period_cap = rules.period_cap_minor is not None
        self.overrides = overrides(rules)
        self.holdback = rules.holdback
        self.spiffs = bool(rules.spiffs)
        self.window: Window | None = None
        """Over which a counter runs."""
        self.retro: Steps | None = None
        """The tiers, where reaching one lifts what came before."""
        self.derates: Steps | None = None
        """The tiers, where a refund rates what is left in the window again."""
        self.mode: TierMode | None = None
        if isinstance(rules.base, Tiered):
            self.mode = rules.base.mode
            self.window = rules.base.window
            if rules.base.mode is TierMode.SLAB_RETRO:
                self.retro = Steps(rules.base.tiers)
            if self.window is not None and rules.clawback and rules.clawback.derates:
                self.derates = Steps(rules.base.tiers)
