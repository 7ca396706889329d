"""What says who a runner is: refused by a column's name and by what stands in its cells.

The words and patterns of names, birth dates, addresses and numbers stand here alone. Values are
never part of a finding.
"""

import re
import unicodedata
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from hipstudy.cohort_file.parse import is_date
from hipstudy.cohort_file.schema import FAMILY, columns, find
from hipstudy.errors import ERROR, Finding
from hipstudy.prescription.protocol import preset_names

if TYPE_CHECKING:
    from hipstudy.cohort_file.findings import Source

_EMAIL = re.compile(r"[\w.+'-](?:@| ?[(\[{] ?at ?[)\]}] ?)[\w-]+\.\w+", re.IGNORECASE)
_RECORD = re.compile(
    r"\b\d{6}[-+A]\d{3}[\dA-Z]\b|\b\d{3}-\d{2}-\d{4}\b|\b[A-Z]{2} ?(?:\d{2} ?){3}[A-D]\b"
    r"|\b\d{3} \d{3} \d{4}\b|\b[A-Z]\d{9}\b|\b756\.?\d{4}\.?\d{4}\.?\d{2}\b"
    r"|\b(?i:mrn|nhs|ssn|ahv|bsn|kvnr|svnr|nino)\b[ .:#-]{0,3}\d{4}"
)
_LONG = re.compile(r"(?<![\d.,])\d{7,}(?:\.0+)?(?![\d.,])|\b[A-Za-z]{1,3}-?\d{6,}\b")
_ADDRESS = re.compile(
    r"\w{2}(?:str(?:\.|aße|asse)|weg|gasse|platz|allee) ?\d{1,4}|, ?\d{5} [^\W\d_]{3}"
    r"|\b\d{1,5},? (?:rue|avenue|boulevard|chemin) |\b\d{1,5},? (?:[^\W\d_]+ ){1,3}"
    r"(?:street|st|road|rd|avenue|ave|lane|drive|close|court|square|boulevard|blvd)\b",
    re.IGNORECASE,
)
_PHONE = re.compile(r"(?:(?<![\w.])\+\d|(?<![\w.,-])0\d|\(\d)[\d\s()/.\u2010-\u2013-]{5,25}\d")
_US_PHONE = re.compile(r"(?<![\w.,-])\d{3}([-.])\d{3}\1\d{4}(?![\w-])")
_LOCAL_PHONE = re.compile(r"\d{3}[- ]\d{4}")
_YEAR = re.compile(r"(?<!\d)(?:1[89]\d\d|200\d|201[0-4])(?!\d)")
_OLD_YEAR = re.compile(r"(?<!\d)(?:1[89]\d\d|200[0-8])(?!\d)|[-/.](?:0[0-8]|[4-9]\d)$")
_SHORT_YEAR = re.compile(r"\d{1,2}([-/.])\d{1,2}\1(\d{2})")
_DATE_INSIDE = re.compile(r"(?<!\d)\d{1,2}[./-]\d{1,2}[./-]\d{4}|(?<!\d)\d{4}-\d{2}-\d{2}")
_BORN = re.compile(r"(?<!\d)(?:19\d\d|200\d|201[0-4])(?:0[1-9]|1[0-2])(?:[0-2]\d|3[01])(?!\d)")
_RECENT = range(15, 40)  # years of two digits that are no likely year of birth
_TOKEN = re.compile(  # a UUID, or a number to the base 16
    r"[\da-f]{8}(?:-[\da-f]{4}){3}-[\da-f]{12}|(?=\d*[a-f])(?=[a-f]*\d)[\da-f]{8,64}", re.IGNORECASE
)
_CODE = re.compile(r"(?=[\d._-]*[A-Za-z])[A-Za-z\d._-]{1,20}")
_CODE_WORDS = frozenset(
    "runner study subject case participant proband patient id code no nr number team".split()
)
_MEASURED = frozenset(
    "steps step count counts ms s sec seconds m km meters metres time duration distance kcal load "
    "power watt joules samples frames cadence schritte strecke dauer".split()
)
_LOOKED = 200  # characters of a cell that are looked at: fewer than these are ever shown
MANY_WORDS = 4  # words about a person, maybe
_CODES = 5  # codes of two words, at least, that tell how often a word comes again
_NAME, _BIRTH = "a person's name", "a date of birth"
_OF_RECORD = "a record or insurance number"
_SEVERAL = 3  # different cells of many words that make a column free text
_SEVERAL_ARMS = 6  # an arm may have a long name
_NO_NUMBER = str.maketrans("", "", "0123456789.-+,")
_MARKS = frozenset("0123456789@([{")  # whatever is found in a text has one of them
_RECORD_DIGITS = 7

MEND = "Take it out of the file{also}; a code of your own says which runner it is."
_IGNORED = ', or add its name to ignore in the mapping file: ignore = ["..."]'


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
# A name or number of such a thing is nobody's: "race name", "test number".
_OF_THINGS = frozenset(
    "race device test file study group session trial arm team shoe event club site".split()
)
_OF_PEOPLE = frozenset("patient runner person first last family given full insurance".split())
_ANYTHING = frozenset("name names number no nr num".split())
_KINDS = {word: kind for kind, words in _WORDS.items() for word in words.split()}


_NAME_WORD = re.compile(r"[^\W\d_]+(?:['\u2019-][^\W\d_]+)*")

# Words of arms and of columns that are no part of a person's name.
_ORDINARY = frozenset(
    "control group arm usual care placebo sham waiting wait list no intervention training exercise "
    "exercises running program programme standard physio physiotherapy therapy treatment strength "
    "strengthening stretching stretch stretches hip flexor flexors static dynamic active passive "
    "loaded loading heavy light slow high low home foam rolling rest test date visit week left "
    "right shoe size step length body height bmi pain score total start end thigh knee session "
    "sessions range motion weekly daily eccentric isometric combined early late new old".split()
).union(
    *(name.split("_") for name in preset_names()),
    *(name.split("_") for name in columns() if not name.startswith("thomas")),
)


@dataclass(frozen=True, eq=False)
class Identifiers:
    """What was found.

    Parameters
    ----------
    findings
        Errors, without any value.
    refused
        Positions of columns that must not be read.
    masks
        Cells whose values must not be shown, by position of their column.
    """

    findings: tuple[Finding, ...]
    refused: frozenset[int]
    masks: dict[int, NDArray[np.bool_]]


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
    if _OF_THINGS.intersection(words) and not _OF_PEOPLE.intersection(words):
        words = [word for word in words if word not in _ANYTHING]
    for word in (*words, "".join(words)):
        if word in _KINDS:
            return _KINDS[word]
    phrase = " ".join(words)
    return next((kind for kind, pattern in _PHRASES.items() if re.search(pattern, phrase)), "")


def is_name(text: str) -> bool:
    """Whether a text is two capitalised words or more, such as a person's name.

    Examples
    --------
    >>> [is_name(text) for text in ("Anna Schmidt", "SCHMIDT, Anna", "R01", "Runner A")]
    [True, True, False, False]
    """
    if not text[:100].lstrip(" \t\n,._")[:1].isupper():  # most texts, told at once
        return False
    words = [word for word in re.split(r"[\s,._]+", text.strip()[:100]) if word]
    letters = all(_NAME_WORD.fullmatch(word) and word[0].isupper() for word in words)
    return letters and sum(len(word) > 1 for word in words) >= 2 and len(words) <= 5


def is_person(text: str) -> bool:
    """Whether a column or an arm is called as a person may be.

    Examples
    --------
    >>> [is_person(text) for text in ("Anna Schmidt", "Stretch Only", "Body Mass", "First Name")]
    [True, False, False, False]
    """
    start = " ".join(re.split(r"[\s,._]+", text[:200].strip())[:MANY_WORDS])
    ordinary = not _ORDINARY.isdisjoint(start.casefold().split())
    return is_name(start) and not ordinary and not by_name(text)


def in_text(text: str) -> str:
    """What a cell's text tells about a person, in any column; empty when nothing.

    Examples
    --------
    >>> in_text("a.b@clinic.org"), in_text("+44 7700 900123"), in_text("12.05.1984")
    ('an e-mail address', 'a phone number', 'a date of birth')
    >>> in_text("AB-12"), in_text("2024-05-07"), in_text("11.25000000001")
    ('', '', '')
    """
    text = " ".join(text[:_LOOKED].split())
    if _MARKS.isdisjoint(text) or (_TOKEN.fullmatch(text) and not _RECORD.fullmatch(text)):
        return ""
    if _EMAIL.search(text):
        return "an e-mail address"
    if _is_birth(text):
        return _BIRTH
    phone = None if is_date(text) else _PHONE.search(text)
    if phone and sum(c.isdigit() for c in phone[0]) >= (7 if phone[0][0] in "+(" else 9):
        return "a phone number"
    if _US_PHONE.search(text):
        return "a phone number"
    if _ADDRESS.search(text):
        return "an address"
    return _OF_RECORD if _RECORD.search(text) or _LONG.search(text) else ""


def _is_birth(text: str) -> bool:
    if is_date(text):
        short = _SHORT_YEAR.fullmatch(text)
        return int(short[2]) not in _RECENT if short else _YEAR.search(text) is not None
    inside = _DATE_INSIDE.search(text)
    return inside is not None and _YEAR.search(inside[0]) is not None


def search(source: "Source", headers: tuple[str, ...]) -> Identifiers:
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
    masks: dict[int, NDArray[np.bool_]] = {}
    ours = {position: name for name, position in source.positions.items()}
    for position, header in enumerate(headers):
        name = ours.get(position, "")
        cells = source.cells[position].to_numpy(dtype=object)
        kind = by_name(header) or by_name(name)
        if kind:
            refused.add(position)
            findings.append(_by_header(source, position, kind, cells))
            continue
        for kind, mask in _by_content(cells, name, header):
            masks[position] = masks.get(position, np.zeros(len(cells), dtype=bool)) | mask
            findings.append(_in_cells(source, position, kind, mask, name))
    return Identifiers(tuple(findings), frozenset(refused), masks)


def _by_header(source: "Source", position: int, kind: str, cells: NDArray[np.object_]) -> Finding:
    rule = f"a column for {kind} is not read: a cohort file has no direct identifiers"
    at = np.flatnonzero([cell is not None and bool(str(cell).strip()) for cell in cells])
    mend = MEND.format(also=_IGNORED)
    return source.once(ERROR, rule, mend, column=source.names[position], where=at)


def _in_cells(
    source: "Source", position: int, kind: str, mask: NDArray[np.bool_], name: str
) -> Finding:
    rule = f"this looks like {kind}, and is not shown: a cohort file has no direct identifiers"
    mend = MEND.format(also="" if name else _IGNORED)
    if name == "arm" and kind == _NAME:
        rule = "an arm's name looks like a person's, and is not shown"
        mend = "Name an arm for what was given, in small letters, such as stretch_only."
    at = np.flatnonzero(mask)
    return source.once(ERROR, rule, mend, column=source.names[position], where=at)


def _by_content(
    cells: NDArray[np.object_], name: str, header: str
) -> Iterator[tuple[str, NDArray[np.bool_]]]:
    """Look at each different text once."""
    codes, distinct = pd.factorize(cells)
    texts = list(distinct)
    kinds = [_kind(text, name) for text in texts]
    if not name:
        kinds = _other_column(kinds, texts, header)
    free = {text for text in texts if text.count(" ") and len(text.split()) >= MANY_WORDS}
    if name == "runner_id":
        free = {text for text in free if not _is_code(text)}
    if len(free) < (_SEVERAL_ARMS if name == "arm" else _SEVERAL):
        free = set()
    persons = _persons(texts, name)
    kinds = [
        kind or ("free text" if text in free else _NAME if text in persons else "")
        for kind, text in zip(kinds, texts, strict=True)
    ]
    by_cell = np.array([*kinds, ""], dtype=object)[codes]  # code -1, of None, is the last
    for kind in dict.fromkeys(kind for kind in kinds if kind):
        yield kind, by_cell == kind


def _kind(text: str, name: str) -> str:
    if not text.translate(_NO_NUMBER):  # plain numbers are most of a file
        parts = re.split("[.,]", text.lstrip("+-"))
        if len(parts) <= 2 and len(parts[0]) < _RECORD_DIGITS and "-" not in text[1:]:
            return ""
    if name not in ("", "runner_id") and _LOCAL_PHONE.fullmatch(text.strip()):
        return "a phone number"
    if name == "runner_id" and _CODE.fullmatch(text):  # its digits may be many
        born = _is_birth(text) or _BORN.search(text)
        return _BIRTH if born else _OF_RECORD if _RECORD.search(text) else ""
    return in_text(text)


def _other_column(kinds: list[str], texts: list[str], header: str) -> list[str]:
    """Dates and long numbers of a column that the format has not may be about anything."""
    dates = [kind == _BIRTH or is_date(text) for kind, text in zip(kinds, texts, strict=True)]
    old = [
        kind == _BIRTH and _OLD_YEAR.search(text[:_LOOKED]) is not None
        for kind, text in zip(kinds, texts, strict=True)
    ]
    mostly = 2 * sum(old) > sum(dates)
    measured = not _MEASURED.isdisjoint(re.findall("[a-z]+", header.casefold()))
    return [
        ""
        if (kind == _BIRTH and not (mostly and past))
        or (measured and kind == _OF_RECORD and text.isdecimal())
        else kind
        for kind, text, past in zip(kinds, texts, old, strict=True)
    ]


def _persons(texts: list[str], name: str) -> set[str]:
    """Texts of a column that look like persons' names."""
    if name == "arm":
        return {text for text in texts if is_person(text)}
    if name not in ("", "runner_id"):
        return set()
    names = {text for text in texts if is_name(text)}
    if not name:
        return names if len(names) >= _SEVERAL and 2 * len(names) >= len(texts) else set()
    names = {text for text in names if not _is_code(text)}
    for place in (0, -1):  # "Red Fox", "Red Owl": such words come again, unlike names
        count = Counter(text.split()[place] for text in names)
        if len(names) >= _CODES and 3 * len(count) <= len(names):
            names = {text for text in names if count[text.split()[place]] < _SEVERAL}
    return names


def _is_code(text: str) -> bool:
    """Whether words are a code, such as "Study One Runner 3"."""
    words = text[:_LOOKED].split()
    rest = [word for word in words if word.casefold() not in _CODE_WORDS]
    coded = len(rest) < len(words) or any(any(map(str.isdecimal, word)) for word in words)
    return coded and len(words) <= MANY_WORDS + 1 and not is_name(" ".join(rest))
