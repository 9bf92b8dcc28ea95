"""``/v1/rights``, ``/v1/redeem``, ``/v1/members``: what a till asks while its line is up."""

from typing import Annotated

from fastapi import APIRouter, Depends, Query, Request, Response

from pos_member.headoffice.bodies import read_json
from pos_member.headoffice.online import Online
from pos_member.headoffice.routes.describing import described
from pos_member.headoffice.routes.till_api import Body, _encoding, answer, holder_of
from pos_member.headoffice.service import HeadOffice
from pos_member.sync.protocol import ErrorCode
from pos_member.sync.protocol_rights import MembersAnswer, RedeemAnswer, RedeemRequest, RightsAnswer, RightsRequest

_ASKED_MAX = 400
_RIGHTS = described(RightsRequest, RightsAnswer, [ErrorCode.REVOKED, ErrorCode.EPOCH])
_REDEEM = described(RedeemRequest, RedeemAnswer, [ErrorCode.REVOKED, ErrorCode.EPOCH])
_MEMBERS = described(None, MembersAnswer, [ErrorCode.MALFORMED, ErrorCode.REVOKED, ErrorCode.RATE_LIMITED])


def rights_routes(office: HeadOffice) -> APIRouter:
    """The online calls on ``office``."""
    router = APIRouter(prefix="/v1", tags=["till"])
    online = Online(office)

    # Named before the body in every signature: nobody's bytes are read before it is known whose they are.
    Holder = Annotated[str, Depends(holder_of(office))]
    Asked = Annotated[str, Query(max_length=_ASKED_MAX)]

    @router.post("/rights", openapi_extra=_RIGHTS)
    def rights(request: Request, till_id: Holder, body: Body) -> Response:
        """Members identified here, rights given back → the rights this till holds over them."""
        return answer(request, online.rights(till_id, read_json(RightsRequest, body, _encoding(request))))

    @router.post("/redeem", openapi_extra=_REDEEM)
    def redeem(request: Request, till_id: Holder, body: Body) -> Response:
        """Points and coupons for one bill, once however often it is asked."""
        return answer(request, online.redeem(till_id, read_json(RedeemRequest, body, _encoding(request))))

    @router.get("/members", openapi_extra=_MEMBERS)
    def members(request: Request, till_id: Holder, number: Asked = "", phone: Asked = "", code: Asked = "") -> Response:
        """A member by exactly this number or phone, or by a scanned code, as changes of the feed."""
        return answer(request, online.members(till_id, number=number, phone=phone, code=code))

    return router
