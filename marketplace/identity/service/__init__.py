"""The verbs about people: join, sign in and out, recover, hold roles."""

from marketplace.identity.service.mailing import Post, read_confirmation, read_reset
from marketplace.identity.service.proving import is_proved, prove, require_proof
from marketplace.identity.service.recovery import change_password, request_reset, reset_password
from marketplace.identity.service.registration import (
    Arrival,
    change_settings,
    change_theme,
    confirm_email,
    join,
    register,
    resend_confirmation,
)
from marketplace.identity.service.roles import grant, revoke
from marketplace.identity.service.sign_ins import (
    SignedIn,
    act_as,
    end_all_sign_ins,
    end_other_sign_ins,
    end_sign_in,
    forget,
    live_sign_ins,
    open_sign_in,
    sign_in,
    sign_out,
)
from marketplace.identity.service.visitors import NOBODY, Visitor, touch, visitor

__all__ = [
    "NOBODY",
    "Arrival",
    "Post",
    "SignedIn",
    "Visitor",
    "act_as",
    "change_password",
    "change_settings",
    "change_theme",
    "confirm_email",
    "end_all_sign_ins",
    "end_other_sign_ins",
    "end_sign_in",
    "forget",
    "grant",
    "is_proved",
    "join",
    "live_sign_ins",
    "open_sign_in",
    "prove",
    "read_confirmation",
    "read_reset",
    "register",
    "request_reset",
    "require_proof",
    "resend_confirmation",
    "reset_password",
    "revoke",
    "sign_in",
    "sign_out",
    "touch",
    "visitor",
]
