"""What Stripe says when it says no."""

from dataclasses import dataclass


@dataclass
class Refusal(Exception):
    status: int
    kind: str
    code: str
    message: str
    param: str = ""

    def body(self) -> dict:
        said = {"type": self.kind, "code": self.code, "message": self.message}
        if self.param:
            said["param"] = self.param
        return {"error": {word: text for word, text in said.items() if text}}


def invalid(code: str, message: str, param: str = "", status: int = 400) -> Refusal:
    return Refusal(status, "invalid_request_error", code, message, param)


def no_such(thing: str, key: str, param: str = "id", status: int = 404) -> Refusal:
    return invalid("resource_missing", f"No such {thing}: '{key}'", param, status)


def not_simulated(what: str) -> Refusal:
    return Refusal(501, "api_error", "not_simulated", f"The stand-in does not simulate {what}.")
