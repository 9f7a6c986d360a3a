"""Profiles: a partner's address and tax fields, checked and made tidy.  Pure."""

from __future__ import annotations

import re
from dataclasses import dataclass

import pycountry
from stdnum import get_cc_module
from stdnum.exceptions import ValidationError

from models.errors import Refused

TAX_FORMS = {
    "": "None on file",
    "W-9": "W-9 (United States)",
    "W-8BEN": "W-8BEN (individual)",
    "W-8BEN-E": "W-8BEN-E (company)",
    "other": "Another certificate of tax residence",
}

POSTAL_CODES = {
    "US": (r"\d{5}(-\d{4})?", "98052 or 98052-1234"),
    "CA": (r"[A-Z]\d[A-Z] ?\d[A-Z]\d", "V6B 1A1"),
    "GB": (r"[A-Z]{1,2}\d[A-Z\d]? ?\d[A-Z]{2}", "SW1A 1AA"),
    "DE": (r"\d{5}", "10115"),
    "FR": (r"\d{5}", "75001"),
    "AU": (r"\d{4}", "2000"),
    "NL": (r"\d{4} ?[A-Z]{2}", "1012 AB"),
    "AT": (r"\d{4}", "1010"),
    "CH": (r"\d{4}", "8001"),
    "IT": (r"\d{5}", "00184"),
    "ES": (r"\d{5}", "28001"),
}
"""What a postal code looks like, and an example; other countries are not judged."""

EU_VAT = frozenset({
    "AT", "BE", "BG", "CY", "CZ", "DE", "DK", "EE", "ES", "FI", "FR", "GR", "HR", "HU", "IE",
    "IT", "LT", "LU", "LV", "MT", "NL", "PL", "PT", "RO", "SE", "SI", "SK",
})  # fmt: skip

VAT_MODULES = {country: (country.lower(), "vat") for country in EU_VAT | {"GB", "CH", "NO"}}
TAX_MODULES = {"US": ("us", "ein"), "CA": ("ca", "bn"), "AU": ("au", "abn")}


@dataclass(frozen=True, slots=True)
class Profile:
    """What a partner says about itself.  Lengths are those of a bank's structured address."""

    legal_name: str = ""
    street: str = ""
    building: str = ""
    postal_code: str = ""
    town: str = ""
    subdivision: str = ""
    phone: str = ""
    domain: str = ""
    vat_id: str = ""
    tax_id: str = ""
    tax_form: str = ""


def checked(profile: Profile, country: str) -> Profile:
    """The profile, tidy.  Raises Refused, naming what does not fit the country."""
    if profile.tax_form not in TAX_FORMS:
        raise Refused("Choose a tax form from the list.")
    return Profile(
        legal_name=profile.legal_name.strip(),
        street=profile.street.strip(),
        building=profile.building.strip(),
        postal_code=checked_postal_code(profile.postal_code, country),
        town=profile.town.strip(),
        subdivision=checked_subdivision(profile.subdivision, country),
        phone=profile.phone.strip(),
        domain=checked_domain(profile.domain),
        vat_id=_checked_number(profile.vat_id, country, VAT_MODULES, "VAT ID"),
        tax_id=_checked_number(profile.tax_id, country, TAX_MODULES, "tax number"),
        tax_form=profile.tax_form,
    )


def is_country(code: str) -> bool:
    return pycountry.countries.get(alpha_2=code) is not None if len(code) == 2 else False


def checked_country(code: str) -> str:
    code = code.strip().upper()
    if not is_country(code):
        raise Refused("Choose a country from the list.")
    return code


def checked_postal_code(typed: str, country: str) -> str:
    code = " ".join(typed.upper().split())
    pattern, example = POSTAL_CODES.get(country, ("", ""))
    if code and pattern and not re.fullmatch(pattern, code):
        raise Refused(f"A postal code in {country} looks like {example}.")
    return code


def checked_subdivision(typed: str, country: str) -> str:
    """ISO 3166-2 with the country in front: "WA" in US is "US-WA"."""
    code = typed.strip().upper()
    if not code:
        return ""
    if not code.startswith(f"{country}-"):
        code = f"{country}-{code}"
    if pycountry.subdivisions.get(code=code) is None:
        raise Refused(f"{country} has no state or region {typed.strip()}. Use its ISO code.")
    return code


def checked_domain(typed: str) -> str:
    """The bare host name of a web address: "https://www.Rhine.example/x" is "rhine.example"."""
    host = re.sub(r"^[a-z]+://", "", typed.strip().casefold()).split("/")[0].split("@")[-1]
    host = host.removeprefix("www.").rstrip(".")
    if host and not re.fullmatch(r"[^\s.:]+(\.[^\s.:]+)+", host):
        raise Refused("Enter a web address such as company.com.")
    return host


def has_complete_address(street: str, town: str, postal_code: str, country: str) -> bool:
    return bool(street and town and (postal_code or country not in POSTAL_CODES))


def _checked_number(
    typed: str, country: str, modules: dict[str, tuple[str, str]], what: str
) -> str:
    """Countries whose rule we know are judged; the others are only made tidy."""
    number = re.sub(r"[\s.]", "", typed.upper())
    if not number or country not in modules:
        return number
    module = get_cc_module(*modules[country])
    try:
        tidy = module.validate(number) if module else number
    except ValidationError:
        raise Refused(f"This {what} does not add up for {country}. Check each character.") from None
    if what == "VAT ID":
        prefix = "EL" if country == "GR" else country
        return tidy if tidy.startswith(prefix) else prefix + tidy
    return tidy
