"""Parameters: decoded as Stripe decodes them, and refused as Stripe refuses them."""

import json
import re
import types
from decimal import Decimal
from functools import cache
from typing import Any, Literal, NotRequired, Required, Union, get_args, get_origin
from urllib.parse import parse_qsl

from stripe._request_options import RequestOptions
from typing_extensions import get_type_hints
from typing_extensions import is_typeddict as is_shape

from tests.stripe_standin.refusals import invalid
from tests.stripe_standin.shapes import Operation

PART = re.compile(r"\[([^\]]*)\]")
OPTIONS = frozenset(RequestOptions.__annotations__) - {"expand"}
"""Belong into `options`; the types let them stand among the parameters, Stripe does not."""

ABSENT = {"StripeContext": str, "Mapping": dict}
"""Names that the SDK's own annotations use without importing them; all stand in OPTIONS."""


def of_form(text: str) -> dict[str, Any]:
    """a[b]=c and a[0]=x, nested."""
    found: dict[str, Any] = {}
    for key, value in parse_qsl(text, keep_blank_values=True):
        first, *rest = [key.split("[", 1)[0], *PART.findall(key)]
        place = found
        for part, following in zip([first, *rest], rest, strict=False):
            place = place.setdefault(part, {})
            if not isinstance(place, dict):
                raise invalid("parameter_invalid", f"Invalid: {following}", key)
        place[([first, *rest])[-1]] = value
    return {key: _lists(value) for key, value in found.items()}


def of_json(body: bytes) -> dict[str, Any]:
    try:
        said = json.loads(body or b"{}")
    except ValueError:
        raise invalid("invalid_json", "Invalid request: the body is not JSON.") from None
    if not isinstance(said, dict):
        raise invalid("invalid_json", "Invalid request: the body is not an object.")
    return said


def checked(operation: Operation, given: dict[str, Any], *, is_form: bool) -> dict[str, Any]:
    """The parameters in their types.  Raises Refusal."""
    shape = operation.params_type
    if shape is None:
        if given:
            raise _unknown(next(iter(given)))
        return {}
    return _of_shape(shape, given, "", is_form)


def _lists(value: Any) -> Any:
    if not isinstance(value, dict):
        return value
    inner = {key: _lists(part) for key, part in value.items()}
    if inner and all(key.isdigit() or key == "" for key in inner):
        return list(inner.values())
    return inner


@cache
def _hints(shape: Any) -> dict[str, Any]:
    hints = get_type_hints(shape, localns=ABSENT, include_extras=True)
    return {name: hint for name, hint in hints.items() if name not in OPTIONS}


def _of_shape(shape: Any, given: Any, path: str, is_form: bool) -> dict[str, Any]:
    if not isinstance(given, dict):
        raise _ill(path, "object")
    hints = _hints(shape)
    for name in given:
        if name not in hints:
            raise _unknown(_join(path, name))
    for name in hints:
        if name not in given and name in shape.__required_keys__:
            where = _join(path, name)
            raise invalid("parameter_missing", f"Missing required param: {where}.", where)
    return {
        name: _of_type(_bare(hints[name]), value, _join(path, name), is_form)
        for name, value in given.items()
    }


def _of_type(kind: Any, value: Any, path: str, is_form: bool) -> Any:
    origin = get_origin(kind)
    if is_shape(kind):
        return _of_shape(kind, value, path, is_form)
    if origin in (Union, types.UnionType):
        return _of_union(get_args(kind), value, path, is_form)
    if origin is Literal:
        if value in get_args(kind):
            return value
        choices = ", ".join(map(str, get_args(kind)))
        raise invalid("parameter_invalid", f"Invalid {path}: must be one of {choices}", path)
    if origin is list:
        if not isinstance(value, list):
            raise _ill(path, "array")
        return [_of_type(get_args(kind)[0], one, f"{path}[{i}]", is_form)
                for i, one in enumerate(value)]  # fmt: skip
    if origin is dict:
        if not isinstance(value, dict):
            raise _ill(path, "object")
        return {key: _of_type(get_args(kind)[1], one, _join(path, key), is_form)
                for key, one in value.items()}  # fmt: skip
    return _scalar(kind, value, path, is_form)


def _of_union(kinds: tuple[Any, ...], value: Any, path: str, is_form: bool) -> Any:
    closed = [kind for kind in kinds if get_origin(kind) is Literal]
    if closed and str in kinds:  # the SDK leaves room for words to come; Stripe knows no others
        kinds = tuple(kind for kind in kinds if kind is not str)
    refusal: Exception = _ill(path, "value")
    for kind in kinds:
        try:
            return _of_type(kind, value, path, is_form)
        except Exception as no:
            refusal = no
    raise refusal


def _scalar(kind: Any, value: Any, path: str, is_form: bool) -> Any:
    if value is None and kind is type(None):
        return None
    if is_form and isinstance(value, str):
        return _of_text(kind, value, path)
    wanted = {int: int, float: (int, float), bool: bool, str: str, Decimal: str}.get(kind)
    if kind is Any:
        return value
    if wanted is None or not isinstance(value, wanted) or isinstance(value, bool) != (kind is bool):
        raise _ill(path, getattr(kind, "__name__", "value"))
    return value


def _of_text(kind: Any, text: str, path: str) -> Any:
    if kind is int:
        if not re.fullmatch(r"-?\d+", text):
            raise invalid("parameter_invalid_integer", f"Invalid integer: {text}", path)
        return int(text)
    if kind is bool:
        if text not in ("true", "false"):
            raise invalid("parameter_invalid", f"Invalid boolean: {text}", path)
        return text == "true"
    if kind in (str, Any, Decimal, float):
        return text
    raise _ill(path, getattr(kind, "__name__", "value"))


def _bare(hint: Any) -> Any:
    return get_args(hint)[0] if get_origin(hint) in (NotRequired, Required) else hint


def _join(path: str, name: str) -> str:
    return f"{path}[{name}]" if path else name


def _unknown(name: str) -> Exception:
    return invalid("parameter_unknown", f"Received unknown parameter: {name}", name)


def _ill(path: str, wanted: str) -> Exception:
    return invalid("parameter_invalid", f"Invalid {wanted}: {path}", path)
