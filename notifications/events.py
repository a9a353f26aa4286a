"""What can become of a message. The subject of each is the message's id."""

from dataclasses import dataclass

from kernel.events import Event


@dataclass(frozen=True, kw_only=True)
class MessageQueued(Event):
    """It waits to be sent: for the first time, or again after a try that surely did not leave."""

    name = "notifications.message.queued"


@dataclass(frozen=True, kw_only=True)
class MessageSending(Event):
    name = "notifications.message.sending"


@dataclass(frozen=True, kw_only=True)
class MessageSent(Event):
    """The gateway has accepted it."""

    name = "notifications.message.sent"


@dataclass(frozen=True, kw_only=True)
class MessageDelivered(Event):
    """The gateway says that the handset has it."""

    name = "notifications.message.delivered"


@dataclass(frozen=True, kw_only=True)
class MessageFailed(Event):
    """It did not arrive and will not be tried again on this channel."""

    name = "notifications.message.failed"


@dataclass(frozen=True, kw_only=True)
class MessageUnknown(Event):
    """It may have left. It is asked after, never sent again."""

    name = "notifications.message.unknown"
