"""Provisioning: a company's directory adds, changes and removes its own people by SCIM 2.0.

A token belongs to one company's identity provider.  Who is deactivated there is out at once.
"""

from models.provisioning.groups import (
    group_of,
    groups_in,
    members_of,
    put_group,
    remove_group,
)
from models.provisioning.operations import end_token, hold, new_token, put_person, remove
from models.provisioning.queries import attributes_of, people_in, person_in, recognised, tokens_of
from models.provisioning.rules import Wanted
from models.provisioning.tables import ProvisionedGroup, ProvisionedPerson, ScimToken

__all__ = [
    "ProvisionedGroup",
    "ProvisionedPerson",
    "ScimToken",
    "Wanted",
    "attributes_of",
    "end_token",
    "group_of",
    "groups_in",
    "hold",
    "members_of",
    "new_token",
    "people_in",
    "person_in",
    "put_group",
    "put_person",
    "recognised",
    "remove",
    "remove_group",
    "tokens_of",
]
