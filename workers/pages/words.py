"""What each sign is called, and what to do about it; docs/running.md says more under its name."""

from collections.abc import Mapping

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from workers.signs import Sign

SAID: Mapping[Sign, tuple[Promise, Promise]] = {
    Sign.RELAY_LATE: (
        _("News does not leave"),
        _("No worker of the relay is alive, or all are busy. See the workers below; restart them."),
    ),
    Sign.DELIVERIES_LATE: (
        _("Work is late"),
        _("Workers are too few or stuck. See which queue grows, and add a worker."),
    ),
    Sign.PARKED: (
        _("The system gave up on some work"),
        _("Read the kind of error, mend its cause, then retry it. Nothing is lost meanwhile."),
    ),
    Sign.UNKNOWN_EVENTS: (
        _("News that this release does not know"),
        _("A newer release wrote it. It is delivered by itself once that release runs everywhere."),
    ),
    Sign.JOB_LATE: (
        _("A job has not run"),
        _("See that the scheduler (beat) is alive, and the workers of its queue."),
    ),
    Sign.JOB_BROKE: (
        _("A job broke"),
        _("Look for its name in the log. It is tried again by itself at its next turn."),
    ),
    Sign.WORKER_SILENT: (
        _("Nobody works on a queue"),
        _("Restart the workers of this queue. What waits in the database is not lost."),
    ),
    Sign.BROKER_SILENT: (
        _("The broker does not answer"),
        _("Restart Redis or Valkey. Work waits in the database and goes on by itself."),
    ),
    Sign.QUEUE_LONG: (
        _("A queue grows"),
        _("Add a worker for it, or see which outside service is slow."),
    ),
    Sign.RAIL_SILENT: (
        _("A network or bank is silent"),
        _("Bills wait for it by themselves. Call the provider if it goes on."),
    ),
    Sign.REGISTER_SILENT: (
        _("A register does not answer"),
        _("Cases wait, then go to an officer. Call the register's operators."),
    ),
    Sign.MESSAGES_LATE: (
        _("Messages do not leave"),
        _("Ask the SMS gateway. Codes to sign in go by this way too."),
    ),
    Sign.PAPERS_LATE: (
        _("Papers are not drawn or sealed"),
        _("See the workers for papers, the signing service and the seals of offices."),
    ),
    Sign.STAMPS_LATE: (
        _("Papers have no time stamp yet"),
        _("Ask the timestamp authority. The papers are valid; the stamp follows."),
    ),
    Sign.LISTS_LATE: (
        _("Verifiers get an old list"),
        _("See the key of the trust list, and the workers for papers."),
    ),
    Sign.BOOKS_BROKEN: (
        _("A rule of the data does not hold"),
        _("Stop payouts, run check_invariants, and look at the rows before anything is changed."),
    ),
    Sign.CHECK_LATE: (
        _("The rules have not been checked"),
        _("It is done every hour. See the workers of the slow queue."),
    ),
    Sign.MONEY_ALARMS: (
        _("Alarms about money are open"),
        _("Finance looks into them on its page of alarms and health."),
    ),
    Sign.AUDIT_UNSEALED: (
        _("What was done is not sealed"),
        _("See the workers of the relay queue and AUDIT_KEYS; then run verify_audit."),
    ),
    Sign.OPENINGS: (
        _("Openings of cases wait for somebody"),
        _("Supervisors review them; the data protection officer answers for what was wrong."),
    ),
    Sign.CODES_PUMPED: (
        _("Codes are sent that nobody types"),
        _("Somebody may earn by our messages. Call the SMS gateway about these numbers."),
    ),
    Sign.KEY_ENDS: (
        _("A key ends soon"),
        _("Ask for a new one now: two people and the authority must answer."),
    ),
    Sign.CERTIFICATE_ENDS: (
        _("A certificate ends soon, or cannot be read"),
        _("Put a new one in the file that the variable names, or see why it is not renewed."),
    ),
    Sign.DISK_FULL: (
        _("The disk is nearly full"),
        _("Make room or add some before nothing can be kept any more."),
    ),
    Sign.CONNECTIONS: (
        _("The database has few connections left"),
        _("See which process holds them; lower DATABASE_POOL or raise max_connections."),
    ),
}

JOBS: Mapping[str, Promise] = {
    "workers.sweep": _("Finds what a lost message would have started"),
    "workers.roll_up": _("Keeps sums near to what is posted"),
    "workers.work_slowly": _("Statements, imports and reports"),
    "workers.tidy": _("Lets expire what expires, forgets what need not be kept"),
    "workers.look_after_money": _("Checks the books, watches the networks"),
    "workers.look_after_keys": _("Watches keys and their revocation lists"),
    "workers.measure_times": _("Measures how long procedures really took"),
    "workers.remind_keepers": _("Reminds focal points of pages that wait for their word"),
}
QUEUES: Mapping[str, Promise] = {
    "relay": _("news to its handlers"),
    "paper": _("drawing and sealing papers"),
    "outside": _("networks, registers, messages"),
    "slow": _("statements, reports, hourly checks"),
}
"""What a queue is for; a queue that is not named here is shown by its name alone."""
