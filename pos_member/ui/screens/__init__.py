"""The screens of the till: name → where its class is. Imported when first opened, to keep the start fast."""

from __future__ import annotations

SCREENS: dict[str, str] = {
    "sign_in": "pos_member.ui.screens.sign_in:SignInScreen",
    "sell": "pos_member.ui.screens.sell:SellScreen",
    "enrol": "pos_member.ui.screens.enrol:EnrolScreen",
}
