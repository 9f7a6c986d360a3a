"""Makes point-of-sale reports and their lines."""

from datetime import date
from decimal import Decimal

from models import sellthrough
from models.partners import Partner
from models.people import SYSTEM
from models.sellthrough import PosReport, SaleLine
from tests.factories_base import BaseFactories


class SellthroughFactories(BaseFactories):
    def sale(self, **said) -> SaleLine:
        """One piece to a shop in Munich, unless something else is said."""
        usual = {
            "row": 2, "report": "POS-2026-11", "distributor": "DIST1", "reseller_ref": "",
            "reseller_name": "", "end_user_name": "Isar Rad GmbH", "end_user_postal": "80331",
            "end_user_country": "DE", "sku": "FW-100", "quantity": 1,
            "unit_price": Decimal("400.00"), "currency": "EUR", "invoice_number": "INV-1",
            "sold_on": date(2026, 11, 10), "serials": (), "deal_number": "",
        }  # fmt: skip
        return SaleLine(**(usual | said))

    def pos_report(
        self, distributor: Partner, *lines: SaleLine, takes: bool = True, **said
    ) -> PosReport:
        """Handed in and, unless `takes` says no, read, as the worker does it with good lines."""
        usual = {"file_name": "pos.csv", "content": f"file {self.number}".encode(), "by": SYSTEM}
        report = sellthrough.hand_in(
            self.session, distributor, **({"now": self.now} | usual | said)
        )  # fmt: skip
        if takes:
            self.read(report, *lines)
        return report

    def read(self, report: PosReport, *lines: SaleLine) -> int:
        """How many lines counted before."""
        lines = sellthrough.numbered(lines)
        if lines:
            report.name = lines[0].report
        assert sellthrough.judge(self.session, report, lines, now=self.now) == {}
        if report.is_correction:
            sellthrough.withdraw(self.session, report, lines, now=self.now)
        known = sellthrough.take(self.session, report, lines, now=self.now)
        sellthrough.finish(self.session, report, [], known=known, now=self.now)
        return known
