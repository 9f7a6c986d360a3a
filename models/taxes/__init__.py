"""Taxes on payouts: which form is on file, what is added, what is withheld, and the papers.

Commission and its ledger are before tax; tax lives on the payout.  A vendor in the United
States needs a W-9 or W-8; inside the European Union the vendor writes the partner's invoice
for it (self-billing), with value added tax at home and with reverse charge across a border.
"""

from models.taxes.billing import bill, cancel_bill, correct_bill
from models.taxes.operations import (
    FormDetails,
    accept_form,
    agree_to_self_billing,
    end_self_billing,
    refuse_form,
    send_form,
    set_term,
)
from models.taxes.queries import (
    Facts,
    bills_of,
    current_form,
    facts_of,
    forms_waiting,
    is_agreed,
    terms_in_force,
)
from models.taxes.rules import (
    FormKind,
    FormPolicy,
    FormStatus,
    TermKind,
    Treatment,
    treatment,
    valid_through,
)
from models.taxes.tables import SelfBillingAgreement, SelfBillingInvoice, TaxForm, TaxTerm

__all__ = [
    "Facts",
    "FormDetails",
    "FormKind",
    "FormPolicy",
    "FormStatus",
    "SelfBillingAgreement",
    "SelfBillingInvoice",
    "TaxForm",
    "TaxTerm",
    "TermKind",
    "Treatment",
    "accept_form",
    "agree_to_self_billing",
    "bill",
    "bills_of",
    "cancel_bill",
    "correct_bill",
    "current_form",
    "end_self_billing",
    "facts_of",
    "forms_waiting",
    "is_agreed",
    "refuse_form",
    "send_form",
    "set_term",
    "terms_in_force",
    "treatment",
    "valid_through",
]
