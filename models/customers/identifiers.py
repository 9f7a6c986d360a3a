"""What names a company without doubt: its web domain, LEI, VAT and DUNS numbers.  Pure, offline."""

import re

from stdnum import get_cc_module, lei
from stdnum.eu import vat as european_vat
from stdnum.exceptions import ValidationError
from tldextract import TLDExtract

from models.customers.legal_forms import word_list

FREE_MAIL = frozenset(
    word_list("""
    gmail.com googlemail.com outlook.com hotmail.com hotmail.co.uk hotmail.fr live.com msn.com
    yahoo.com yahoo.co.uk yahoo.co.jp yahoo.fr yahoo.de ymail.com icloud.com me.com mac.com
    aol.com gmx.de gmx.net gmx.com web.de t-online.de freenet.de mail.com mail.ru yandex.ru
    yandex.com bk.ru proton.me protonmail.com zoho.com fastmail.com tutanota.com qq.com 163.com
    126.com naver.com daum.net orange.fr wanadoo.fr free.fr laposte.net libero.it virgilio.it
    seznam.cz wp.pl onet.pl o2.pl interia.pl bol.com.br uol.com.br btinternet.com comcast.net
    verizon.net att.net sbcglobal.net shaw.ca rogers.com bigpond.com
    """)
)
"""Whoever has an address here says nothing about the company."""

ALIASES = {"UK": "GB", "EL": "GR", "XI": "GB"}
VAT_PREFIXES = {"GR": "EL"}

_suffixes = TLDExtract(suffix_list_urls=(), cache_dir=None, include_psl_private_domains=True)
_NOT_ALNUM = re.compile(r"[^0-9A-Za-z]")


def country_code(country: str | None) -> str | None:
    """ISO 3166-1 alpha-2, with the usual slips mended: UK is GB."""
    code = (country or "").strip().upper()
    return ALIASES.get(code, code) or None


def registrable_domain(address: str | None) -> str | None:
    """The part of a web or mail address that somebody registered.

    None when there is none, or when it is a free mail service.
    """
    text = (address or "").strip().casefold().rsplit("@", 1)[-1]
    if not text or "." not in text:
        return None
    found = _suffixes(text)
    domain = found.top_domain_under_public_suffix
    return _in_ascii(domain) if domain and domain not in FREE_MAIL else None


def same_lei(number: str | None) -> str | None:
    """The LEI as it is compared; None when it has not the shape of one."""
    code = _compact(number)
    return code if re.fullmatch(r"[0-9A-Z]{18}[0-9]{2}", code) else None


def same_duns(number: str | None) -> str | None:
    """Nine digits; None when it has not the shape of a DUNS number."""
    code = _compact(number)
    return code if re.fullmatch(r"[0-9]{9}", code) and len(set(code)) > 1 else None


def same_vat(number: str | None, country: str | None) -> str | None:
    """The VAT number with its country in front, such as NL004495445B01."""
    code = _compact(number)
    if sum(letter.isdigit() for letter in code) < 5 or len(set(code)) < 3:
        return None
    home = country_code(country) or ""
    home = VAT_PREFIXES.get(home, home)
    if code[:2] == "GR":
        code = f"EL{code[2:]}"
    return code if code[:2].isalpha() else f"{home}{code}"


def are_two_leis(one: str, other: str) -> bool:
    """Whether these are the LEIs of two companies, and not one of them mistyped."""
    return one != other and lei.is_valid(one) and lei.is_valid(other)


def are_two_vats(one: str, other: str) -> bool:
    """Two numbers of one country; a company may well have one in each of two countries."""
    return one != other and one[:2] == other[:2]


def lei_fault(number: str) -> str | None:
    """What is wrong with an LEI, in words; None when nothing is."""
    return None if lei.is_valid(number) else "An LEI has 20 letters and digits; please check it."


def vat_fault(number: str, country: str | None) -> str | None:
    """What is wrong with a VAT number of that country, in words; None when nothing is known."""
    code = same_vat(number, country) or _compact(number)
    if european_vat.is_valid(code):
        return None
    module = get_cc_module(code[:2].lower().replace("el", "gr").replace("xi", "gb"), "vat")
    if module is None:
        return None
    try:
        module.validate(code)
    except ValidationError:
        return f"{number} is not a VAT number of {code[:2]}; please check each digit."
    return None


def _in_ascii(domain: str) -> str:
    """müller.de and xn--mller-kva.de are one domain."""
    try:
        return domain.encode("idna").decode("ascii")
    except UnicodeError:
        return domain


def _compact(number: str | None) -> str:
    return _NOT_ALNUM.sub("", number or "").upper()
