"""Answers compared with the SDK's own resource classes, so that the stand-in cannot lie."""

import inspect
import types
from functools import cache
from importlib import import_module
from typing import Any, ClassVar, Literal, Union, get_args, get_origin

from stripe._object_classes import OBJECT_CLASSES, V2_OBJECT_CLASSES
from stripe.events._event_classes import get_v2_event_class

UNTYPED = {"list", "search_result"}


def differences(answer: Any, path: str = "") -> list[str]:
    """What the SDK's classes would not expect of this answer; empty when all is well."""
    if isinstance(answer, list):
        return [one for i, part in enumerate(answer) for one in differences(part, f"{path}[{i}]")]
    if not isinstance(answer, dict):
        return []
    kind = _class_of(answer)
    if kind is None:
        return [d for name, part in answer.items() for d in differences(part, f"{path}.{name}")]
    return _against(kind, answer, f"{path}<{kind.__name__}>")


def _class_of(answer: dict) -> Any:
    name = answer.get("object")
    if not isinstance(name, str) or name in UNTYPED:
        return None
    if name == "v2.core.event":
        return get_v2_event_class(answer["type"])
    where = OBJECT_CLASSES.get(name) or V2_OBJECT_CLASSES.get(name)
    if where is None:
        return None
    return getattr(import_module(where[0]), where[1])


def _against(kind: Any, answer: dict, path: str) -> list[str]:
    wanted = _fields(kind)
    found = [f"{path}: {name} is not a field" for name in answer if name not in wanted]
    for name, hint in wanted.items():
        if name not in answer:
            if not _may_be_none(hint):
                found.append(f"{path}: {name} is missing")
            continue
        found += _value(kind, name, hint, answer[name], f"{path}.{name}")
    return found


def _value(kind: Any, name: str, hint: Any, value: Any, path: str) -> list[str]:
    if value is None:
        return [] if _may_be_none(hint) else [f"{path} is null"]
    scalar = {int: int, str: str, bool: bool}.get(hint)
    if scalar and (not isinstance(value, scalar) or isinstance(value, bool) != (hint is bool)):
        return [f"{path}: {value!r} is no {scalar.__name__}"]
    literal = get_args(hint) if get_origin(hint) is Literal else None
    if literal and value not in literal:
        return [f"{path}: {value!r} is none of its words"]
    inner = getattr(kind, "_inner_class_types", {}).get(name)
    parts = value if isinstance(value, list) else [value]
    if inner and "object" not in inner.__annotations__:
        return [d for part in parts if isinstance(part, dict) for d in _against(inner, part, path)]
    return differences(value, path)


@cache
def _fields(kind: Any) -> dict[str, Any]:
    return {
        name: hint
        for base in reversed(kind.__mro__)
        for name, hint in inspect.get_annotations(base).items()
        if get_origin(hint) is not ClassVar and not name.startswith("_")
    }


def _may_be_none(hint: Any) -> bool:
    if isinstance(hint, str):
        return hint.startswith("Optional[")
    return get_origin(hint) in (Union, types.UnionType) and type(None) in get_args(hint)
