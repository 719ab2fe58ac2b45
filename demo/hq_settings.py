"""HQ's settings for the demo and the tests: HQ as it is, with one way to die at the worst moment."""

from hq.settings import *  # noqa: F403
from hq.settings import MIDDLEWARE as _MIDDLEWARE

MIDDLEWARE = ["demo.die_after_commit.DieAfterCommit", *_MIDDLEWARE]
