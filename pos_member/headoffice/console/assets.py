"""The console's style sheet and fonts: from our own address, cached for as long as they do not change."""

from __future__ import annotations

import gzip
import hashlib
import tomllib
from functools import cache
from pathlib import Path

from fastapi import APIRouter, Request, Response

from pos_member.config import fonts_folder, resource

_HERE = Path(__file__).parent
#: CSS weight → file. Where a file is missing the reader's own Thai font stands in.
_FONTS = {
    400: "IBMPlexSansThai_400Regular.ttf",
    600: "IBMPlexSansThai_600SemiBold.ttf",
    700: "IBMPlexSansThai_700Bold.ttf",
}
_FOREVER = "public, max-age=31536000, immutable"
_BRIEFLY = "public, max-age=300"
_TOKENS = ("space", "radius", "type", "touch")


@cache
def stylesheet() -> str:
    """The console's CSS on the tokens of ``resources/theme.toml``: each becomes a custom property, light and dark."""
    tokens = tomllib.loads(resource("theme.toml").read_text(encoding="utf-8"))
    lengths = "".join(
        f"--{table}-{name.replace('_', '-')}:{value}px;" for table in _TOKENS for name, value in tokens[table].items()
    )
    light, dark = (
        "".join(f"--{name.replace('_', '-')}:{value};" for name, value in tokens[scheme].items())
        for scheme in ("light", "dark")
    )
    own = (_HERE / "console.css").read_text(encoding="utf-8")
    return (
        f"{_font_faces()}:root{{{lengths}{light}}}\n@media (prefers-color-scheme: dark){{:root{{{dark}}}}}\n"
        f"@media print{{:root{{{light}}}}}\n{own}"
    )


@cache
def font_addresses() -> dict[int, str]:
    """Where a page finds the fonts that are there: ``{weight: address}``."""
    found = ((weight, name, _font(name)) for weight, name in _FONTS.items())
    return {weight: f"/fonts/{name}?v={_version(font)}" for weight, name, font in found if font is not None}


def _font_faces() -> str:
    return "".join(
        f'@font-face{{font-family:"IBM Plex Sans Thai";font-weight:{weight};font-display:swap;'
        f'src:url("{address}") format("truetype")}}\n'
        for weight, address in font_addresses().items()
    )


@cache
def _font(name: str) -> bytes | None:
    """A font compressed, for it is sent so; ``None`` where it is not one of ours or was not set up."""
    path = fonts_folder() / name
    return gzip.compress(path.read_bytes(), mtime=0) if name in _FONTS.values() and path.is_file() else None


def _version(content: bytes) -> str:
    return hashlib.sha256(content).hexdigest()[:12]


@cache
def stylesheet_address() -> str:
    """Where a page finds the style sheet; another one has another address."""
    return f"/console.css?v={_version(stylesheet().encode())}"


def asset_routes() -> APIRouter:
    """Style sheet and fonts, for anyone: they say nothing about the shop."""
    router = APIRouter(include_in_schema=False)

    def sent(request: Request, content: bytes, media_type: str, **headers: str) -> Response:
        known = request.query_params.get("v") == _version(content)
        headers |= {"Cache-Control": _FOREVER if known else _BRIEFLY, "X-Content-Type-Options": "nosniff"}
        return Response(content, media_type=media_type, headers=headers)

    @router.get("/console.css")
    def css(request: Request) -> Response:
        return sent(request, stylesheet().encode(), "text/css")

    @router.get("/fonts/{name}")
    def font(request: Request, name: str) -> Response:
        content = _font(name)
        if content is None:
            return Response(status_code=404, headers={"Cache-Control": "no-store"})
        return sent(request, content, "font/ttf", **{"Content-Encoding": "gzip"})

    return router
