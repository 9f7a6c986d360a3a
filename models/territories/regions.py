"""Groups of countries that territories may name.  ISO 3166-1 alpha-2 codes."""

from functools import lru_cache

from models.customers import word_list

DACH = "AT CH DE"
BENELUX = "BE LU NL"
NORDICS = "DK FI IS NO SE"
BALTICS = "EE LT LV"
IBERIA = "ES PT"
UKI = "GB IE"
EU = (
    "AT BE BG CY CZ DE DK EE ES FI FR GR HR HU IE IT LT LU LV MT NL PL PT RO SE SI SK"  # 27 members
)
EEA = f"{EU} IS LI NO"
EUROPE = f"{EEA} AD AL BA BY CH FO GB GG GI IM JE MC MD ME MK RS RU SM UA VA XK"
GCC = "AE BH KW OM QA SA"
MIDDLE_EAST = f"{GCC} CY EG IL IQ IR JO LB PS SY TR YE"
AFRICA = (
    "AO BF BI BJ BW CD CF CG CI CM CV DJ DZ EG EH ER ET GA GH GM GN GQ GW KE KM LR LS LY MA MG ML "
    "MR MU MW MZ NA NE NG RE RW SC SD SH SL SN SO SS ST SZ TD TG TN TZ UG YT ZA ZM ZW"
)
CENTRAL_AMERICA = "BZ CR GT HN NI PA SV"
SOUTH_AMERICA = "AR BO BR CL CO EC FK GF GY PE PY SR UY VE"
CARIBBEAN = "AG AI AW BB BL BM BQ BS CU CW DM DO GD GP HT JM KN KY LC MF MQ MS PR SX TC TT VC VG VI"
ANZ = "AU NZ"
ASEAN = "BN ID KH LA MM MY PH SG TH VN"
GREATER_CHINA = "CN HK MO TW"
EAST_ASIA = f"{GREATER_CHINA} JP KP KR MN"
SOUTH_ASIA = "AF BD BT IN LK MV NP PK"
CENTRAL_ASIA = "AM AZ GE KG KZ TJ TM UZ"
OCEANIA = f"{ANZ} AS CK FJ FM GU KI MH MP NC NF NR NU PF PG PN PW SB TK TO TV VU WF WS"

_SPELLED = {
    "NA": "CA MX US",
    "LATAM": f"MX {CENTRAL_AMERICA} {SOUTH_AMERICA} {CARIBBEAN}",
    "AMERICAS": f"CA GL PM US MX {CENTRAL_AMERICA} {SOUTH_AMERICA} {CARIBBEAN}",
    "EMEA": f"{EUROPE} {MIDDLE_EAST} {AFRICA}",
    "APAC": f"{EAST_ASIA} {SOUTH_ASIA} {CENTRAL_ASIA} {ASEAN} {OCEANIA} TL",
    "EUROPE": EUROPE,
    "EU": EU,
    "EEA": EEA,
    "DACH": DACH,
    "BENELUX": BENELUX,
    "NORDICS": NORDICS,
    "BALTICS": BALTICS,
    "IBERIA": IBERIA,
    "UKI": UKI,
    "CEE": "AL BA BG CZ EE HR HU LT LV ME MK PL RO RS SI SK",
    "MIDDLE EAST": MIDDLE_EAST,
    "GCC": GCC,
    "AFRICA": AFRICA,
    "MEA": f"{MIDDLE_EAST} {AFRICA}",
    "ANZ": ANZ,
    "ASEAN": ASEAN,
    "GREATER CHINA": GREATER_CHINA,
    "SOUTH ASIA": SOUTH_ASIA,
    "OCEANIA": OCEANIA,
}

REGIONS = {name: frozenset(word_list(codes)) for name, codes in _SPELLED.items()}

PASSIVE_SALES_PROTECTED = REGIONS["EEA"] | {"GB"}
"""Where an exclusive territory may not refuse a customer who came unasked."""


@lru_cache(maxsize=512)
def regions_of(country: str) -> tuple[str, ...]:
    """Every region that the country is in, by name."""
    return tuple(name for name, countries in REGIONS.items() if country in countries)
