"""Made-up values for the style guide.  Nothing here comes from the database."""

from dataclasses import dataclass
from datetime import UTC, datetime

from werkzeug.datastructures import MultiDict
from wtforms import (
    BooleanField,
    DateField,
    EmailField,
    FileField,
    Form,
    RadioField,
    SelectField,
    SelectMultipleField,
    StringField,
    TextAreaField,
)
from wtforms.fields.choices import SelectChoice
from wtforms.validators import InputRequired, Regexp
from wtforms.widgets import CheckboxInput, ListWidget

from models.money import Money
from portal import charts
from portal.maps import WORLD, AreaMap, Paint, area_map, shades

MONTHS = ["Nov", "Dec", "Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct"]
COMMISSION = [8800, 14400, 7200, 11000, 18300, 11700, 14900, 20500, -3000, 9600, 17200, 23691]
STAGES = [(52, 21, 9), (48, 26, 14), (61, 30, 22), (40, 33, 31)]


@dataclass(frozen=True)
class Row:
    """A deal as a list shows it."""

    id: int
    number: str
    customer: str
    product: str
    partner: str
    value: Money
    left: str
    exact: str
    tone: str = ""
    warning: str = ""


@dataclass(frozen=True)
class Event:
    at: datetime
    text: str
    note: str = ""


ROWS = [
    Row(1, "D-4K7QXMP", "Halvorsen Marine AS", "Touring, 24 bicycles", "Northwind Cycles",
        Money(8640000, "USD"), "in 21 h", "14 Oct 2026, 09:30"),
    Row(2, "D-9TWM2HC", "Kestrel Foods Ltd", "Road, 60 bicycles", "BlueHarbor Sport",
        Money(1895000, "USD"), "in 3 h", "13 Oct 2026, 15:30", "warn", "Likely duplicate, 94%"),
    Row(3, "D-3FZ8K1A", "Stadtwerke Oderberg", "City, 900 bicycles", "Meridian Rad GmbH",
        Money(41200000, "EUR"), "2 h overdue", "13 Oct 2026, 10:30", "bad"),
]  # fmt: skip

EVENTS = [
    Event(datetime(2026, 10, 12, 7, 5, tzinfo=UTC), "Tom Achebe registered the deal."),
    Event(datetime(2026, 10, 12, 7, 5, tzinfo=UTC), "Sent to Rosa Kim, by territory rule."),
    Event(datetime(2026, 10, 12, 14, 40, tzinfo=UTC), "Rosa Kim asked for more.",
          "Which frame sizes does the customer need?"),
]  # fmt: skip

EVIDENCE = [
    ("Customer", "Kestrel Foods Ltd", "Kestrel Food Group", "88% alike"),
    ("Domain", "kestrelfoods.co.uk", "kestrelfoods.co.uk", "same"),
    ("Products", "Road, 60", "Road, 75", None),
    ("Partner", "BlueHarbor Sport", "Meridian Rad GmbH", None),
    ("Protected through", None, "14 January 2027", None),
]

STEPS = [
    {"label": "Say where to send your money", "url": "#steps", "done": True},
    {"label": "Invite a colleague", "url": "#steps", "done": False,
     "hint": "Two can share the work."},
    {"label": "Register your first deal", "url": "#steps", "done": False},
]  # fmt: skip


class SampleForm(Form):
    """One field of each kind."""

    customer = StringField("Customer", [InputRequired("Enter the customer's registered name.")])
    email = EmailField(
        "E-mail",
        [Regexp(r".+@.+\..+", message="Enter an address such as ana@example.com.")],
        description="Where we send the decision.",
    )
    value = StringField("Value", [InputRequired("Enter an amount, such as 1250.00.")])
    closes = DateField("Expected close", [InputRequired("Enter a day.")])
    family = SelectField(
        "Product family", choices=[SelectChoice("road", "Road"), SelectChoice("touring", "Touring")]
    )
    kind = RadioField(
        "Kind of deal",
        [InputRequired("Choose one.")],
        choices=[
            SelectChoice("new", "New business"),
            SelectChoice("more", "More for a customer of ours"),
        ],
    )
    interests = SelectMultipleField(
        "Interested in",
        choices=[SelectChoice("b", "Bicycles"), SelectChoice("c", "Clothing")],
        option_widget=CheckboxInput(),
        widget=ListWidget(prefix_label=False),
    )
    problem = TextAreaField("What they need", description="In two or three sentences.")
    offer = FileField("Their enquiry")
    agreed = BooleanField("I have spoken with this customer")


def forms() -> dict[str, Form]:
    wrong = SampleForm(MultiDict({"wrong-email": "ana", "wrong-family": "road"}), prefix="wrong-")
    wrong.validate()
    return {"fresh": SampleForm(prefix="fresh-"), "wrong": wrong}


def maps() -> dict[str, AreaMap]:
    """Who has what in the world, how much in the United States, and a country as tiles."""
    paints = {
        "DE": Paint("mine", "Yours", "#maps"),
        "FR": Paint("held", "Held by another partner until 31 March 2027"),
        "US": Paint("free", "Nobody's: 120 to 150 customers", "#maps"),
        "MT": Paint("twice", "Two territories hold it", "#maps"),
    }
    legend = [("mine", "Yours"), ("held", "Held"), ("free", "Nobody's"), ("twice", "Twice")]
    amounts = {"US-WA": 900, "US-OR": 120, "US-CA": 2400, "US-TX": 1500, "US-NY": 300}
    much, steps = shades(amounts, shown=lambda amount: f"${amount}", url=lambda _: "#maps")
    nothing = Paint("none", "Nothing here")
    return {
        "world": area_map(WORLD, paints, legend=legend, rest=nothing),
        "states": area_map("US", much, legend=steps, rest=nothing),
        "laender": area_map("DE", {"DE-BY": paints["DE"]}, legend=legend[:1], rest=nothing),
    }


def drawings() -> dict[str, charts.Chart]:
    amounts = [Money(value * 100, "USD") for value in COMMISSION]
    points = [
        (month, amount.minor, f"${amount.major:,.2f}")
        for month, amount in zip(MONTHS, amounts, strict=True)
    ]
    stages = [
        (month, [(count, str(count)) for count in counts])
        for month, counts in zip(MONTHS, STAGES, strict=False)
    ]
    return {
        "commission": charts.bars(points),
        "pipeline": charts.stacks(["Registered", "Approved", "Won"], stages),
    }
