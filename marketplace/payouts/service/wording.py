"""What the payment service says in codes, said to a person.  Pure."""

from collections.abc import Iterable

_REFUSALS = {
    "insufficient_capabilities_for_transfer": "your payout account cannot receive money yet",
    "resource_missing": "the payment service does not know your payout account any more",
    "account_invalid": "the payment service does not accept your payout account",
    "amount_too_small": "the amount is too small for the payment service",
    "parameter_invalid_integer": "the payment service did not take the amount",
}


def refusal(code: str) -> str:
    """Half a sentence for the provider's code; what a person wrote stays as it is."""
    return _REFUSALS.get(code, code)


_NOT_TAKEN_BACK = {
    "": "Nobody decided on it in time. It can be proposed again.",
    "balance_insufficient": "The payout account holds too little: the money is at the person's bank, or on"
    " its way there. Ask them for it; what they send comes in by hand.",
    "reversed_elsewhere": "Somebody has taken back a part or all of it at the payment service itself. The"
    " next comparison finds the difference; put it right by a correction.",
}


def not_taken_back(answer: str) -> str:
    """Why a payout stays paid: the provider's code, or what a second person wrote."""
    known = _NOT_TAKEN_BACK.get(answer)
    return known or sentence(refusal(answer))


def sentence(text: str) -> str:
    """With a capital and an end."""
    return text[:1].upper() + text[1:] + ("" if text.endswith((".", "!", "?")) else ".")


_WANTED = {
    "external_account": "Your bank account: its IBAN or number",
    "business_profile.url": "A web page about you, or a short description of your work",
    "business_profile.mcc": "The kind of work you do",
    "business_profile.product_description": "A short description of your work",
    "tos_acceptance.date": "Your consent to the terms of the payment service",
    "tos_acceptance.ip": "Your consent to the terms of the payment service",
    "individual.first_name": "Your first name",
    "individual.last_name": "Your last name",
    "individual.email": "Your e-mail address",
    "individual.phone": "Your telephone number",
    "individual.id_number": "Your tax number or national identity number",
    "individual.ssn_last_4": "The last four digits of your social security number",
    "individual.verification.document": "A photo of your passport, identity card or driving licence",
    "individual.verification.additional_document": "A paper with your address, such as an electricity bill",
    "individual.verification.proof_of_liveness": "A short video of yourself, taken by the payment service",
}
_WANTED_OF = {"individual.dob": "Your date of birth", "individual.address": "Your home address"}


def wanted(requirements: Iterable[str]) -> list[str]:
    """What the payment service still asks for, in words a person knows, each once."""
    said = [_one_wanted(name) for name in requirements]
    return list(dict.fromkeys(said))


def _one_wanted(name: str) -> str:
    if name in _WANTED:
        return _WANTED[name]
    above = next((text for start, text in _WANTED_OF.items() if name.startswith(start)), None)
    plain = name.rpartition(".")[2].replace("_", " ").capitalize()
    return above or f"{plain} (the payment service explains it)"


_DISABLED = {
    "disconnected": "You have disconnected your payout account. Set it up again to be paid.",
    "requirements.past_due": "The payment service waits for details. Give them to be paid again.",
    "requirements.pending_verification": "The payment service checks what you sent. There is nothing to do.",
    "under_review": "The payment service is looking at your payout account. There is nothing to do.",
    "listed": "The payment service is looking at your payout account. There is nothing to do.",
    "platform_paused": "Payouts to this payout account are paused. Write to us.",
}


def disabled(reason: str | None) -> str | None:
    """Why an account cannot receive, and what to do; None when there is no reason."""
    if not reason:
        return None
    other = "The payment service has closed this payout account. Open your page there to see why."
    return _DISABLED.get(reason, other)
