"""Between the form and the business: what was typed as a registration, and back."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any
from uuid import UUID

from flask import request
from flask_wtf import FlaskForm
from sqlalchemy import Row, select
from wtforms import BooleanField, SelectChoice

from models import catalog, deals
from models.deals import REGISTRATION_FIELDS, Deal, DealType, Line, Registration, TypeRules
from models.money import Money
from models.partners import Partner
from models.people import Actor
from portal.clock import now
from portal.database import session
from portal.deals.blueprint import calendar
from portal.deals.entry_form import Screen, fit_to_type, only_on, registration_form
from portal.deals.forms import words
from portal.formats import money

PLAIN = tuple(name for name in REGISTRATION_FIELDS if name not in ("lines", "kind"))


class Desk:
    """What one partner may register: the currency, the products and their list prices.

    currency: of the deal where there is one, whatever the partner's has become since.
    """

    def __init__(self, person: Actor, deal: Deal | None = None) -> None:
        self.partner = session.execute(
            select(Partner.id, Partner.currency, Partner.tier).where(
                Partner.id == person.partner_id
            )
        ).one()
        self.currency = deal.value.currency if deal else self.partner.currency
        self.products = session.execute(
            catalog.priced(
                catalog.products(offered_only=True),
                currency=self.currency,
                tier=self.partner.tier,
                on=calendar().day_of(now()),
            ).order_by("family_name", "name", "sku")
        ).all()
        self.by_id = {str(product.id): product for product in self.products}
        self.types = deals.type_rules(session)
        self._form = registration_form(self.currency, self._choices())

    def form(
        self,
        registration: Registration,
        *,
        screen: Screen = Screen.BOTH,
        sent: bool = True,
        more: bool = False,
        with_note: bool = False,
    ) -> Any:
        """The form as it was sent, or filled from the registration; both of its type.

        more: one empty line on top; with_note: the answer to a question, too.
        """
        rules = self.rules_of(registration)
        form: Any = self._form(data=None if sent else self._data(registration))
        form.kind.choices = self._kinds(registration.kind)
        if not sent or not form.kind.raw_data:
            form.kind.data = registration.kind.value
        fit_to_type(form, rules)
        only_on(form, screen, rules)
        if not with_note:
            del form.note
        if more and "lines" in form and len(form.lines) < form.lines.max_entries:
            form.lines.append_entry()
        return form

    def rules_of(self, registration: Registration) -> TypeRules:
        """What its type asks for: the type that was sent, else the one that was kept."""
        said = request.values.get("kind", "")
        kind = DealType(said) if said in set(DealType) else registration.kind
        return self.types[kind]

    def written(self, form: FlaskForm, before: Registration) -> Registration:
        """What the form holds; a field that is absent or cannot be read stays as it was."""
        said = {
            name: _said(form[name].data)
            for name in PLAIN
            if name in form
            and not form[name].errors
            and (form[name].raw_data or isinstance(form[name], BooleanField))
        }
        kept = {name: getattr(before, name) for name in REGISTRATION_FIELDS}
        if "kind" in form and form["kind"].data in set(DealType):
            kept["kind"] = DealType(form["kind"].data)
        if "lines" in form:
            kept["lines"] = tuple(self._lines(form["lines"]))
        return Registration(**(kept | said))

    def family_of(self, registration: Registration) -> UUID | None:
        """The family of the first product; None while none is chosen."""
        for line in registration.lines:
            if product := self.by_id.get(str(line.product_id)):
                return product.family_id
        return None

    def show_missing(self, form: Any, missing: Mapping[str, str]) -> None:
        """Put each sentence beside the field that it is about."""
        for name, sentence in missing.items():
            if name not in form:
                form.form_errors.append(sentence)
                continue
            field = form[name] if name != "lines" else form.lines[0].form.product
            if not field.errors:
                field.errors = [sentence]

    def judge_lines(self, form: Any) -> bool:
        """Whether each started line is whole; a line that nobody touched is none."""
        whole = True
        for entry in form.lines if "lines" in form else ():
            line = entry.form
            product = self.by_id.get(line.product.data or "")
            started = bool(line.quantity.data or line.unit.data is not None)
            if product is None and started:
                line.product.errors = ["Choose the product."]
            elif product is not None and not line.quantity.data:
                line.quantity.errors = ["Enter how many."]
            elif product is not None and line.unit.data is None and product.unit_minor is None:
                line.unit.errors = ["It has no list price; enter a price."]
            else:
                continue
            whole = False
        return whole

    def _lines(self, entries: Iterable[Any]) -> Iterable[Line]:
        for entry in entries:
            line = entry.form
            product = self.by_id.get(line.product.data or "")
            if product is None:
                continue
            unit = None if line.unit.errors else line.unit.data
            unit_minor = unit.minor if unit is not None else product.unit_minor or 0
            quantity = 1 if line.quantity.errors else line.quantity.data or 1
            yield Line(product.id, quantity, max(unit_minor, 0))

    def _kinds(self, kept: DealType) -> list[SelectChoice]:
        """The types on offer, and the one that a draft has in any case."""
        return words(kind for kind, rules in self.types.items() if rules.is_offered or kind is kept)

    def _choices(self) -> list[SelectChoice]:
        return [
            SelectChoice(str(product.id), self._label(product), optgroup=product.family_name)
            for product in self.products
        ]

    def _label(self, product: Row) -> str:
        if product.unit_minor is None:
            return product.name
        return f"{product.name}, {money(Money(product.unit_minor, self.currency))}"

    def _data(self, registration: Registration) -> dict[str, Any]:
        filled = {name: getattr(registration, name) for name in PLAIN}
        filled["kind"] = registration.kind.value
        filled["lines"] = [
            {
                "product": str(line.product_id),
                "quantity": line.quantity,
                "unit": Money(line.unit_minor, self.currency),
            }
            for line in registration.lines
        ]
        return filled


def _said(value: Any) -> Any:
    return value.strip() if isinstance(value, str) else value


def registration_of(deal: Deal | None) -> Registration:
    return deals.registration_of(session, deal) if deal else Registration()
