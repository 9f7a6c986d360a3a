"""`make bench`: every measurement, one after another, each in a process of its own."""

import subprocess
import sys

MEASUREMENTS = (
    "deals_list",
    "commissions",
    "customers",
    "payouts",
    "queue",
    "statements",
    "territories",
)

for name in MEASUREMENTS:
    subprocess.run([sys.executable, "-m", f"benchmarks.{name}"], check=True)
