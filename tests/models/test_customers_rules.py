"""Customers: when two companies are one, perhaps one, or two."""

import json
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from models.customers.identifiers import registrable_domain, same_vat, vat_fault
from models.customers.industries import industry_name
from models.customers.legal_forms import word_list
from models.customers.names import core_name
from models.customers.rules import Company, Verdict, compare

GOLDEN = json.loads((Path(__file__).parents[1] / "golden" / "conflicts.json").read_text("utf-8"))
CASES = {case["id"]: case for case in GOLDEN["cases"]}

WORDS = word_list("acme nord bolt müller østed łódź société ромашка アクメ zenith 3m delta port")
FORMS = ["Inc.", "LLC", "GmbH", "GmbH & Co. KG", "S.A.", "S.p.A.", "A/S", "Co., Ltd.", "Oy", "Ltd"]

names = st.lists(st.sampled_from(WORDS), min_size=1, max_size=4).map(" ".join)
companies = st.builds(
    Company.known_as,
    st.one_of(
        names, st.builds("{} {}".format, names, st.sampled_from(FORMS)), st.text(max_size=30)
    ),
    country=st.sampled_from(["US", "DE", "GB", "UK", None]),
    domain=st.sampled_from(["acme.com", "www.acme.com", "x@gmail.com", "bolt.co.uk", "", None]),
    postal=st.sampled_from(["60601", "60 601", "SW1A 1AA", None]),
    lei=st.sampled_from(["213800KUD8LAJWSQ9D15", "5493001KJTIIGC8Y1R12", "nonsense", None]),
    vat=st.sampled_from(["NL004495445B01", "DE136695976", "136695976", None]),
    duns=st.sampled_from(["150483782", "15-048-3782", "000000000", None]),
)


@pytest.mark.parametrize("case", CASES.values(), ids=CASES)
def test_a_worked_pair_gets_its_verdict_in_both_directions(case):
    a, b, expected = Company.known_as(**case["a"]), Company.known_as(**case["b"]), case["expected"]
    for finding in (compare(a, b), compare(b, a)):
        assert (finding.verdict, finding.reason) == (expected["verdict"], expected["reason"])
    if "core" in expected:
        assert {"a": a.core, "b": b.core} == expected["core"]


@given(companies, companies)
def test_the_order_of_the_two_companies_never_matters(a, b):
    assert compare(a, b) == compare(b, a)


def accented(name):
    return name.replace("e", "é").replace("o", "ö")


SPELLINGS = {
    "upper case": str.upper,
    "wider spaces": lambda name: f"  {name.replace(' ', '   ')} ",
    "an article": lambda name: f"The {name}",
    "accents": accented,
    "a comma and a full stop": lambda name: f"{name}, Inc.",
    "two legal forms": lambda name: f"{name} Co., Ltd.",
    "a country in brackets": lambda name: f"{name} (UK) Ltd",
    "a country word": lambda name: f"{name} Deutschland GmbH",
    "a Russian form in front": lambda name: f"ООО «{name}»",
    "a Japanese form in front": lambda name: f"株式会社{name}",
    "a Danish form": lambda name: f"{name} A/S",
    "an Italian form": lambda name: f"{name} S.p.A.",
    "a form of Luxembourg": lambda name: f"{name} S.à r.l.",
    "a German form": lambda name: f"{name} e.K.",
    "a small German form": lambda name: f"{name} UG (haftungsbeschränkt)",
    "a Bulgarian form": lambda name: f"{name} EOOD",
    "Indonesian forms on both sides": lambda name: f"PT {name} Tbk",
    "a Japanese form behind": lambda name: f"{name}株式会社",
    "full-width letters": lambda name: "".join(
        chr(ord(c) + 0xFEE0) if "!" <= c <= "~" else c for c in name
    ),
}


@pytest.mark.parametrize("respelled", SPELLINGS.values(), ids=SPELLINGS)
@given(name=names, country=st.sampled_from(["US", "DE", None]))
def test_a_company_is_the_same_however_its_name_is_spelled(respelled, name, country):
    one = Company.known_as(name, country=country)
    other = Company.known_as(respelled(name), country=country)
    assert compare(one, other).verdict is Verdict.SAME


@pytest.mark.parametrize("word", ["&", "+", "et", "und", "y", "and"])
@given(one=st.sampled_from(WORDS), other=st.sampled_from(WORDS))
def test_and_is_and_in_every_language(word, one, other):
    a = Company.known_as(f"{one} and {other}", country="US")
    assert compare(a, Company.known_as(f"{one} {word} {other}", country="US")).reason == "same_name"


@given(companies)
def test_a_company_is_the_same_as_itself(company):
    if company.core:
        assert compare(company, company).verdict is Verdict.SAME


@given(st.text(min_size=1).filter(str.strip))
def test_a_core_name_is_never_empty_and_has_itself_as_core(name):
    assert core_name(name)


@pytest.mark.parametrize(
    ("name", "core"),
    [
        ("Acme Co., Ltd.", "acme"),
        ("Acme S.à r.l.", "acme"),
        ("Acme e.K.", "acme"),
        ("Acme UG (haftungsbeschränkt)", "acme"),
        ("Acme EOOD", "acme"),
        ("Acme Ges.m.b.H.", "acme"),
        ("Acme AB (publ)", "acme"),
        ("Acme, S.A.U.", "acme"),
        ("Acme S/A", "acme"),
        ("PT Acme Tbk", "acme"),
        ("Acme (HK) Limited", "acme"),
        ("Grupo Bimbo S.A.B. de C.V.", "grupo bimbo"),
        ("Smith & Co.", "smith"),
        ("Smith und Söhne OHG", "smith and sohne"),
        ("AB Volvo", "ab volvo"),
        ("SA Acme", "sa acme"),
        ("삼성전자(주)", "삼성전자"),
        ("北京科技有限公司", "北京科技"),
        ("Bank of England", "bank of england"),
        ("Air France", "air france"),
        ("株式会社", "株式会社"),
    ],
)
def test_forms_and_countries_are_put_aside_and_nothing_else(name, core):
    assert core_name(name) == core


def test_no_names_are_not_alike():
    nobody = Company.known_as(" ")
    assert compare(nobody, nobody).verdict is Verdict.DIFFERENT


def test_a_mistyped_lei_does_not_make_two_companies_of_one():
    right = Company.known_as("Acme", country="US", lei="213800KUD8LAJWSQ9D15")
    mistyped = Company.known_as("Acme", country="US", lei="213800KUD8LAJWSQ9D51")
    assert compare(right, mistyped).verdict is Verdict.SAME


def test_vat_numbers_of_two_countries_do_not_make_two_companies_of_one():
    at_home = Company.known_as("Acme Rotterdam", country="NL", vat="NL004495445B01")
    abroad = Company.known_as("Acme Roterdam", country="NL", vat="DE136695976")
    assert compare(at_home, abroad).reason == "similar_name"


def test_two_duns_numbers_and_a_similar_name_are_two_companies():
    one = Company.known_as("Global Logistics", country="US", duns="150483782")
    other = Company.known_as("Global Logistic", country="US", duns="150483783")
    assert compare(one, other).reason == "different_id"


@pytest.mark.parametrize(
    ("address", "domain"),
    [
        ("https://www.Acme.co.uk/about?x=1", "acme.co.uk"),
        ("rosa@mail.acme.com", "acme.com"),
        ("müller.de", "xn--mller-kva.de"),
        ("someone@googlemail.com", None),
        ("localhost", None),
        ("192.168.0.1", None),
        ("co.uk", None),
    ],
)
def test_only_what_somebody_registered_counts_as_a_domain(address, domain):
    assert registrable_domain(address) == domain


def test_a_vat_number_is_compared_with_its_country():
    assert same_vat("136 695 976", "DE") == "DE136695976"
    assert same_vat("GR094259216", "GR") == same_vat("094259216", "EL") == "EL094259216"
    assert vat_fault("DE136695976", "DE") is None
    assert vat_fault("DE136695975", "DE")


@pytest.mark.parametrize(
    ("code", "name"),
    [
        ("522110", "Commercial Banking"),
        ("31-33", "Manufacturing"),
        ("32", "Manufacturing"),
        ("99", None),
        ("", None),
    ],
)
def test_an_industry_is_named_by_its_code(code, name):
    assert industry_name(code) == name
