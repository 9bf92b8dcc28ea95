"""The screens of the till: name → where its class is. Imported when first opened, to keep the start fast."""

from __future__ import annotations

SCREENS: dict[str, str] = {
    "sign_in": "pos_member.ui.screens.sign_in:SignInScreen",
    "help": "pos_member.ui.screens.help:HelpScreen",
    "enrol": "pos_member.ui.screens.enrol:EnrolScreen",
    "find": "pos_member.ui.screens.find:FindScreen",
    "return": "pos_member.ui.screens.returns:ReturnsScreen",
    "claim": "pos_member.ui.screens.claim:ClaimScreen",
    "report": "pos_member.ui.screens.report:ReportScreen",
    "reprint": "pos_member.ui.screens.papers:PapersScreen",
    "print_jobs": "pos_member.ui.screens.papers:PrintJobsScreen",
    "coupons": "pos_member.ui.screens.coupons:CouponsScreen",
    "adjust": "pos_member.ui.screens.adjust:AdjustScreen",
    "shift": "pos_member.ui.screens.shift:ShiftScreen",
    "drawer": "pos_member.ui.screens.drawer:DrawerScreen",
    "sync": "pos_member.ui.screens.sync_panel:SyncScreen",
    "stick": "pos_member.ui.screens.stick:StickScreen",
    "line": "pos_member.ui.screens.line:LineScreen",
    "templates": "pos_member.ui.screens.templates:TemplatesScreen",
    "settings": "pos_member.ui.screens.settings:SettingsScreen",
    "readers": "pos_member.ui.screens.readers:ReadersScreen",
    "printers": "pos_member.ui.screens.printers:PrintersScreen",
    "printer_wizard": "pos_member.ui.printers.wizard:PrinterWizardScreen",
}
