"""Head office's tables. Portable SQL: SQLite by default, PostgreSQL by URL.

Keys of till-keyed tables begin with the till, keys of member-keyed tables with the member, those of coupons with the
code: so they can be spread over machines. Times are ISO 8601 text in UTC with ``Z``, dates ISO text: they sort,
compare and read the same in every database. Nothing orders by a database sequence.
"""

from __future__ import annotations

from pos_member.headoffice.schema_base import SCHEMA_VERSION as SCHEMA_VERSION
from pos_member.headoffice.schema_base import metadata as metadata
from pos_member.headoffice.schema_feed import exception as exception
from pos_member.headoffice.schema_feed import feed as feed
from pos_member.headoffice.schema_members import account as account
from pos_member.headoffice.schema_members import consent as consent
from pos_member.headoffice.schema_members import coupon as coupon
from pos_member.headoffice.schema_members import coupon_event as coupon_event
from pos_member.headoffice.schema_members import member as member
from pos_member.headoffice.schema_members import point_entry as point_entry
from pos_member.headoffice.schema_reference import catalogue as catalogue
from pos_member.headoffice.schema_reference import code_key as code_key
from pos_member.headoffice.schema_reference import enrol_code as enrol_code
from pos_member.headoffice.schema_reference import enrol_failure as enrol_failure
from pos_member.headoffice.schema_reference import feed_head as feed_head
from pos_member.headoffice.schema_reference import office_act as office_act
from pos_member.headoffice.schema_reference import office_run as office_run
from pos_member.headoffice.schema_reference import rule_book as rule_book
from pos_member.headoffice.schema_reference import setting as setting
from pos_member.headoffice.schema_sync import applied as applied
from pos_member.headoffice.schema_sync import coupon_hold as coupon_hold
from pos_member.headoffice.schema_sync import day_certificate as day_certificate
from pos_member.headoffice.schema_sync import denied as denied
from pos_member.headoffice.schema_sync import effect as effect
from pos_member.headoffice.schema_sync import event_again as event_again
from pos_member.headoffice.schema_sync import lease as lease
from pos_member.headoffice.schema_sync import outgoing as outgoing
from pos_member.headoffice.schema_sync import revision as revision
from pos_member.headoffice.schema_sync import snapshot as snapshot
from pos_member.headoffice.schema_sync import spending_right as spending_right
from pos_member.headoffice.schema_sync import spending_use as spending_use
from pos_member.headoffice.schema_sync import till_epoch as till_epoch
from pos_member.headoffice.schema_sync import till_number as till_number
from pos_member.headoffice.schema_tills import audit as audit
from pos_member.headoffice.schema_tills import bill as bill
from pos_member.headoffice.schema_tills import bill_claim as bill_claim
from pos_member.headoffice.schema_tills import bill_program as bill_program
from pos_member.headoffice.schema_tills import bill_return as bill_return
from pos_member.headoffice.schema_tills import event as event
from pos_member.headoffice.schema_tills import quarantine as quarantine
from pos_member.headoffice.schema_tills import quota as quota
from pos_member.headoffice.schema_tills import shift as shift
from pos_member.headoffice.schema_tills import tally as tally
from pos_member.headoffice.schema_tills import till as till
