"""The columns of a cohort file: one row per runner, side and visit; and those never read.

``data/cohort_columns.csv`` is the truth: what a column means, its unit, what can be true of it and
what is likely. The template, its dictionary and every check come from there.
"""

import csv
import re
import unicodedata
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache

from hipstudy.resources import place

KINDS = ("id", "side", "arm", "number", "sex", "yesno")
FAMILY = "hagos_"  # any column whose name starts so is one of a family

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


@dataclass(frozen=True)
class Column:
    """One column.

    Parameters
    ----------
    name
        As in the file's head; ``hagos_`` stands for a family.
    kind
        One of ``KINDS``.
    unit
        Of a number.
    needed
        ``required``, ``outcome`` (one of these at least has a value somewhere), or ``optional``.
    possible, plausible
        Ends of what can be true, and of what is likely; None for what is no number.
    wrong_unit
        What a number past them often is, and how to mend it.
    meaning, how
        What it is, and how to measure or write it.
    """

    name: str
    kind: str
    unit: str
    needed: str
    possible: tuple[float, float] | None
    plausible: tuple[float, float] | None
    wrong_unit: str
    meaning: str
    how: str


def _ends(row: Mapping[str, str], which: str) -> tuple[float, float] | None:
    low, high = row[f"{which}_low"], row[f"{which}_high"]
    return (float(low), float(high)) if low else None


@cache
def columns() -> Mapping[str, Column]:
    """Every column by name, in the order of the template."""
    with place("data", "cohort_columns.csv").open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file))
    texts = ("name", "kind", "unit", "needed", "wrong_unit", "meaning", "how")
    return {
        row["name"]: Column(
            **{text: row[text] for text in texts},
            possible=_ends(row, "possible"),
            plausible=_ends(row, "plausible"),
        )
        for row in rows
    }


def find(name: str) -> Column | None:
    """The column that a head names; None when the format has none of this name.

    Examples
    --------
    >>> find("mass_kg").unit, find("hagos_sport").unit, find("mass")
    ('kg', 'points', None)
    """
    known = columns()
    if name in known and name != FAMILY:
        return known[name]
    return known[FAMILY] if name.startswith(FAMILY) and len(name) > len(FAMILY) else None


def outcomes() -> tuple[str, ...]:
    """Columns of which at least one must have a value somewhere."""
    return tuple(name for name, column in columns().items() if column.needed == "outcome")


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
    return next((kind for kind, said in _PHRASES.items() if re.search(said, phrase)), "")
