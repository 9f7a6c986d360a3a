"""What is due to partners, and where they are paid, as tests want it."""

from sqlalchemy import select

from models import ledger
from models.base import human_number, new_id
from models.commissions.tables import MonthClose, Statement
from models.ledger import Account, credit, debit
from models.money import Money
from models.partners import Partner
from models.partners.destinations import (
    BankAccount,
    DestinationKind,
    PayoutDestination,
    sealed,
)
from models.sealing import Seal
from tests.factories_base import BaseFactories

SEAL = Seal("a key that is only for tests, long enough")


class PayoutFactories(BaseFactories):
    def destination(self, partner: Partner, **said) -> PayoutDestination:
        """A German bank account; its partner can be paid by SEPA."""
        account = BankAccount(partner.name, said.pop("iban", "DE02120300000000202051"), "")
        usual = {
            "partner_id": partner.id,
            "kind": DestinationKind.SEPA,
            "created_at": self.now,
            **sealed(account, said.pop("seal", SEAL)),
        }
        return self.keep(PayoutDestination(**(usual | said)))

    def destination_at_stripe(self, partner: Partner, account_id: str) -> PayoutDestination:
        """An account at Stripe; the stand-in has made it (tests/stripe_standin)."""
        return self.destination_by_hand(partner, kind=DestinationKind.STRIPE, account_id=account_id)

    def destination_by_hand(self, partner: Partner, **said) -> PayoutDestination:
        usual = {
            "partner_id": partner.id,
            "kind": DestinationKind.BY_HAND,
            "holder": partner.name,
            "created_at": self.now,
        }
        return self.keep(PayoutDestination(**(usual | said)))

    def stated(
        self,
        partner: Partner,
        net_minor: int,
        *,
        period: str = "2026-10",
        currency: str = "EUR",
        asked: int | None = None,
        **said,
    ) -> Statement:
        """A closed month's statement, with its posting in the ledger.

        asked: what of it is to be paid when that is not all; the rest is carried forward.
        """
        statement_id = new_id()
        paid = max(net_minor, 0) if asked is None else asked
        usual = {
            "id": statement_id,
            "partner_id": partner.id,
            "number": human_number("S", statement_id),
            "period": period,
            "currency": currency,
            "opening_minor": 0,
            "earned_minor": max(net_minor, 0),
            "taken_back_minor": min(net_minor, 0),
            "payable_minor": paid,
            "closing_minor": net_minor - paid,
            "line_count": 1,
            "closed_at": self.now,
        }
        self._closed(period)
        statement = self.keep(Statement(**(usual | said)))
        net = Money(statement.earned_minor + statement.taken_back_minor, currency)
        if net:
            self._posted(statement, net)
        return statement

    def payable(self, minor: int, **said) -> Partner:
        """A partner with a bank account and one statement to be paid."""
        partner = self.partner(**said)
        self.destination(partner)
        self.stated(partner, minor)
        return partner

    def _posted(self, statement: Statement, net: Money) -> None:
        ledger.post(
            self.session,
            key=f"statement:{statement.id}",
            kind="commission",
            period=statement.period,
            entries=[
                debit(Account.COMMISSION_EXPENSE, net),
                credit(Account.PARTNER_PAYABLE, net, statement.partner_id),
            ],
            now=self.now,
        )

    def _closed(self, month: str) -> None:
        if not self.session.scalar(select(MonthClose.id).where(MonthClose.month == month)):
            self.keep(
                MonthClose(
                    month=month,
                    begun_at=self.now,
                    finished_at=self.now,
                    is_early=False,
                    closed_by_name="Petra",
                )
            )
