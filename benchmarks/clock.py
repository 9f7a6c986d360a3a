"""What a measurement takes: by the clock, of our processor, of the server's, and of memory."""

from __future__ import annotations

import os
import resource
import time
from pathlib import Path

import click
from sqlalchemy import Engine, text


class Clock:
    """Seconds by the clock, of our processor time, and of the server's that works for us."""

    def __init__(self, engine: Engine) -> None:
        self._engine = engine
        self._processes: dict[int, float] = {}
        self._processes = self._spent()
        self._started = self._now()

    def read(self) -> tuple[float, float, float]:
        now = self._now()
        return (now[0] - self._started[0], now[1] - self._started[1], now[2] - self._started[2])

    def _now(self) -> tuple[float, float, float]:
        return time.perf_counter(), time.process_time(), self._of_server()

    def _of_server(self) -> float:
        """Of its processes behind our connections, since the beginning."""
        return sum(
            spent - self._processes.get(process, 0.0) for process, spent in self._spent().items()
        )

    def _spent(self) -> dict[int, float]:
        if self._engine.dialect.name == "sqlite":
            return {}
        with self._engine.connect() as connection:
            found = connection.scalars(
                text("SELECT pid FROM pg_stat_activity WHERE datname = current_database()")
            )
            return {process: _seconds_of(process) for process in found}


def _seconds_of(process: int) -> float:
    told = Path(f"/proc/{process}/stat").read_text().rsplit(")", 1)[1].split()
    return (int(told[11]) + int(told[12])) / os.sysconf("SC_CLK_TCK")


def say(what: str, lines: int, told: tuple[float, float, float]) -> None:
    clock, mine, server = told
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    rate_of = f"{lines / mine:,.0f} lines a second of it" if mine > 0.5 else ""
    click.echo(
        f"  {what} in {clock:.1f} s; our processor {mine:.1f} s {rate_of}, the server's "
        f"{server:.1f} s; peak memory {peak:,.0f} MiB"
    )
