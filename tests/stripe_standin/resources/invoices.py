"""Customers, invoices and their items: made, finalized, read, and paid on the hosted page."""

from typing import Any, Literal, get_args, get_origin

import stripe

from tests.stripe_standin.answers import _fields, _may_be_none
from tests.stripe_standin.refusals import invalid, no_such
from tests.stripe_standin.routes import Call, answers
from tests.stripe_standin.world import World


@answers("POST", "/v1/customers")
def create_customer(world: World, call: Call) -> dict[str, Any]:
    said = {"name": call.params.get("name"), "email": call.params.get("email")}
    made = _blank(stripe.Customer) | said
    made |= {"id": world.new_id("cus"), "object": "customer", "created": world.stamp}
    made["metadata"] = call.params.get("metadata") or {}
    return world.keep("customer", made)


@answers("POST", "/v1/invoices")
def create(world: World, call: Call) -> dict[str, Any]:
    customer = call.params.get("customer", "")
    if world.find("customer", customer) is None:
        raise no_such("customer", customer, "customer", status=400)
    made = _blank(stripe.Invoice) | {
        "id": world.new_id("in"),
        "object": "invoice",
        "created": world.stamp,
        "currency": call.params.get("currency", "usd"),
        "customer": customer,
        "collection_method": call.params.get("collection_method", "charge_automatically"),
        "status": "draft",
        "metadata": call.params.get("metadata") or {},
        "hosted_invoice_url": None,
    }
    return world.keep("invoice", made)


@answers("POST", "/v1/invoiceitems")
def create_item(world: World, call: Call) -> dict[str, Any]:
    invoice = _found(world, call.params.get("invoice", ""))
    if invoice["status"] != "draft":
        raise invalid("invoice_not_editable", "The invoice is finalized.", "invoice")
    amount = call.params.get("amount", 0)
    for name in ("amount_due", "amount_remaining", "subtotal", "total"):
        invoice[name] += amount
    made = _blank(stripe.InvoiceItem) | {
        "id": world.new_id("ii"),
        "object": "invoiceitem",
        "amount": amount,
        "currency": call.params.get("currency", "usd"),
        "customer": invoice["customer"],
        "date": world.stamp,
        "description": call.params.get("description"),
        "invoice": invoice["id"],
    }
    return world.keep("invoiceitem", made)


@answers("POST", "/v1/invoices/{invoice}/finalize")
def finalize(world: World, call: Call) -> dict[str, Any]:
    invoice = _found(world, call.at["invoice"])
    if invoice["status"] != "draft":
        raise invalid("invoice_not_editable", "The invoice is finalized already.")
    invoice["status"] = "open"
    invoice["hosted_invoice_url"] = f"{world.url}/invoice/{invoice['id']}"
    world.happened("invoice.finalized", invoice)
    return invoice


@answers("GET", "/v1/invoices/{invoice}")
def show(world: World, call: Call) -> dict[str, Any]:
    return _found(world, call.at["invoice"])


def pay(world: World, key: str) -> None:
    """What the partner does on the hosted page: the money is on the balance at once."""
    invoice = _found(world, key)
    if invoice["status"] == "open":
        invoice["status"] = "paid"
        invoice["amount_paid"], invoice["amount_remaining"] = invoice["amount_due"], 0
        world.move("payment", invoice["amount_paid"], invoice["currency"], key)
        world.happened("invoice.paid", invoice)


def _found(world: World, key: str) -> dict[str, Any]:
    found = world.find("invoice", key)
    if found is None:
        raise no_such("invoice", key)
    return found


def _blank(kind: Any) -> dict[str, Any]:
    """Every field that the SDK's class must find, with nothing in it."""
    return {
        name: _nothing(kind, name, hint)
        for name, hint in _fields(kind).items()
        if not _may_be_none(hint)
    }


def _nothing(kind: Any, name: str, hint: Any) -> Any:
    plain = {int: 0, str: "", bool: False, float: 0.0}
    if hint in plain:
        return plain[hint]
    if get_origin(hint) is Literal:
        return get_args(hint)[0]
    words = str(hint)
    if words.startswith(("List", "typing.List", "list")):
        return []
    if words.startswith(("Dict", "typing.Dict", "UntypedStripeObject", "dict")):
        return {}
    if "ListObject" in words:
        return {"object": "list", "data": [], "has_more": False, "url": ""}
    inner = getattr(kind, "_inner_class_types", {}).get(name)
    return _blank(inner) if inner else ("" if "str" in words else {})
