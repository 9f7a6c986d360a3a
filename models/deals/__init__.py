"""Deals: a partner registers an opportunity, and we protect it while they work it.

draft -> submitted (<-> info_requested) -> approved -> won | lost | expired | revoked
                                        -> rejected -> submitted again, with changes
Any open deal may be withdrawn.  A complete submission protects provisionally, an
approval through a day; two partners are never protected for one customer and family.
"""

from models.deals.batches import DealBatch, DealBatchLine, Outcome, batches, lines_of_batch
from models.deals.decision_tables import (
    AmendmentState,
    ApprovalState,
    ChoiceKind,
    ChoiceState,
    CustomerChoice,
    DealAmendment,
    DealAppeal,
    DealApproval,
)
from models.deals.decisions import UNDO_SECONDS, DealDecision, decided_together
from models.deals.duplicates import own_alike
from models.deals.incumbents import (
    RenewalNotice,
    last_sale,
    months_before,
    notices_about,
    renewal_notices,
)
from models.deals.judged import Decided, PartnerSize
from models.deals.kind_tables import RegistrationType, type_rules
from models.deals.kinds import CHOOSABLE, MOST_REQUIRED, NEEDED, Ask, TypeRules
from models.deals.lists import (
    DealFilter,
    Slice,
    board,
    counts,
    how_many,
    listed,
    overdue,
    waiting,
    won_between,
)
from models.deals.merging import merge_customers, undo_merge, what_forbids_merging
from models.deals.obstacles import Obstacle, TenderPolicy, obstacles
from models.deals.operations import (
    JOBS,
    Entry,
    accept_amendment,
    amend,
    answer,
    appeal,
    appeal_of,
    appeal_through,
    approve,
    ask,
    ask_to_extend,
    attach,
    back_choice,
    clear_match,
    close_won,
    comment,
    comment_as_incumbent,
    confirm_choice,
    decisions_of,
    decline_choice,
    detach,
    draft,
    escalate,
    expire,
    expire_due,
    extend,
    hand_decisions_over,
    is_passive_sale,
    lose,
    may_be_revoked_from,
    may_decide,
    may_judge,
    name_choice,
    overturn,
    pending_amendment,
    preview_approvers,
    refuse_amendment,
    refuse_extension,
    register_many,
    reject,
    reroute,
    reroute_by_territory,
    revoke,
    save,
    set_forecast,
    set_stage,
    set_type,
    step_back,
    submit,
    take_back_amendment,
    take_part,
    takes_files,
    tell_rerouted,
    undo,
    uphold,
    warn,
    warn_stale,
    withdraw,
)
from models.deals.precheck_lists import askers, listed_prechecks
from models.deals.precheck_tables import Precheck, PrecheckAsked
from models.deals.prechecks import AskedTooOften, Enquiry, ask_precheck
from models.deals.projects import collide, project_key
from models.deals.queries import (
    evidence,
    lines_of,
    own_duplicates,
    reason_words,
    registration_of,
    rivals,
    story_of,
    taking_part,
)
from models.deals.registration import (
    REGISTRATION_FIELDS,
    Line,
    Question,
    Registration,
    fields_open,
    what_is_missing,
)
from models.deals.rules import protected_through
from models.deals.states import (
    DEAL_MOVES,
    OPEN,
    UNDECIDED,
    VERBS_DONE,
    DealStatus,
    DealType,
    ForecastCategory,
    RejectReason,
    RevokeReason,
    Source,
    Stage,
    Visibility,
)
from models.deals.tables import (
    Deal,
    DealEvent,
    DealLine,
    DealMatch,
    DealNote,
    DealParticipant,
)
from models.deals.together import MOST_TOGETHER, Sorted, sorted_out
from models.deals.turns import Asked, approvals_of, asked_of

__all__ = [
    "CHOOSABLE", "DEAL_MOVES", "JOBS", "MOST_REQUIRED", "MOST_TOGETHER", "NEEDED", "OPEN",
    "REGISTRATION_FIELDS", "UNDECIDED", "UNDO_SECONDS", "VERBS_DONE", "AmendmentState",
    "ApprovalState", "Ask", "Asked", "AskedTooOften", "ChoiceKind", "ChoiceState", "CustomerChoice",
    "Deal", "DealAmendment", "DealAppeal", "DealApproval", "DealBatch", "DealBatchLine",
    "DealDecision", "DealEvent", "DealFilter", "DealLine", "DealMatch", "DealNote",
    "DealParticipant", "DealStatus", "DealType", "Decided", "Enquiry", "Entry", "ForecastCategory",
    "Line", "Obstacle", "Outcome", "PartnerSize", "Precheck", "PrecheckAsked", "Question",
    "Registration", "RegistrationType", "RejectReason", "RenewalNotice", "RevokeReason", "Slice",
    "Sorted", "Source", "Stage", "TenderPolicy", "TypeRules", "Visibility", "accept_amendment",
    "amend", "answer", "appeal", "appeal_of", "appeal_through", "approvals_of", "approve", "ask",
    "ask_precheck", "ask_to_extend", "asked_of", "askers", "attach", "back_choice", "batches",
    "board", "clear_match", "close_won", "collide", "comment", "comment_as_incumbent",
    "confirm_choice", "counts", "decided_together", "decisions_of", "decline_choice", "detach",
    "draft", "escalate", "evidence", "expire", "expire_due", "extend", "fields_open",
    "hand_decisions_over", "how_many", "is_passive_sale", "last_sale", "lines_of", "lines_of_batch",
    "listed", "listed_prechecks", "lose", "may_be_revoked_from", "may_decide", "may_judge",
    "merge_customers", "months_before", "name_choice", "notices_about", "obstacles", "overdue",
    "overturn", "own_alike", "own_duplicates", "pending_amendment", "preview_approvers",
    "project_key", "protected_through", "reason_words", "refuse_amendment", "refuse_extension",
    "register_many", "registration_of", "reject", "renewal_notices", "reroute",
    "reroute_by_territory", "revoke", "rivals", "save", "set_forecast", "set_stage", "set_type",
    "sorted_out", "step_back", "story_of", "submit", "take_back_amendment", "take_part",
    "takes_files", "taking_part", "tell_rerouted", "type_rules", "undo", "undo_merge", "uphold",
    "waiting", "warn", "warn_stale", "what_forbids_merging", "what_is_missing", "withdraw",
    "won_between",
]  # fmt: skip
