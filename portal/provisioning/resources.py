"""Users and groups as SCIM sees them, and what we say about ourselves."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Annotated, Any
from uuid import UUID

from flask import url_for
from pydantic import Field
from scim2_models import (
    URN,
    AuthenticationScheme,
    Bulk,
    CaseExact,
    ChangePassword,
    ComplexAttribute,
    Email,
    ETag,
    Filter,
    Meta,
    Mutability,
    Name,
    Patch,
    Reference,
    Required,
    Resource,
    ResourceType,
    ServiceProviderConfig,
    Sort,
    Uniqueness,
)

from models.people import Person, PersonStatus
from models.provisioning import ProvisionedGroup, ProvisionedPerson, Wanted

MOST_RESULTS = 200


class User(Resource[Any]):
    __schema__ = URN("urn:ietf:params:scim:schemas:core:2.0:User")

    user_name: Annotated[str | None, Uniqueness.server, Required.true] = None
    """The mail address with which they sign in."""
    name: Name | None = None
    display_name: str | None = None
    active: bool | None = None
    emails: list[Email] | None = None


class Member(ComplexAttribute):
    value: Annotated[str | None, Mutability.immutable, CaseExact.true] = None
    """The id of a user."""
    ref: Annotated[Reference[User] | None, Mutability.immutable] = Field(
        None, serialization_alias="$ref", validation_alias="$ref"
    )
    type: Annotated[str | None, Mutability.immutable] = Field(None, examples=["User"])


class Group(Resource[Any]):
    __schema__ = URN("urn:ietf:params:scim:schemas:core:2.0:Group")

    display_name: Annotated[str | None, Required.true] = None
    """A provider says which role a group of this name stands for."""
    members: list[Member] | None = None


KEPT = ("name", "display_name", "emails", "active")
"""What is kept as it was said."""

TYPES = [
    ResourceType(
        id=kind.__name__,
        name=kind.__name__,
        endpoint=Reference(f"/{kind.__name__}s"),
        schema=Reference(str(kind.__schema__)),
        meta=Meta(resource_type="ResourceType"),
    )
    for kind in (User, Group)
]


def config() -> ServiceProviderConfig:
    return ServiceProviderConfig(
        patch=Patch(supported=True),
        bulk=Bulk(supported=False, max_operations=0, max_payload_size=0),
        filter=Filter(supported=True, max_results=MOST_RESULTS),
        change_password=ChangePassword(supported=False),
        sort=Sort(supported=True),
        etag=ETag(supported=False),
        authentication_schemes=[
            AuthenticationScheme(
                type=AuthenticationScheme.Type.oauthbearertoken,
                name="Bearer token",
                description="A token that an administrator made for this company.",
                primary=True,
            )
        ],
        meta=Meta(resource_type="ServiceProviderConfig", location=_at("/ServiceProviderConfig")),
    )


def user_of(person: Person, row: ProvisionedPerson | None) -> User:
    said = row.attributes if row else {"displayName": person.name, "active": True}
    user = User.model_validate({"userName": person.email, **said})
    user.id = str(person.id)
    user.external_id = (row.external_id if row else "") or None
    if user.active is not None or person.status is PersonStatus.LEFT:
        user.active = person.status is not PersonStatus.LEFT
    changed = row.changed_at if row else person.created_at
    user.meta = Meta(
        resource_type="User",
        created=person.created_at,
        last_modified=changed,
        location=_at(f"/Users/{person.id}"),
    )
    return user


def wanted_from(user: User) -> Wanted:
    name = user.display_name or ""
    if not name and user.name is not None:
        parts = (user.name.given_name, user.name.family_name)
        name = user.name.formatted or " ".join(part for part in parts if part)
    return Wanted(
        email=user.user_name or "",
        name=" ".join(name.split()),
        is_active=user.active is not False,
        external_id=(user.external_id or "")[:200],
        attributes=user.model_dump(include=set(KEPT), exclude_none=True),
    )


def group_of(group: ProvisionedGroup, members: Iterable[UUID]) -> Group:
    return Group(
        id=str(group.id),
        external_id=group.external_id or None,
        display_name=group.name,
        members=[
            Member(value=str(person_id), ref=_at(f"/Users/{person_id}"), type="User")
            for person_id in members
        ]
        or None,
        meta=Meta(
            resource_type="Group",
            created=group.created_at,
            last_modified=group.changed_at,
            location=_at(f"/Groups/{group.id}"),
        ),
    )


def _at(path: str) -> Any:
    root = url_for("provisioning.describe", _external=True).removesuffix("/ServiceProviderConfig")
    return Reference(root + path)
