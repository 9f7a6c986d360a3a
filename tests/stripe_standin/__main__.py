"""A stand-in on a port of its own: python -m tests.stripe_standin PORT [eur=100000 …] [accounts=9].

Prints its address, then the id of each account that is ready to be paid.
"""

import sys
from datetime import UTC, datetime

from tests.stripe_standin import StandIn, World

port, *said = sys.argv[1:] or ["12111"]
standin = StandIn(World(datetime.now(UTC)), port=int(port))
print(standin.url, flush=True)
for word in said:
    name, count = word.split("=")
    if name == "accounts":
        print(*(standin.world.active_account() for _ in range(int(count))), flush=True)
    else:
        standin.world.fund(name, int(count))
standin.serve_forever()
