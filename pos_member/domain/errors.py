"""The two kinds of trouble a person can do something about; everything else is a bug.

Neither holds a sentence: each carries a ``Reason`` and parameters, and ``pos_member.wording`` turns them
into Thai or English in one place (``resources/i18n/reasons.json``).
"""

from __future__ import annotations

from collections.abc import Mapping
from enum import StrEnum


class Reason(StrEnum):
    """Why something was refused or could not be done. The value is the key of the wording."""

    # input
    TEXT_EMPTY = "text_empty"
    TEXT_TOO_LONG = "text_too_long"
    TEXT_NOT_PRINTABLE = "text_not_printable"
    PHONE_INVALID = "phone_invalid"
    DATE_INVALID = "date_invalid"
    AMOUNT_INVALID = "amount_invalid"
    AMOUNT_OUT_OF_RANGE = "amount_out_of_range"
    QUANTITY_OUT_OF_RANGE = "quantity_out_of_range"
    CODE_MISTYPED = "code_mistyped"
    CODE_FOREIGN = "code_foreign"
    PAYLOAD_INVALID = "payload_invalid"
    # members
    MEMBER_UNKNOWN = "member_unknown"
    MEMBER_BLOCKED = "member_blocked"
    PHONE_TAKEN = "phone_taken"
    REFERRER_UNKNOWN = "referrer_unknown"
    REFERRAL_SELF = "referral_self"
    REFERRAL_LATE = "referral_late"
    CONSENT_REQUIRED = "consent_required"
    MEMBER_NUMBERS_SPENT = "member_numbers_spent"
    # products and bills
    PRODUCT_UNKNOWN = "product_unknown"
    BILL_EMPTY = "bill_empty"
    BILL_TOO_LONG = "bill_too_long"
    BILL_UNKNOWN = "bill_unknown"
    BILL_CHANGED = "bill_changed"
    TENDER_SHORT = "tender_short"
    TENDER_EXCESS = "tender_excess"
    TENDER_INVALID = "tender_invalid"
    # points
    POINTS_SHORT = "points_short"
    STAMPS_SHORT = "stamps_short"
    POINTS_NEED_MEMBER = "points_need_member"
    ADJUST_OUT_OF_RANGE = "adjust_out_of_range"
    REASON_REQUIRED = "reason_required"
    # coupons
    COUPON_UNKNOWN = "coupon_unknown"
    COUPON_EXPIRED = "coupon_expired"
    COUPON_NOT_YET = "coupon_not_yet"
    COUPON_USED = "coupon_used"
    COUPON_CANCELLED = "coupon_cancelled"
    COUPON_VOIDED = "coupon_voided"
    COUPON_RESERVED = "coupon_reserved"
    COUPON_OF_OTHER_MEMBER = "coupon_of_other_member"
    COUPON_OTHER_BRANCH = "coupon_other_branch"
    COUPON_MINIMUM = "coupon_minimum"
    COUPON_NO_EFFECT = "coupon_no_effect"
    COUPON_ON_BILL = "coupon_on_bill"
    COUPON_SAME_BILL = "coupon_same_bill"
    COUPON_MINIMUM_QUANTITY = "coupon_minimum_quantity"
    COUPON_QUOTA = "coupon_quota"
    COUPON_LIMIT = "coupon_limit"
    COUPON_NEEDS_MEMBER = "coupon_needs_member"
    COUPON_UNKNOWN_KIND = "coupon_unknown_kind"
    # returns
    RETURN_NOTHING = "return_nothing"
    RETURN_EXCEEDS = "return_exceeds"
    # programs
    PROGRAM_INVALID = "program_invalid"
    PROGRAM_UNKNOWN = "program_unknown"
    PROGRAM_OTHER_KIND = "program_other_kind"
    PROGRAM_STILL_RUNS = "program_still_runs"
    DRAW_NOT_LISTED = "draw_not_listed"
    DRAW_EMPTY = "draw_empty"
    DRAW_HELD = "draw_held"
    TILLS_SILENT = "tills_silent"
    REWARD_NOT_USABLE = "reward_not_usable"
    # people
    PIN_WRONG = "pin_wrong"
    PIN_LOCKED = "pin_locked"
    PIN_WEAK = "pin_weak"
    STAFF_UNKNOWN = "staff_unknown"
    NOT_PERMITTED = "not_permitted"
    OVERRIDE_SELF = "override_self"
    NOT_SIGNED_IN = "not_signed_in"
    SHIFT_NOT_OPEN = "shift_not_open"
    SHIFT_NONE_CLOSED = "shift_none_closed"
    SHIFT_OPEN = "shift_open"
    # the machine
    DISK_FULL = "disk_full"
    DISK_LOW = "disk_low"
    DISK_FAILED = "disk_failed"
    FOLDER_READ_ONLY = "folder_read_only"
    DATABASE_NEWER = "database_newer"
    DATABASE_CORRUPT = "database_corrupt"
    DATABASE_KEY_MISSING = "database_key_missing"
    DATABASE_BUSY = "database_busy"
    ALREADY_RUNNING = "already_running"
    ALREADY_SEEDED = "already_seeded"
    NO_TILL_HERE = "no_till_here"
    DEMO_ONLY = "demo_only"
    SQLITE_UNSOUND = "sqlite_unsound"
    PICTURE_UNREADABLE = "picture_unreadable"
    FILE_NOT_WRITABLE = "file_not_writable"
    FILE_NOT_READABLE = "file_not_readable"
    NO_DISPLAY = "no_display"
    SYSTEM_LIBRARY_MISSING = "system_library_missing"
    # head office and the line
    LINE_DOWN = "line_down"
    PORT_TAKEN = "port_taken"
    ANSWER_NOT_OURS = "answer_not_ours"
    HEADOFFICE_BUSY = "headoffice_busy"
    HEADOFFICE_FAILED = "headoffice_failed"
    HEADOFFICE_NOT_STARTED = "headoffice_not_started"
    HEADOFFICE_REFUSED = "headoffice_refused"
    ENROL_CODE_INVALID = "enrol_code_invalid"
    TILL_REVOKED = "till_revoked"
    TILL_NOT_ENROLLED = "till_not_enrolled"
    TILL_HAS_UNSENT = "till_has_unsent"
    SHOP_NOT_LOADED = "shop_not_loaded"
    SYNC_FORK = "sync_fork"
    SYNC_GAP = "sync_gap"
    BRANCH_UNKNOWN = "branch_unknown"
    SERVER_ADDRESS_INVALID = "server_address_invalid"
    # printers
    PRINTER_UNREACHABLE = "printer_unreachable"
    PRINTER_ADDRESS_INVALID = "printer_address_invalid"
    PRINTER_MODEL_UNKNOWN = "printer_model_unknown"
    PRINTER_PAPER_OUT = "printer_paper_out"
    PRINTER_COVER_OPEN = "printer_cover_open"
    PRINTER_NOT_READING = "printer_not_reading"
    PRINTER_BROKE_OFF = "printer_broke_off"
    PRINTER_SILENT = "printer_silent"
    PRINTER_OFFLINE = "printer_offline"
    PRINTER_CUTTER = "printer_cutter"
    PRINTER_OVERHEATED = "printer_overheated"
    PRINTER_BROKEN = "printer_broken"
    PRINTER_PAPER_LOW = "printer_paper_low"
    PRINTER_WAITS_FOR_PAPER = "printer_waits_for_paper"
    PRINTER_WAITS_FOR_COVER = "printer_waits_for_cover"
    PRINTER_CHANGED = "printer_changed"
    PRINTER_GONE = "printer_gone"
    PRINTER_HELD = "printer_held"
    PRINTER_NO_RIGHTS = "printer_no_rights"
    PRINTER_HANGS = "printer_hangs"
    PRINTER_QUEUE_STOPPED = "printer_queue_stopped"
    PRINTER_QUEUE_FAILED = "printer_queue_failed"
    PRINTER_WAY_MISSING = "printer_way_missing"
    PRINTER_FALLBACK = "printer_fallback"
    PRINTER_UNKNOWN = "printer_unknown"
    PRINTER_NOT_SET_UP = "printer_not_set_up"
    PRINTER_SCRIPT_INVALID = "printer_script_invalid"
    PRINTER_KEY_TWICE = "printer_key_twice"
    PRINTER_FALLBACK_CIRCLE = "printer_fallback_circle"
    PRINTER_DRAWERS = "printer_drawers"
    PRINT_JOB_MOVED_ON = "print_job_moved_on"
    PRINT_JOB_UNDER_WAY = "print_job_under_way"
    PRINT_JOB_STALE = "print_job_stale"
    DRAWER_NONE = "drawer_none"
    DRAWER_TOO_LATE = "drawer_too_late"
    DRAWER_PRACTICE = "drawer_practice"
    FONT_UNFIT = "font_unfit"
    FONT_NOT_HERE = "font_not_here"
    LOGO_UNFIT = "logo_unfit"
    # codes, readers, points after the bill
    CODE_SIGNATURE = "code_signature"
    CODE_KEY_UNKNOWN = "code_key_unknown"
    CODE_OUTDATED = "code_outdated"
    CODE_EARLY = "code_early"
    CODE_REPLAYED = "code_replayed"
    CODE_KEYS_TWO = "code_keys_two"
    CODE_KEY_LAST = "code_key_last"
    CODE_KEY_NOT_LIVE = "code_key_not_live"
    ROTATING_TELLS_TILLS = "rotating_tells_tills"
    ROTATING_OFF = "rotating_off"
    MEMBER_NUMBER_UNKNOWN = "member_number_unknown"
    BARCODE_OURS = "barcode_ours"
    COUPON_ISSUER_UNKNOWN = "coupon_issuer_unknown"
    COUPON_ISSUER_REVOKED = "coupon_issuer_revoked"
    COUPON_DEFINITION_UNKNOWN = "coupon_definition_unknown"
    REDEEM_NEEDS_CODE = "redeem_needs_code"
    BADGE_UNKNOWN = "badge_unknown"
    SCAN_NOT_HERE = "scan_not_here"
    READER_TOO_SLOW = "reader_too_slow"
    READER_UNCLEAR = "reader_unclear"
    READER_ABSENT = "reader_absent"
    READER_BUSY = "reader_busy"
    READER_NO_RIGHTS = "reader_no_rights"
    CLAIM_OTHER_DAY = "claim_other_day"
    CLAIM_HAS_MEMBER = "claim_has_member"
    CLAIM_DONE = "claim_done"
    CLAIM_RETURNED = "claim_returned"
    CLAIM_OFF = "claim_off"
    CLAIM_NOTHING = "claim_nothing"
    CLAIM_ELSEWHERE = "claim_elsewhere"
    TEXT_MODE_UNPROVED = "text_mode_unproved"
    PROMPTPAY_INVALID = "promptpay_invalid"
    PAPER_NOT_DRAWN = "paper_not_drawn"
    TEMPLATE_INVALID = "template_invalid"
    TEMPLATE_UNFIT = "template_unfit"
    TEMPLATE_LACKS = "template_lacks"
    FONTS_MISSING = "fonts_missing"


class PosMemberError(Exception):
    """Something a person is told in words: ``reason`` picks the sentence, ``params`` fill it."""

    def __init__(self, reason: Reason, **params: object) -> None:
        super().__init__(reason.value, params)
        self.reason = reason
        self.params: Mapping[str, object] = params

    def __str__(self) -> str:
        """For logs: ``text`` is what a person typed, maybe a name or a phone, and is only counted."""
        inside = ", ".join(f"{name}={self._shown(name, value)}" for name, value in self.params.items())
        return f"{self.reason.value}({inside})"

    @staticmethod
    def _shown(name: str, value: object) -> str:
        return f"<{len(value)} characters>" if name == "text" and isinstance(value, str) else repr(value)


class Refusal(PosMemberError):
    """A rule of the shop says no. Shown to the cashier; not logged as an error."""


class EnvironmentProblem(PosMemberError):
    """Disk, line, printer, database: shown with what to do next, logged, and tried again."""
