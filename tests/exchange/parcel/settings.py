"""The settings of a real node that knows the test documents too."""

from somec.node.settings import *  # noqa: F403
from somec.node.settings import INSTALLED_APPS

INSTALLED_APPS = [*INSTALLED_APPS, "exchange.parcel"]
