"""The states of a deal, the moves between them, and the words people read for each.  Pure."""

from decimal import Decimal
from enum import StrEnum

from models.moves import Moves


class DealStatus(StrEnum):
    DRAFT = "draft"
    SUBMITTED = "submitted"
    INFO_REQUESTED = "info_requested"
    APPROVED = "approved"
    REJECTED = "rejected"
    WON = "won"
    LOST = "lost"
    EXPIRED = "expired"
    WITHDRAWN = "withdrawn"
    REVOKED = "revoked"

    @property
    def words(self) -> str:
        return STATUS_WORDS[self]


STATUS_WORDS = {
    DealStatus.DRAFT: "Draft",
    DealStatus.SUBMITTED: "Waiting for a decision",
    DealStatus.INFO_REQUESTED: "Information asked",
    DealStatus.APPROVED: "Approved",
    DealStatus.REJECTED: "Rejected",
    DealStatus.WON: "Won",
    DealStatus.LOST: "Lost",
    DealStatus.EXPIRED: "Expired",
    DealStatus.WITHDRAWN: "Withdrawn",
    DealStatus.REVOKED: "Revoked",
}
UNDECIDED = (DealStatus.SUBMITTED, DealStatus.INFO_REQUESTED)
"""Completely submitted, provisionally protected, not decided yet."""

OPEN = (*UNDECIDED, DealStatus.APPROVED)
"""Still to be won or lost."""

DEAL_MOVES = Moves(
    "deal",
    submit={DealStatus.DRAFT: DealStatus.SUBMITTED, DealStatus.REJECTED: DealStatus.SUBMITTED},
    ask={DealStatus.SUBMITTED: DealStatus.INFO_REQUESTED},
    answer={DealStatus.INFO_REQUESTED: DealStatus.SUBMITTED},
    approve_step={
        DealStatus.SUBMITTED: DealStatus.SUBMITTED,
        DealStatus.APPROVED: DealStatus.APPROVED,  # of a change
    },
    approve={DealStatus.SUBMITTED: DealStatus.APPROVED},
    miss={DealStatus.SUBMITTED: DealStatus.SUBMITTED},
    reject=dict.fromkeys(UNDECIDED, DealStatus.REJECTED),
    win={DealStatus.APPROVED: DealStatus.WON},
    lose={DealStatus.APPROVED: DealStatus.LOST},
    ask_to_extend={DealStatus.APPROVED: DealStatus.APPROVED},
    extend={
        DealStatus.APPROVED: DealStatus.APPROVED,
        DealStatus.EXPIRED: DealStatus.APPROVED,  # only when asked before it expired
    },
    refuse_extension={
        DealStatus.APPROVED: DealStatus.APPROVED,
        DealStatus.EXPIRED: DealStatus.EXPIRED,
    },
    expire={DealStatus.APPROVED: DealStatus.EXPIRED},
    warn_stale={DealStatus.APPROVED: DealStatus.APPROVED},
    amend={DealStatus.APPROVED: DealStatus.APPROVED},
    ask_to_amend={DealStatus.APPROVED: DealStatus.APPROVED},
    accept_amendment={DealStatus.APPROVED: DealStatus.APPROVED},
    refuse_amendment={DealStatus.APPROVED: DealStatus.APPROVED},
    take_back_amendment={DealStatus.APPROVED: DealStatus.APPROVED},
    appeal={DealStatus.REJECTED: DealStatus.REJECTED},
    uphold={DealStatus.REJECTED: DealStatus.REJECTED},
    overturn={DealStatus.REJECTED: DealStatus.APPROVED},
    name_choice={status: status for status in (*OPEN, DealStatus.REJECTED)},
    back_choice={status: status for status in (*OPEN, DealStatus.REJECTED)},
    decline_choice={status: status for status in (*OPEN, DealStatus.REJECTED)},
    take_over=dict.fromkeys((*UNDECIDED, DealStatus.REJECTED), DealStatus.APPROVED),
    release={DealStatus.APPROVED: DealStatus.REVOKED},
    withdraw=dict.fromkeys((DealStatus.DRAFT, *OPEN), DealStatus.WITHDRAWN),
    revoke={DealStatus.APPROVED: DealStatus.REVOKED},
    reinstate={
        DealStatus.REJECTED: DealStatus.SUBMITTED,
        DealStatus.REVOKED: DealStatus.SUBMITTED,
    },
)

VERBS_DONE = {
    "draft": "started a draft of",
    "submit": "submitted",
    "ask": "asked for information on",
    "answer": "answered the questions on",
    "approve": "approved",
    "approve_step": "approved one step of",
    "miss": "noted that we are late with",
    "reject": "rejected",
    "win": "recorded the win of",
    "order": "recorded an order of",
    "order_asks": "recorded a different win of",
    "order_accepted": "approved the win of",
    "order_returned": "sent back the win of",
    "win_evidence": "added evidence to the win of",
    "early_win": "looked at the early win of",
    "share": "proposed to share the fulfilment of",
    "share_offered": "offered a share of",
    "share_accepted": "agreed to share",
    "share_agreed": "settled the shares of",
    "share_ended": "ended the sharing of",
    "lose": "recorded the loss of",
    "ask_to_extend": "asked to extend the protection of",
    "extend": "extended the protection of",
    "refuse_extension": "did not extend the protection of",
    "expire": "ended the protection of",
    "warn_stale": "asked for a sign of life of",
    "amend": "changed",
    "ask_to_amend": "asked to change",
    "accept_amendment": "approved the change of",
    "refuse_amendment": "did not approve the change of",
    "take_back_amendment": "took back the change of",
    "appeal": "appealed against the rejection of",
    "uphold": "upheld the rejection of",
    "overturn": "decided the appeal for the partner and approved",
    "name_choice": "handed in the customer's letter about",
    "back_choice": "backed the customer's letter about",
    "decline_choice": "did not accept the customer's letter about",
    "take_over": "confirmed the customer's choice and approved",
    "release": "ended the protection, at the customer's written wish, of",
    "withdraw": "withdrew",
    "revoke": "revoked",
    "comment": "commented on",
    "stage": "moved the stage of",
    "take_part": "takes part in",
    "step_back": "no longer takes part in",
    "forecast": "set the forecast of",
    "not_a_duplicate": "cleared a match of",
    "route": "routed",
    "reinstate": "took back the decision against",
    "conflict": "opened a conflict case about",
    "conflict_over": "closed the conflict case about",
    "lead_asked": "asked that our own team leads",
    "lead_agreed": "agreed that the vendor's own team leads",
    "lead_declined": "goes on leading",
    "lead_taken_back": "no longer asks to lead",
    "lead_returned": "gave back to the partner",
    "touch": "recorded our own sales activity on",
    "undo": "took back the decision on",
}


class DealType(StrEnum):
    NEW_BUSINESS = "new_business"
    RENEWAL = "renewal"
    EXPANSION = "expansion"
    RFP = "rfp"
    TAKE_OUT = "take_out"

    @property
    def words(self) -> str:
        return TYPE_WORDS[self]


TYPE_WORDS = {
    DealType.NEW_BUSINESS: "New business",
    DealType.RENEWAL: "Renewal",
    DealType.EXPANSION: "Expansion",
    DealType.RFP: "Request for proposal or public tender",
    DealType.TAKE_OUT: "Take-out of a competitor",
}


class Source(StrEnum):
    """How the registration reached us; never changes."""

    PORTAL = "portal"
    PHONE = "phone"
    MAIL = "mail"
    EDI = "edi"
    API = "api"
    POS = "pos"
    FILE = "file"


class RejectReason(StrEnum):
    INCOMPLETE = "incomplete"
    NOT_AUTHORISED = "not_authorised"
    BELOW_MINIMUM = "below_minimum"
    EXISTING_REGISTRATION = "existing_registration"
    VENDOR_ENGAGED = "vendor_engaged"
    EXISTING_CUSTOMER = "existing_customer"
    OUTSIDE_TERRITORY = "outside_territory"
    RFP_EXCLUDED = "rfp_excluded"
    NO_VALUE_ADDED = "no_value_added"
    NOT_QUALIFIED = "not_qualified"
    DUPLICATE_OF_OWN = "duplicate_of_own"
    OTHER = "other"

    @property
    def words(self) -> str:
        return REJECT_WORDS[self]


REJECT_WORDS = {
    RejectReason.INCOMPLETE: "The registration is incomplete",
    RejectReason.NOT_AUTHORISED: "You are not authorised for this product",
    RejectReason.BELOW_MINIMUM: "The value is below the minimum",
    RejectReason.EXISTING_REGISTRATION: "Another registration exists for this customer and product",
    RejectReason.VENDOR_ENGAGED: "Our own sales people are already engaged",
    RejectReason.EXISTING_CUSTOMER: "This is an existing customer for this product",
    RejectReason.OUTSIDE_TERRITORY: "The customer is outside your territory",
    RejectReason.RFP_EXCLUDED: "Public tenders cannot be registered",
    RejectReason.NO_VALUE_ADDED: "No value added by you could be seen",
    RejectReason.NOT_QUALIFIED: "The opportunity is not qualified yet",
    RejectReason.DUPLICATE_OF_OWN: "You have registered this already",
    RejectReason.OTHER: "Another reason",
}


class RevokeReason(StrEnum):
    """Why a protection is taken back; there is no other reason."""

    STALE = "stale"
    UNTRUE = "untrue"
    AGREEMENT_ENDED = "agreement_ended"
    CONFLICT = "conflict"
    """Only by the decision of a conflict case."""

    @property
    def words(self) -> str:
        return REVOKE_WORDS[self]


REVOKE_WORDS = {
    RevokeReason.STALE: "Nothing was heard of it, also after our warning",
    RevokeReason.UNTRUE: "What was registered is not true",
    RevokeReason.AGREEMENT_ENDED: "The partner agreement has ended",
    RevokeReason.CONFLICT: "A conflict case was decided otherwise",
}


class Stage(StrEnum):
    """How far the sale itself has come, as the partner tells it."""

    PROSPECT = "prospect"
    QUALIFIED = "qualified"
    PROPOSAL = "proposal"
    NEGOTIATION = "negotiation"
    COMMITTED = "committed"

    @property
    def words(self) -> str:
        return self.value.capitalize()

    @property
    def probability(self) -> Decimal:
        return PROBABILITY[self]


PROBABILITY = {
    Stage.PROSPECT: Decimal("0.10"),
    Stage.QUALIFIED: Decimal("0.25"),
    Stage.PROPOSAL: Decimal("0.50"),
    Stage.NEGOTIATION: Decimal("0.75"),
    Stage.COMMITTED: Decimal("0.90"),
}


class ForecastCategory(StrEnum):
    OMITTED = "omitted"
    PIPELINE = "pipeline"
    BEST_CASE = "best_case"
    COMMIT = "commit"

    @property
    def words(self) -> str:
        return self.value.replace("_", " ").capitalize()


class Visibility(StrEnum):
    """Who reads a comment."""

    ALL = "all"
    VENDOR_ONLY = "vendor_only"
