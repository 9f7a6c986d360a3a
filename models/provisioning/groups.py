"""Groups of a directory: who is in them, and the roles that follow from it."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from sqlalchemy import delete, select
from sqlalchemy.orm import Session

from models import audit, federation
from models.base import lock
from models.errors import Refused
from models.federation import IdentityProvider
from models.people import Person
from models.provisioning.operations import directory
from models.provisioning.queries import person_in
from models.provisioning.rules import Taken
from models.provisioning.tables import GroupMembership, ProvisionedGroup


def groups_in(session: Session, provider: IdentityProvider) -> list[ProvisionedGroup]:
    return list(
        session.scalars(
            select(ProvisionedGroup)
            .where(ProvisionedGroup.provider_id == provider.id)
            .order_by(ProvisionedGroup.created_at, ProvisionedGroup.id)
        )
    )


def group_of(
    session: Session, provider: IdentityProvider, group_id: UUID
) -> ProvisionedGroup | None:
    group = session.get(ProvisionedGroup, group_id)
    return group if group is not None and group.provider_id == provider.id else None


def members_of(session: Session, group_id: UUID) -> list[UUID]:
    return list(
        session.scalars(
            select(GroupMembership.person_id)
            .where(GroupMembership.group_id == group_id)
            .order_by(GroupMembership.person_id)
        )
    )


def put_group(
    session: Session,
    provider: IdentityProvider,
    group: ProvisionedGroup | None,
    *,
    name: str,
    external_id: str,
    members: list[UUID],
    now: datetime,
) -> ProvisionedGroup:
    """Make a group (None: a new one) as the directory wants it; roles follow at once."""
    lock(session, provider)
    same = select(ProvisionedGroup.id).where(
        ProvisionedGroup.provider_id == provider.id, ProvisionedGroup.name == name
    )
    taken = session.scalars(same).first()
    if taken is not None and (group is None or taken != group.id):
        raise Taken(name)
    if group is None:
        group = ProvisionedGroup(provider_id=provider.id, created_at=now)
        session.add(group)
    group.name, group.external_id, group.changed_at = name[:200], external_id, now
    session.flush()
    before = set(members_of(session, group.id))
    for person_id in members:
        if person_in(session, provider, person_id) is None:
            raise Refused(f"There is no user {person_id}.")
    session.execute(delete(GroupMembership).where(GroupMembership.group_id == group.id))
    for person_id in sorted(set(members)):
        session.add(GroupMembership(group_id=group.id, person_id=person_id))
    session.flush()
    audit.record(session, directory(provider), "group kept by directory", group, now=now)
    _follow(session, provider, set(members), now)
    _follow(session, provider, before - set(members), now, left=group.name)
    return group


def remove_group(
    session: Session, provider: IdentityProvider, group: ProvisionedGroup, *, now: datetime
) -> None:
    before = set(members_of(session, group.id))
    session.execute(delete(GroupMembership).where(GroupMembership.group_id == group.id))
    audit.record(session, directory(provider), "group removed by directory", group, now=now)
    name = group.name
    session.delete(group)
    session.flush()
    _follow(session, provider, before, now, left=name)


def _follow(
    session: Session,
    provider: IdentityProvider,
    person_ids: set[UUID],
    now: datetime,
    *,
    left: str = "",
) -> None:
    for person_id in sorted(person_ids):
        names = session.scalars(
            select(ProvisionedGroup.name)
            .join(GroupMembership, GroupMembership.group_id == ProvisionedGroup.id)
            .where(
                GroupMembership.person_id == person_id,
                ProvisionedGroup.provider_id == provider.id,
            )
        ).all()
        person = session.get_one(Person, person_id)
        federation.follow_groups(session, provider, names, person, now=now, left=left)
