"""Words that tell about a person: in names of columns, and as a person's own name."""

import re
import unicodedata

from hipstudy.cohort_file.schema import FAMILY, columns, find
from hipstudy.prescription.protocol import preset_names

MANY_WORDS = 4  # words about a person, maybe

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
