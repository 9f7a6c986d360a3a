"""SCIM 2.0 (RFC 7644): a company's directory keeps its users and groups here."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from flask import Response, request
from scim2_models import Context, ListResponse, NotFoundException, PatchOp, Schema
from scim2_models import ResourceType as Kind

from models import provisioning
from models.federation import IdentityProvider
from models.people import Person
from models.provisioning import ProvisionedGroup
from portal.clock import now
from portal.database import session
from portal.provisioning import tokens
from portal.provisioning.asking import listed, one
from portal.provisioning.blueprint import pages
from portal.provisioning.guard import answer, directory, problem
from portal.provisioning.resources import (
    TYPES,
    Group,
    User,
    config,
    group_of,
    user_of,
    wanted_from,
)

PAGES = (tokens,)
"""What stands in a file of its own."""

ROOT = "/scim/v2"


@pages.get(f"{ROOT}/ServiceProviderConfig")
@directory
def describe(_provider: IdentityProvider) -> Response:
    return answer(config().model_dump_json(scim_ctx=Context.RESOURCE_QUERY_RESPONSE))


@pages.get(f"{ROOT}/ResourceTypes")
@directory
def kinds(_provider: IdentityProvider) -> Response:
    return _all(Kind, TYPES)


@pages.get(f"{ROOT}/ResourceTypes/<path:name>")
@directory
def kind(_provider: IdentityProvider, name: str) -> Response:
    return _known(TYPES, name)


@pages.get(f"{ROOT}/Schemas")
@directory
def schemas(_provider: IdentityProvider) -> Response:
    return _all(Schema, _schemas())


@pages.get(f"{ROOT}/Schemas/<path:name>")
@directory
def schema(_provider: IdentityProvider, name: str) -> Response:
    return _known(_schemas(), name)


@pages.get(f"{ROOT}/Users")
@directory
def users(provider: IdentityProvider) -> Response:
    return listed(User, _users(provider), request.args.to_dict())


@pages.post(f"{ROOT}/Users")
@directory
def create_user(provider: IdentityProvider) -> Response:
    user = User.model_validate(_sent(), scim_ctx=Context.RESOURCE_CREATION_REQUEST)
    person = provisioning.put_person(session, provider, None, wanted_from(user), now=now())
    return one(_user(person), Context.RESOURCE_CREATION_RESPONSE, 201)


@pages.get(f"{ROOT}/Users/<uuid:person_id>")
@directory
def user(provider: IdentityProvider, person_id: UUID) -> Response:
    return one(_user(_person(provider, person_id)), Context.RESOURCE_QUERY_RESPONSE)


@pages.put(f"{ROOT}/Users/<uuid:person_id>")
@directory
def replace_user(provider: IdentityProvider, person_id: UUID) -> Response:
    provisioning.hold(session, provider)
    person = _person(provider, person_id)
    user = User.model_validate(_sent(), scim_ctx=Context.RESOURCE_REPLACEMENT_REQUEST)
    user.replace(_user(person))
    person = provisioning.put_person(session, provider, person, wanted_from(user), now=now())
    return one(_user(person), Context.RESOURCE_REPLACEMENT_RESPONSE)


@pages.patch(f"{ROOT}/Users/<uuid:person_id>")
@directory
def change_user(provider: IdentityProvider, person_id: UUID) -> Response:
    provisioning.hold(session, provider)
    person = _person(provider, person_id)
    user = _user(person)
    change = PatchOp[User].model_validate(_sent(), scim_ctx=Context.RESOURCE_PATCH_REQUEST)
    change.patch(user)
    person = provisioning.put_person(session, provider, person, wanted_from(user), now=now())
    return one(_user(person), Context.RESOURCE_PATCH_RESPONSE)


@pages.delete(f"{ROOT}/Users/<uuid:person_id>")
@directory
def remove_user(provider: IdentityProvider, person_id: UUID) -> Response:
    provisioning.remove(session, provider, _person(provider, person_id), now=now())
    return answer("", 204)


@pages.get(f"{ROOT}/Groups")
@directory
def groups(provider: IdentityProvider) -> Response:
    return listed(Group, _groups(provider), request.args.to_dict())


@pages.post(f"{ROOT}/Groups")
@directory
def create_group(provider: IdentityProvider) -> Response:
    group = Group.model_validate(_sent(), scim_ctx=Context.RESOURCE_CREATION_REQUEST)
    kept = _put_group(provider, None, group)
    return one(_group(kept), Context.RESOURCE_CREATION_RESPONSE, 201)


@pages.get(f"{ROOT}/Groups/<uuid:group_id>")
@directory
def group(provider: IdentityProvider, group_id: UUID) -> Response:
    return one(_group(_group_row(provider, group_id)), Context.RESOURCE_QUERY_RESPONSE)


@pages.put(f"{ROOT}/Groups/<uuid:group_id>")
@directory
def replace_group(provider: IdentityProvider, group_id: UUID) -> Response:
    provisioning.hold(session, provider)
    row = _group_row(provider, group_id)
    group = Group.model_validate(_sent(), scim_ctx=Context.RESOURCE_REPLACEMENT_REQUEST)
    group.replace(_group(row))
    return one(_group(_put_group(provider, row, group)), Context.RESOURCE_REPLACEMENT_RESPONSE)


@pages.patch(f"{ROOT}/Groups/<uuid:group_id>")
@directory
def change_group(provider: IdentityProvider, group_id: UUID) -> Response:
    provisioning.hold(session, provider)
    row = _group_row(provider, group_id)
    group = _group(row)
    change = PatchOp[Group].model_validate(_sent(), scim_ctx=Context.RESOURCE_PATCH_REQUEST)
    change.patch(group)
    return one(_group(_put_group(provider, row, group)), Context.RESOURCE_PATCH_RESPONSE)


@pages.delete(f"{ROOT}/Groups/<uuid:group_id>")
@directory
def remove_group(provider: IdentityProvider, group_id: UUID) -> Response:
    row = _group_row(provider, group_id)
    provisioning.remove_group(session, provider, row, now=now())
    return answer("", 204)


@pages.post(f"{ROOT}/.search")
@directory
def search(provider: IdentityProvider) -> Response:
    """Through users and groups at once."""
    return listed(User | Group, [*_users(provider), *_groups(provider)], _sent())


@pages.post(f"{ROOT}/Users/.search", defaults={"kind": "Users"})
@pages.post(f"{ROOT}/Groups/.search", defaults={"kind": "Groups"})
@directory
def search_in(provider: IdentityProvider, kind: str) -> Response:
    if kind == "Users":
        return listed(User, _users(provider), _sent())
    return listed(Group, _groups(provider), _sent())


@pages.get(f"{ROOT}/<path:anything>")
@directory
def nothing(_provider: IdentityProvider, anything: str) -> Response:
    return problem(404, f"There is nothing at /{anything[:100]}.")


MACHINES = (
    create_user, replace_user, change_user, remove_user,
    create_group, replace_group, change_group, remove_group, search, search_in,
)  # fmt: skip
"""What a token guards instead of a form's."""


def _sent() -> dict[str, Any]:
    sent = request.get_json(force=True, silent=True)
    return sent if isinstance(sent, dict) else {}


def _person(provider: IdentityProvider, person_id: UUID) -> Person:
    person = provisioning.person_in(session, provider, person_id)
    if person is None:
        raise NotFoundException(detail=f"There is no user {person_id}.")
    return person


def _user(person: Person) -> User:
    rows = provisioning.attributes_of(session, [person.id])
    return user_of(person, rows.get(person.id))


def _users(provider: IdentityProvider) -> list[User]:
    people = provisioning.people_in(session, provider)
    rows = provisioning.attributes_of(session, [person.id for person in people])
    return [user_of(person, rows.get(person.id)) for person in people]


def _group_row(provider: IdentityProvider, group_id: UUID) -> ProvisionedGroup:
    row = provisioning.group_of(session, provider, group_id)
    if row is None:
        raise NotFoundException(detail=f"There is no group {group_id}.")
    return row


def _group(row: ProvisionedGroup) -> Group:
    return group_of(row, provisioning.members_of(session, row.id))


def _groups(provider: IdentityProvider) -> list[Group]:
    return [_group(row) for row in provisioning.groups_in(session, provider)]


def _put_group(
    provider: IdentityProvider, row: ProvisionedGroup | None, group: Group
) -> ProvisionedGroup:
    return provisioning.put_group(
        session,
        provider,
        row,
        name=group.display_name or "",
        external_id=(group.external_id or "")[:200],
        members=[UUID(str(member.value)) for member in group.members or () if member.value],
        now=now(),
    )


def _schemas() -> list[Schema]:
    return [User.to_schema(), Group.to_schema()]


def _all(kind: type[Any], things: list[Any]) -> Response:
    response = ListResponse[kind](  # type: ignore[valid-type]
        total_results=len(things), items_per_page=len(things), start_index=1, resources=things
    )
    return answer(response.model_dump_json(scim_ctx=Context.RESOURCE_QUERY_RESPONSE))


def _known(things: list[Any], name: str) -> Response:
    for thing in things:
        if thing.id == name:
            return answer(thing.model_dump_json(scim_ctx=Context.RESOURCE_QUERY_RESPONSE))
    raise NotFoundException(detail=f"There is nothing of the name {name[:100]}.")
