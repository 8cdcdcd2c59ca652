"""An analyst in this process, with a worker of vectors; it may be away."""

from collections.abc import Mapping
from pathlib import Path
from typing import Any

from bot.ports.analyst import Ability, Job, Unavailable
from config.settings import load_settings
from storage.vectors import connect
from storage.vectors.worker import VectorsWorker


class Here:
    def __init__(self, worker: VectorsWorker) -> None:
        self.worker, self.away = worker, False
        self.jobs: list[Job] = []

    @classmethod
    def at(cls, folder: Path) -> "Here":
        settings = load_settings({"MUSTER_ENV": "dev", "MUSTER_KNOWLEDGE__EMBEDDING": "hash"})
        worker = connect(settings, folder)
        assert worker is not None
        return cls(worker)

    def facts(self, ability: Ability) -> Mapping[str, Any] | None:
        return self.worker.facts() if ability is Ability.VECTORS else None

    async def do(self, job: Job) -> Mapping[str, Any]:
        self.jobs.append(job)
        if self.away:
            raise Unavailable
        return await self.worker.do(job.kind.partition(".")[2], job.body, job.seconds)
