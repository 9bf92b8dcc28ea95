"""Two independent decoders on a printed paper."""

from __future__ import annotations

from pathlib import Path

import cv2
import numpy as np
import zxingcpp
from pyzbar import pyzbar


def read_both(path: Path) -> tuple[set[str], set[str]]:
    """What zxing-cpp and zbar read on a picture."""
    grey = cv2.imread(str(path), cv2.IMREAD_GRAYSCALE)
    by_zxing = {found.text for found in zxingcpp.read_barcodes(grey)}
    symbols = [pyzbar.ZBarSymbol.QRCODE, pyzbar.ZBarSymbol.EAN13, pyzbar.ZBarSymbol.CODE128]
    by_zbar = {found.data.decode() for found in pyzbar.decode(grey, symbols=symbols)}
    return by_zxing, by_zbar


def qr_by_both(grey: np.ndarray) -> tuple[set[str], set[str]]:
    """The QR codes that zxing-cpp and zbar see in a grey picture."""
    by_zxing = {found.text for found in zxingcpp.read_barcodes(grey, formats=zxingcpp.BarcodeFormat.QRCode)}
    by_zbar = {found.data.decode() for found in pyzbar.decode(grey, symbols=[pyzbar.ZBarSymbol.QRCODE])}
    return by_zxing, by_zbar
