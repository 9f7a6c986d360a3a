"""Why somebody is not paid, in the words of headings; the sentence is said where it is found."""

from __future__ import annotations

from models.payouts.rules import WhyNot

HEADINGS = {
    WhyNot.NEGATIVE: "Owe us; netted against what they earn next",
    WhyNot.NOTHING_DUE: "No unpaid statement; the balance is carried",
    WhyNot.TAKEN_BACK: "More was taken back since; netted against what they earn next",
    WhyNot.BELOW_MINIMUM: "Below the minimum; wait for the next run",
    WhyNot.PARTNER_SUSPENDED: "The partner is suspended",
    WhyNot.NO_DESTINATION: "Have not said where to pay",
    WhyNot.DESTINATION_HELD: "Bank details were changed; held for now",
    WhyNot.NO_RAIL: "Their way of being paid is not open",
    WhyNot.NO_TAX_FORM: "Have no valid tax form on file",
}
"""In the order in which they are asked."""
