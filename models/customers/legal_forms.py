"""Words that say what kind of company it is, or where; they never tell two companies apart.

Spelled as `names.words` leaves them: casefolded, without accents and dots, spaces between words.
"""

from cleanco import termdata


def word_list(text: str) -> list[str]:
    """A list of words, written as a text so that it can be read as one."""
    return text.split()


OUR_SUFFIXES = """
    ab, ab publ, publ, ad, ag, aktiebolag, aktiengesellschaft, anonim sirketi, as, asa, aps, a s,
    bv, bvba, bhd,
    co, co ltd, company, corp, corporation, cv, doo, dooel, ead, eeig, eg, ehf, e k, ek, e u, ev,
    eingetragener kaufmann, eirl, eireli, eood, epe, eurl, gbr, gesellschaft mbh, gie, gmbh,
    ggmbh, gesmbh, ges mbh, unipessoal lda,
    gmbh and co kg, gmbh and co kgaa, gmbh and co ohg, hf, inc, incorporated,
    ike, isv, kft, kg, kgaa, kk, kabushiki kaisha, kommanditgesellschaft, lda, limited,
    limitada, limited company, limited liability company, limited liability partnership,
    llc, lllp, llp, lp, ltd, ltda, ltd co, ltd sti, limited sirketi, mbh, naamloze vennootschap,
    besloten vennootschap, nv, nyrt, ohg, ood, ou, oy, oyj, oy ab, plc, pllc, pc,
    private limited, private ltd, pte, pte ltd, proprietary limited, pty, pty ltd, pvt, pvt ltd,
    public limited company, pjsc, jsc, ojsc, cjsc, psc, sa, sa de cv, sa rl, s a r l, sapi de cv,
    sab de cv, saoc, saog, sae, sal, sarl, sas, sasu, sccl, sci, scrl, scs, sdn bhd, se, sicav,
    sau, sl, slu, sll, slne, snc, societe anonyme, sociedad anonima, societa per azioni, spa,
    srl, srls,
    s de rl, s de rl de cv, sro, spol s ro, spol sro, sp k, spk, sp j, spj, sp z oo, sp z o o,
    spzoo, spolka z oo, spolka akcyjna, spolka z ograniczona odpowiedzialnoscia, sia, tbk, tmi,
    uab, ug, ug haftungsbeschrankt, haftungsbeschrankt, unltd, unlimited, vof, vzw, wll, fze,
    fzco, fz llc, dmcc, zrt, zoo, ооо, оао, зао, пао, ао, тов, тоо, ип, фоп, еоод, оод, ад, еад,
    доо, ае, епе, ικε, αε, επε, בעמ, ש מ, ذمم, شمم, भारत लिमिटेड, จำกัด, จำกัด มหาชน, มหาชน
"""
"""Forms that `cleanco` lacks or spells with dots only."""

NEVER_SUFFIXES = {"and", "private", "vat", "dat"}
"""Terms of `cleanco` that are words of their own."""

PREFIXES = """
    ооо, оао, зао, пао, ао, нао, тов, тоо, ип, фоп, чп, пп, ooo, oao, zao, pao, pt, cv, uab,
    perseroan terbatas, cong ty tnhh, cong ty co phan, ctcp, บริษัท, ห้างหุ้นส่วนจำกัด
"""
"""Forms that stand in front.  Only these: "AS Roma" and "AB Volvo" keep their first word."""

ATTACHED = word_list(
    "株式会社 有限会社 合同会社 合資会社 合名会社 一般社団法人 一般財団法人 "
    "股份有限公司 有限责任公司 有限責任公司 有限公司 集团有限公司 주식회사 유한회사 유한책임회사"
)
"""Forms written without a space, before or after the name."""

BRACKETED = {"(株)": "株式会社", "(有)": "有限会社", "(同)": "合同会社", "(주)": "주식회사"}
"""Abbreviations that NFKC makes of ㈱, ㈲ and ㈜."""

COUNTRY_WORDS = """
    argentina, australia, austria, osterreich, belgium, belgique, belgie, brazil, brasil,
    bulgaria, canada, chile, china, colombia, croatia, hrvatska, czech republic, czechia, cesko,
    denmark, danmark, egypt, estonia, eesti, europe, finland, suomi, france, germany, deutschland,
    great britain, gb, greece, hellas, hong kong, hk, hungary, magyarorszag, iceland, india,
    indonesia, ireland, israel, italy, italia, japan, korea, south korea, latvia, latvija,
    lithuania, lietuva, luxembourg, malaysia, mexico, netherlands, the netherlands, nederland,
    new zealand, nz, norway, norge, pakistan, peru, philippines, poland, polska, portugal,
    romania, russia, saudi arabia, serbia, singapore, slovakia, slovensko, slovenia, slovenija,
    south africa, spain, espana, sweden, sverige, switzerland, schweiz, suisse, svizzera, taiwan,
    thailand, turkiye, uae, united arab emirates, uk, united kingdom, usa, us, united states,
    united states of america, ukraine, ukraina, vietnam, россия, украина, 日本, 中国
"""

NEEDS_ITS_COUNTRY = frozenset(word_list("air bank banco banque royal national telecom radio team"))
"""Before these the country is the name: "Air France" is not "Air"."""

LINKS = frozenset(word_list("and of de du di do da del von van for the in"))
"""A country after one of these is part of the name too: "Bank of England"."""


def _spelled(listing: str) -> set[tuple[str, ...]]:
    return {tuple(term.split()) for term in " ".join(listing.split()).split(", ")}


def _of_cleanco() -> set[tuple[str, ...]]:
    terms = {term for terms in termdata.terms_by_type.values() for term in terms}
    terms |= {term for terms in termdata.terms_by_country.values() for term in terms}
    found = set()
    for term in terms:
        joined = term.casefold().replace("&", " and ").replace(".", "").replace("/", "")
        spaced = term.casefold().replace("&", " and ").replace(".", " ").replace("/", " ")
        found |= {tuple(joined.split()), tuple(spaced.split())}
    return {term for term in found if term and term[0].isascii() and term[0].isalnum()}


SUFFIXES = frozenset(
    (_spelled(OUR_SUFFIXES) | _of_cleanco() | {("and", "co"), ("and", "company"), ("and", "cie")})
    - {(word,) for word in NEVER_SUFFIXES}
)
COUNTRIES = frozenset(_spelled(COUNTRY_WORDS))
FRONT = frozenset(_spelled(PREFIXES))
LONGEST = max(map(len, SUFFIXES | COUNTRIES | FRONT))
