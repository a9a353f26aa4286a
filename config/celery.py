"""
Celery, tuned for a broker that may vanish: it only hurries what PostgreSQL remembers.

Settings by trial (docs/decisions/0004): a publish to a dead broker returns at once, a killed
worker's task may be lost (the sweep finds the row), and nothing is scheduled ahead in the broker.
"""

import os
import signal
import sys
from threading import Timer
from typing import Any

from celery import Celery, signals
from django.conf import settings
from django.db import close_old_connections, connections
from kombu import Queue

from config import tracing
from workers import pulses

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")

app = Celery("guichet")
app.conf.update(
    broker_url=settings.REDIS_URL,
    broker_connection_retry_on_startup=True,
    broker_connection_max_retries=None,
    # A broker that hangs holds a page for 3 s at most; one that is gone, for nothing.
    broker_transport_options={
        "max_retries": 0,
        "socket_connect_timeout": 1,
        "socket_timeout": 3,
        "visibility_timeout": 3600,
    },
    task_publish_retry=False,
    task_ignore_result=True,
    task_acks_late=True,
    task_reject_on_worker_lost=False,
    worker_prefetch_multiplier=1,
    worker_hijack_root_logger=False,
    # A line of JSON stays one: Celery would log it as the words of another.
    worker_redirect_stdouts=False,
    worker_concurrency=2,
    task_default_queue="relay",
    task_queues=[Queue("relay"), Queue("paper"), Queue("outside"), Queue("slow")],
    task_time_limit=60,
    # A hint that waited a minute is worth nothing: the sweep has been there.
    task_default_expires=60,
    beat_schedule={
        "sweep": {"task": "workers.sweep", "schedule": 2.0, "options": {"expires": 5}},
        "tidy": {"task": "workers.tidy", "schedule": 60.0, "options": {"expires": 60}},
        "look_after_money": {
            "task": "workers.look_after_money",
            "schedule": 3600.0,
            "options": {"expires": 600, "queue": "slow"},
        },
        "look_after_keys": {
            "task": "workers.look_after_keys",
            "schedule": 3600.0,
            "options": {"expires": 600, "queue": "slow"},
        },
        "measure_times": {
            "task": "workers.measure_times",
            "schedule": 3600.0,
            "options": {"expires": 600, "queue": "slow"},
        },
        "remind_keepers": {
            "task": "workers.remind_keepers",
            "schedule": 3600.0,
            "options": {"expires": 600, "queue": "slow"},
        },
        "roll_up": {"task": "workers.roll_up", "schedule": 5.0, "options": {"expires": 5}},
        "work_slowly": {
            "task": "workers.work_slowly",
            "schedule": 3.0,
            "options": {"expires": 5, "queue": "slow"},
        },
    },
    timezone="UTC",
    # Celery would end the connection around each task, and PostgreSQL pays more for a new one than
    # for most tasks: `give_back_connections` does what the end of a request does instead.
    CELERY_DB_REUSE_MAX=sys.maxsize,
)
app.autodiscover_tasks(["workers"])


@signals.task_prerun.connect
@signals.task_postrun.connect
def give_back_connections(**_more: Any) -> None:
    """Leave the connection to the pool, which proves it before it lends it again."""
    close_old_connections()


@signals.worker_process_init.connect
def trace_tasks(**_more: Any) -> None:
    """In each process of its own: a fork would have the exporter without its thread."""
    tracing.start()


@signals.worker_before_create_process.connect
def leave_no_pool(**_more: Any) -> None:
    """End what the parent has opened: a fork would have the pool without its threads."""
    for connection in connections.all(initialized_only=True):
        connection.close()
        connection.close_pool()  # type: ignore[attr-defined]  # PostgreSQL's alone has one.


@signals.task_postrun.connect
def show_life(task: Any = None, state: str = "", **_more: Any) -> None:
    """Note that this job ran and that its queue has a worker: the operators' board tells it."""
    if state == "SUCCESS":
        pulses.worked(task=task.name, queue=(task.request.delivery_info or {}).get("routing_key"))


@signals.task_failure.connect
def show_trouble(sender: Any = None, exception: Exception | None = None, **_more: Any) -> None:
    pulses.broke(sender.name, type(exception).__name__)


ENDS_WITHIN_SECONDS = 30.0


@signals.worker_shutting_down.connect
def end_for_certain(**_more: Any) -> None:
    """
    End a worker that was asked to end and does not, with all that it has forked.

    Its pool may wait for ever for a process that is still writing to it, and where the supervisor
    is gone nobody else would end it. What it was doing is a row, whose lease runs out.
    """
    if os.getpgrp() == os.getpid() > 1:
        guard = Timer(ENDS_WITHIN_SECONDS, os.killpg, (os.getpgrp(), signal.SIGKILL))
        guard.daemon = True
        guard.start()
