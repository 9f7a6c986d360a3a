"""The demonstration for tools that attack from outside: `python -m tests.probing -- COMMAND`.

Serves a copy on this machine, with a directory's token and a signing secret of Stripe's, and runs
the command with SITE, TOKEN, ADMINISTRATOR, FINANCE and SELLER (their cookies) in its environment.
"""

import os
import subprocess
import sys
import tempfile
from dataclasses import replace
from pathlib import Path

from sqlalchemy import select

from models import provisioning
from models.federation import IdentityProvider
from models.people import Person
from portal import database
from portal.clock import now
from tests.browser.site import Site, make_demo, served

WHO = {
    "ADMINISTRATOR": "administrator@adventure-works.example",
    "FINANCE": "finance@adventure-works.example",
    "SELLER": "seller@enterprise-center.example",
}


def main(command: list[str]) -> int:
    with tempfile.TemporaryDirectory() as folder:
        demo = make_demo(Path(folder))
        with served(Path(folder), demo) as site:
            settings = replace(site.app.extensions["settings"], stripe_webhook_secret="whsec_probe")
            site.app.extensions["settings"] = settings
            cookies = {name: _cookie(site, email) for name, email in WHO.items()}
            said = os.environ | cookies | {"SITE": site.url, "TOKEN": _token(site)}
            return subprocess.run(command, env=said, check=False).returncode


def _cookie(site: Site, email: str) -> str:
    made = site.cookie(email)
    return f"{made['name']}={made['value']}"


def _token(site: Site) -> str:
    """Of the one company of the demonstration that has a directory."""
    with site.app.app_context(), database.transaction() as session:
        provider = session.scalars(select(IdentityProvider)).one()
        provider.is_active = True
        kim = session.scalars(select(Person).where(Person.email == WHO["ADMINISTRATOR"])).one()
        return provisioning.new_token(
            session, provider, name="probe", may_write=True, by=kim.actor(), now=now()
        )


if __name__ == "__main__":
    sys.exit(main(sys.argv[sys.argv.index("--") + 1 :]))
