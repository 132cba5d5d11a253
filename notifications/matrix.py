"""The matrix of notifications: which kinds there are for whom, what comes by default, what nobody can switch off."""

from dataclasses import dataclass

from notifications.choices import Channel, Mode, Topic

MODES = {Channel.EMAIL: (Mode.NOW, Mode.DIGEST, Mode.OFF), Channel.INBOX: (Mode.NOW, Mode.OFF)}


@dataclass(frozen=True)
class Line:
    """One kind: how it comes unless its reader says otherwise. `has_digest`: worth reading a day later;
    `has_must`: for some people in some cases it comes whatever they chose (rules.py says when)."""

    topic: Topic
    email: Mode = Mode.NOW
    inbox: Mode = Mode.NOW
    has_digest: bool = True
    has_must: bool = False

    def default(self, channel: str) -> Mode:
        """How it comes through this channel where nothing else was chosen."""
        return self.inbox if channel == Channel.INBOX else self.email

    def modes(self, channel: str) -> tuple[Mode, ...]:
        """What may be chosen for this channel."""
        known = MODES[Channel(channel)]
        return known if self.has_digest else tuple(one for one in known if one != Mode.DIGEST)


DESK = (
    Line(Topic.ASSIGNED),
    Line(Topic.REPLIED),
    Line(Topic.MOVED),
    Line(Topic.MENTIONED),
    Line(Topic.WATCHED),
    Line(Topic.TEAM_NEW, email=Mode.OFF),
    Line(Topic.TASK),
    Line(Topic.CLOCK, has_must=True),
    Line(Topic.ESCALATED, has_must=True),
    Line(Topic.MAJOR, has_must=True),
    Line(Topic.QUALITY),
)
PORTAL = (
    Line(Topic.RECEIPT, inbox=Mode.OFF),
    Line(Topic.ANSWER, inbox=Mode.OFF),
    Line(Topic.RESOLVED, inbox=Mode.OFF),
    Line(Topic.CLOSED, inbox=Mode.OFF),
    Line(Topic.SURVEY, inbox=Mode.OFF, has_digest=False),
)
LINES = {one.topic: one for one in (*DESK, *PORTAL)}


def channels(line: Line) -> tuple[Channel, ...]:
    """The channels of a line: the portal has no inbox."""
    return (Channel.EMAIL,) if line in PORTAL else (Channel.EMAIL, Channel.INBOX)
