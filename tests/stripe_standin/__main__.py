"""Serve on a port of one's own: python -m tests.stripe_standin 12111 [eur=100000 …]."""

import sys

from tests.stripe_standin import StandIn

port, *funds = sys.argv[1:] or ["12111"]
standin = StandIn(port=int(port))
for fund in funds:
    currency, amount = fund.split("=")
    standin.world.fund(currency, int(amount))
print(standin.url, flush=True)
standin.serve_forever()
