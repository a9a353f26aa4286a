"""A worker that was asked to end ends, whatever its pool waits for."""

import signal
import subprocess
import sys

from django.conf import settings

HANGS = """
import os, time
from celery import signals
from config import celery

celery.ENDS_WITHIN_SECONDS = 0.2
if os.fork() == 0:
    time.sleep(600)
signals.worker_shutting_down.send(sender=None)
os.wait()
"""


def test_a_worker_that_hangs_while_it_ends_is_ended_with_all_that_it_forked():
    hanging = subprocess.Popen(
        [sys.executable, "-c", HANGS],
        cwd=settings.BASE_DIR,
        start_new_session=True,
        stdout=subprocess.PIPE,
    )
    # The pipe ends with the last process that holds it.
    hanging.communicate(timeout=120)
    assert hanging.returncode == -signal.SIGKILL
