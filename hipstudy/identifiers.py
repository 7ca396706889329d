"""What says who a runner is: refused by a column's name and by what stands in its cells.

Values are never part of a finding. Guarded by ``tests/test_identifiers.py``.
"""

import re
import unicodedata
from collections.abc import Callable, Iterator
from dataclasses import dataclass

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from hipstudy.columns import FAMILY, find
from hipstudy.findings import ERROR, Finding
from hipstudy.listed import Source, is_name
from hipstudy.numbers_in_text import is_date

# Words of column names, without accents: English, German, French, Spanish, Italian, Dutch,
# Portuguese, Nordic, Polish.
_WORDS = {
    "a person's name": "name names surname lastname firstname forename givenname familyname "
    "fullname nickname initials nachname vorname familienname nom prenom nombre apellido "
    "apellidos nome cognome sobrenome naam achternaam voornaam navn namn fornavn etternavn "
    "efternamn imie nazwisko",
    "an e-mail address": "email mail emailaddress courriel correo",
    "a phone number": "phone telephone tel mobile cell cellphone telefon telefono telephon "
    "handy mobil rufnummer telefonnummer handynummer portable movil telefoon fax whatsapp",
    "an address": "address street postcode postalcode zip zipcode city town adresse anschrift "
    "strasse plz ort wohnort stadt rue ville direccion calle ciudad indirizzo via citta adres "
    "straat woonplaats adress gata endereco ulica",
    "a date of birth": "dob birthdate birthday dateofbirth born birth geburtsdatum geburtstag "
    "gebdatum geboren naissance datenaissance nacimiento nascita geboortedatum geboorte "
    "nascimento fodselsdato fodelsedatum urodzenia",
    "a record or insurance number": "mrn nhs nhsnumber ssn insurance insuranceno record recordno "
    "medicalrecord hospitalnumber passport nino versicherung versicherungsnummer "
    "versichertennummer krankenkasse aktenzeichen fallnummer patientennummer patientnumber "
    "patientno patientnr ahv bsn dni nif personnummer cpr pesel secu",
    "free text": "comment comments note notes remark remarks freetext kommentar kommentare "
    "bemerkung bemerkungen notiz notizen anmerkung anmerkungen freitext commentaire "
    "commentaires remarque remarques comentario comentarios observaciones notas commenti "
    "osservazioni opmerking opmerkingen uwagi diagnosis diagnose anamnese history",
}
_PHRASES = {
    "a person's name": r"(first|last|family|given|full) ?name|ime i prezime",
    "a date of birth": r"geb(urts)? ?(dat|tag)\w*|date (of|de) (birth|naissance)",
    "a record or insurance number": (
        r"(patient|patienten|record|file|chart|case|hospital|insurance|social security|medical"
        r"|versicherungs?|versicherten|kranken\w*|akten?|fall|dossier|health) ?"
        r"(record)? ?(no|nr|num|number|numero|nummer|card|karte)\b"
    ),
    "free text": r"fre[ei] ?text",
}
_KINDS = {word: kind for kind, words in _WORDS.items() for word in words.split()}

_EMAIL = re.compile(r"[\w.+'-]@[\w-]+\.\w+")
_RECORD = re.compile(
    r"(?<![\d.,])\d{7,}(?:\.0+)?(?![\d.,])|\b\d{6}[-+A]\d{3}[\dA-Z]\b|\b\d{3}-\d{2}-\d{4}\b"
    r"|\b[A-Z]{2} ?(?:\d{2} ?){3}[A-D]\b|\b\d{3} \d{3} \d{4}\b"
)
_PHONE = re.compile(r"(?:(?<![\w.])\+\d|(?<![\w.,-])0\d|\(\d)[\d\s()/.\u2010-\u2013-]{5,25}\d")
_LOCAL_PHONE = re.compile(r"\d{3}[- ]\d{4}")
_YEAR = re.compile(r"(?<!\d)(?:1[89]\d\d|200\d|201[0-4])(?!\d)")
_SHORT_YEAR = re.compile(r"\d{1,2}([-/.])\d{1,2}\1(\d{2})")
_DATE_INSIDE = re.compile(r"(?<!\d)\d{1,2}[./-]\d{1,2}[./-]\d{4}|(?<!\d)\d{4}-\d{2}-\d{2}")
_RECENT = range(15, 40)  # years of two digits that are no likely year of birth
_MANY_WORDS = 4
_SEVERAL = 3  # different cells of many words that make a column free text
_SEVERAL_ARMS = 6  # an arm may have a long name
_NO_NUMBER = str.maketrans("", "", "0123456789.-+,")
_RECORD_DIGITS = 7

MEND = "Take it out of the file{also}; a code of your own says which runner it is."
_IGNORED = ', or add its name to ignore in the mapping file: ignore = ["..."]'


@dataclass(frozen=True, eq=False)
class Identifiers:
    """What was found.

    Parameters
    ----------
    findings
        Errors, without any value.
    refused
        Positions of columns that must not be read.
    hidden
        Cells whose values must not be shown, by position of their column.
    """

    findings: tuple[Finding, ...]
    refused: frozenset[int]
    hidden: dict[int, NDArray[np.bool_]]


def by_name(name: str) -> str:
    """What a column of this name tells about a person; empty when nothing.

    Examples
    --------
    >>> by_name("E-Mail"), by_name("patientName"), by_name("Geb.-Datum"), by_name("side")
    ('an e-mail address', "a person's name", 'a date of birth', '')
    """
    if find(name) is not None:
        name = name.removeprefix(FAMILY) if name.startswith(FAMILY) else ""
    plain = re.sub(r"(?<=[a-z])(?=[A-Z])", " ", name[:200]).replace("ß", "ss")
    plain = unicodedata.normalize("NFKD", plain.replace("ø", "o").replace("Ø", "O"))
    plain = "".join(c for c in plain if not unicodedata.combining(c)).casefold()
    words = re.findall(r"[a-z]+", plain)
    for word in (*words, "".join(words)):
        if word in _KINDS:
            return _KINDS[word]
    phrase = " ".join(words)
    return next((kind for kind, said in _PHRASES.items() if re.search(said, phrase)), "")


def in_text(text: str) -> str:
    """What a cell's text tells about a person, in any column; empty when nothing.

    Examples
    --------
    >>> in_text("a.b@clinic.org"), in_text("+44 7700 900123"), in_text("12.05.1984")
    ('an e-mail address', 'a phone number', 'a date of birth')
    >>> in_text("AB-12"), in_text("2024-05-07"), in_text("11.25000000001")
    ('', '', '')
    """
    text = " ".join(text[:1000].split())
    if "@" in text and _EMAIL.search(text):
        return "an e-mail address"
    if _is_birth(text):
        return "a date of birth"
    phone = None if is_date(text) else _PHONE.search(text)
    if phone and sum(c.isdigit() for c in phone[0]) >= (7 if phone[0][0] in "+(" else 9):
        return "a phone number"
    return "a record or insurance number" if _RECORD.search(text) else ""


def _is_birth(text: str) -> bool:
    if is_date(text):
        short = _SHORT_YEAR.fullmatch(text)
        return int(short[2]) not in _RECENT if short else _YEAR.search(text) is not None
    inside = _DATE_INSIDE.search(text)
    return inside is not None and _YEAR.search(inside[0]) is not None


def search(source: Source, headers: tuple[str, ...]) -> Identifiers:
    """Look at every column of a sheet; those that a mapping ignores are not in it.

    Parameters
    ----------
    source
        The sheet.
    headers
        Names of the columns in the file, by position, in full.
    """
    findings: list[Finding] = []
    refused: set[int] = set()
    hidden: dict[int, NDArray[np.bool_]] = {}
    ours = {position: name for name, position in source.positions.items()}
    for position, header in enumerate(headers):
        name = ours.get(position, "")
        cells = source.cells[position].to_numpy(dtype=object)
        kind = by_name(header) or by_name(name)
        if kind:
            refused.add(position)
            findings.append(_named(source, position, kind, cells))
            continue
        for kind, mask in _by_content(cells, name):
            hidden[position] = hidden.get(position, np.zeros(len(cells), dtype=bool)) | mask
            findings.append(_held(source, position, kind, mask, name))
    return Identifiers(tuple(findings), frozenset(refused), hidden)


def _named(source: Source, position: int, kind: str, cells: NDArray[np.object_]) -> Finding:
    rule = f"a column for {kind} is not read: a cohort file has no direct identifiers"
    at = np.flatnonzero([cell is not None and bool(str(cell).strip()) for cell in cells])
    mend = MEND.format(also=_IGNORED)
    return source.once(ERROR, rule, mend, column=source.names[position], where=at)


def _held(source: Source, position: int, kind: str, mask: NDArray[np.bool_], name: str) -> Finding:
    rule = f"this looks like {kind}, and is not shown: a cohort file has no direct identifiers"
    mend = MEND.format(also="" if name else _IGNORED)
    at = np.flatnonzero(mask)
    return source.once(ERROR, rule, mend, column=source.names[position], where=at)


def _by_content(cells: NDArray[np.object_], name: str) -> Iterator[tuple[str, NDArray[np.bool_]]]:
    codes, distinct = pd.factorize(cells)
    texts = list(distinct)
    kinds = [_kind(text, name) for text in texts]
    tests: list[tuple[str, Callable[[str], bool]]] = []
    long = [text for text in texts if text.count(" ") and len(text.split()) >= _MANY_WORDS]
    if len(long) >= (_SEVERAL_ARMS if name == "arm" else _SEVERAL):
        tests.append(("free text", set(long).__contains__))
    if name in ("", "runner_id"):
        names = {text for text in texts if is_name(text)}
        many = len(names) >= _SEVERAL and 2 * len(names) >= len(texts)
        if names and (name or many):
            tests.append(("a person's name", names.__contains__))
    for kind, test in tests:
        kinds = [
            old or (kind if test(text) else "") for old, text in zip(kinds, texts, strict=True)
        ]
    said = np.array([*kinds, ""], dtype=object)[codes]  # code -1, of None, is the last
    for kind in dict.fromkeys(kind for kind in kinds if kind):
        yield kind, said == kind


def _kind(text: str, name: str) -> str:
    if not text.translate(_NO_NUMBER):  # plain numbers are most of a file
        parts = re.split("[.,]", text.lstrip("+-"))
        if len(parts) <= 2 and len(parts[0]) < _RECORD_DIGITS and "-" not in text[1:]:
            return ""
    if name not in ("", "runner_id") and _LOCAL_PHONE.fullmatch(text.strip()):
        return "a phone number"
    return in_text(text)
