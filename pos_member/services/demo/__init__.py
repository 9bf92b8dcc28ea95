"""Demo data: a made-up organisation with made-up members, the same on every machine.

Everything is a function of a seed. Nobody in it exists: names are put together from lists, phones and numbers are
counted, and no message is ever sent to a demo member.
"""

from pos_member.services.demo.catalogue import DemoCatalogue, demo_catalogue
from pos_member.services.demo.ids import DEMO_BLOCK_TILL, DEMO_SEED
from pos_member.services.demo.members import DEMO_MEMBERS_MAX, DemoMember, demo_members

__all__ = [
    "DEMO_BLOCK_TILL",
    "DEMO_MEMBERS_MAX",
    "DEMO_SEED",
    "DemoCatalogue",
    "DemoMember",
    "demo_catalogue",
    "demo_members",
]
