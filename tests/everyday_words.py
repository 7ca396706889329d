"""Words that clinics write in eight languages: names of columns, sides, visits, yes and no.

Of each locale a file draws one way of writing; none is taken from the words that the package knows.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from random import Random

NAMES = (
    "runner_id", "side", "week", "arm", "sex", "age_y", "mass_kg", "adverse_event",
    "discomfort_nrs", "thomas_ext_deg", "tightness_nrs",
)  # fmt: skip


@dataclass(frozen=True)
class Locale:
    """One way of writing in one language.

    Parameters
    ----------
    code
        Of the language.
    heads
        Column of the format -> its name in the file.
    sides, sexes, yesno
        Word of the format -> word in the file.
    visits
        Names of the visits in cells and of sheets.
    side_in_head, visit_in_head
        What names of columns end in.
    joint
        What stands between the parts of a name.
    mean
        What a row of means begins with.
    missing
        What stands where nothing was measured; None for an empty cell.
    decimal, delimiter, encoding
        Of text files.
    """

    code: str
    heads: Mapping[str, str]
    sides: Mapping[str, str]
    sexes: Mapping[str, str]
    yesno: Mapping[str, str]
    visits: Sequence[object]
    side_in_head: Mapping[str, str]
    visit_in_head: Sequence[str]
    joint: str
    mean: str
    missing: object = None
    decimal: str = "."
    delimiter: str = ","
    encoding: str = "utf-8"


_WORDS = {
    "en": {
        "heads": [
            ["ID", "Runner ID", "Participant", "Patient ID"],
            ["Side", "Leg", "Hip"],
            ["Week", "Visit", "Visit week"],
            ["Group", "Arm", "Treatment"],
            ["Sex", "Gender"],
            ["Age", "Age (y)"],
            ["Weight", "Body mass (kg)"],
            ["Adverse event", "Side effects"],
            ["Discomfort", "Discomfort running"],
            ["Thomas", "Thomas test", "Thomas (deg)"],
            ["Tightness", "Tightness NRS", "tightness 0-10"],
        ],
        "sides": ["left right", "L R", "Left Right"],
        "sexes": ["F M", "female male"],
        "yesno": ["yes no", "Y N", "1 0"],
        "visits": [
            ["Baseline", "Week 6", "Week 12"],
            [0, 6, 12],
            ["Baseline", "6 wk", "12 wk"],
            ["baseline", "6 weeks", "12 weeks"],
            ["T0", "T1", "T2"],
            ["Pre", "6wk", "Post"],
        ],
        "in_head": ["pre 6wk 12wk", "baseline week6 week12", "0 6 12", "wk0 wk6 wk12"],
        "mean": "Mean",
    },
    "de": {
        "heads": [
            ["Patient", "Proband", "ID", "Läufer"],
            ["Seite", "Bein"],
            ["Woche", "Termin", "Zeitpunkt"],
            ["Gruppe", "Behandlung"],
            ["Geschlecht"],
            ["Alter"],
            ["Gewicht", "Körpergewicht"],
            ["Nebenwirkungen", "Unerwünschtes Ereignis"],
            ["Beschwerden", "Beschwerden beim Laufen"],
            ["Thomas-Test", "Thomas", "Thomas Winkel"],
            ["Spannung", "Spannungsgefühl", "Spannung NRS"],
        ],
        "sides": ["links rechts", "li re", "L R"],
        "sexes": ["w m", "weiblich männlich"],
        "yesno": ["ja nein", "j n", "WAHR FALSCH"],
        "visits": [
            ["Baseline", "Woche 6", "Woche 12"],
            ["Vorher", "6 Wochen", "12 Wochen"],
            [0, 6, 12],
            ["T0", "T1", "T2"],
            ["Eingangsmessung", "6. Woche", "12. Woche"],
        ],
        "in_head": ["vorher 6Wo 12Wo", "W0 W6 W12", "T0 T1 T2"],
        "mean": "Mittelwert",
    },
    "fr": {
        "heads": [
            ["Patient", "Code patient", "Sujet"],
            ["Côté", "Jambe"],
            ["Semaine", "Visite"],
            ["Groupe", "Traitement"],
            ["Sexe"],
            ["Âge"],
            ["Poids"],
            ["Effet indésirable", "Événement indésirable"],
            ["Gêne", "Gêne à la course"],
            ["Thomas", "Test de Thomas"],
            ["Raideur", "Tension"],
        ],
        "sides": ["gauche droite", "G D"],
        "sexes": ["F H", "femme homme"],
        "yesno": ["oui non", "O N"],
        "visits": [
            ["Inclusion", "Semaine 6", "Semaine 12"],
            [0, 6, 12],
            ["avant", "6 sem", "12 sem"],
            ["S0", "S6", "S12"],
        ],
        "in_head": ["S0 S6 S12", "avant 6sem 12sem"],
        "mean": "Moyenne",
    },
    "es": {
        "heads": [
            ["Paciente", "Código", "Participante"],
            ["Lado", "Pierna"],
            ["Semana", "Visita"],
            ["Grupo", "Tratamiento"],
            ["Sexo"],
            ["Edad"],
            ["Peso"],
            ["Evento adverso"],
            ["Molestia", "Molestia al correr"],
            ["Thomas", "Test de Thomas"],
            ["Rigidez", "Tirantez"],
        ],
        "sides": ["izquierda derecha", "I D", "izq der"],
        "sexes": ["F M", "mujer hombre"],
        "yesno": ["sí no", "S N"],
        "visits": [
            ["Basal", "Semana 6", "Semana 12"],
            [0, 6, 12],
            ["inicio", "6 semanas", "12 semanas"],
        ],
        "in_head": ["basal 6sem 12sem", "S0 S6 S12"],
        "mean": "Media",
    },
    "pt": {
        "heads": [
            ["Participante", "Código"],
            ["Lado", "Perna"],
            ["Semana", "Visita"],
            ["Grupo", "Tratamento"],
            ["Sexo"],
            ["Idade"],
            ["Peso"],
            ["Evento adverso"],
            ["Desconforto"],
            ["Thomas", "Teste de Thomas"],
            ["Rigidez", "Tensão"],
        ],
        "sides": ["esquerda direita", "E D"],
        "sexes": ["F M", "feminino masculino"],
        "yesno": ["sim não", "S N"],
        "visits": [
            ["Linha de base", "Semana 6", "Semana 12"],
            [0, 6, 12],
            ["inicial", "6 sem", "12 sem"],
        ],
        "in_head": ["S0 S6 S12", "pré 6sem 12sem"],
        "mean": "Média",
    },
    "nl": {
        "heads": [
            ["Deelnemer", "Proefpersoon", "Patiëntcode"],
            ["Kant", "Been", "Zijde"],
            ["Week", "Bezoek"],
            ["Groep", "Behandeling"],
            ["Geslacht"],
            ["Leeftijd"],
            ["Gewicht"],
            ["Bijwerking"],
            ["Ongemak", "Klachten"],
            ["Thomas", "Thomastest"],
            ["Stijfheid", "Strakheid"],
        ],
        "sides": ["links rechts", "L R"],
        "sexes": ["V M", "vrouw man"],
        "yesno": ["ja nee", "J N"],
        "visits": [
            ["Nulmeting", "Week 6", "Week 12"],
            [0, 6, 12],
            ["start", "6 weken", "12 weken"],
        ],
        "in_head": ["wk0 wk6 wk12", "T0 T1 T2"],
        "mean": "Gemiddelde",
    },
    "it": {
        "heads": [
            ["Paziente", "Codice", "Soggetto"],
            ["Lato", "Gamba"],
            ["Settimana", "Visita"],
            ["Gruppo", "Trattamento"],
            ["Sesso"],
            ["Età"],
            ["Peso"],
            ["Evento avverso"],
            ["Disagio", "Fastidio"],
            ["Thomas", "Test di Thomas"],
            ["Rigidità", "Tensione"],
        ],
        "sides": ["sinistra destra", "Sx Dx"],
        "sexes": ["F M", "femmina maschio"],
        "yesno": ["sì no", "S N"],
        "visits": [
            ["Basale", "Settimana 6", "Settimana 12"],
            [0, 6, 12],
            ["inizio", "6 sett", "12 sett"],
        ],
        "in_head": ["S0 S6 S12", "pre 6sett 12sett"],
        "mean": "Media",
    },
    "no": {
        "heads": [
            ["Deltaker", "Pasient", "ID"],
            ["Side", "Ben"],
            ["Uke", "Besøk"],
            ["Gruppe", "Behandling"],
            ["Kjønn"],
            ["Alder"],
            ["Vekt"],
            ["Bivirkning"],
            ["Ubehag", "Ubehag ved løp"],
            ["Thomas", "Thomas-test"],
            ["Stramhet", "Stivhet"],
        ],
        "sides": ["venstre høyre", "V H"],
        "sexes": ["K M", "kvinne mann"],
        "yesno": ["ja nei", "J N"],
        "visits": [["Baseline", "Uke 6", "Uke 12"], [0, 6, 12], ["start", "6 uker", "12 uker"]],
        "in_head": ["uke0 uke6 uke12", "pre 6uker 12uker"],
        "mean": "Gjennomsnitt",
    },
    "sv": {
        "heads": [
            ["Deltagare", "Patient", "Kod"],
            ["Sida", "Ben"],
            ["Vecka", "Besök"],
            ["Grupp", "Behandling"],
            ["Kön"],
            ["Ålder"],
            ["Vikt"],
            ["Biverkning"],
            ["Obehag"],
            ["Thomas", "Thomas test"],
            ["Stelhet", "Stramhet"],
        ],
        "sides": ["vänster höger", "V H"],
        "sexes": ["K M", "kvinna man"],
        "yesno": ["ja nej", "J N"],
        "visits": [
            ["Baslinje", "Vecka 6", "Vecka 12"],
            [0, 6, 12],
            ["start", "6 veckor", "12 veckor"],
        ],
        "in_head": ["v0 v6 v12", "före 6v 12v"],
        "mean": "Medel",
    },
}


def _locale(code: str, random: Random) -> Locale:
    words = _WORDS[code]
    heads = {name: random.choice(ways) for name, ways in zip(NAMES, words["heads"], strict=True)}
    style = random.choice([str, str, str.upper, str.lower, lambda text: text.replace(" ", "_")])
    heads = {name: style(head) for name, head in heads.items()}
    left, right = random.choice(words["sides"]).split()
    female, male = random.choice(words["sexes"]).split()
    yes, no = random.choice(words["yesno"]).split()
    in_head = random.choice(words["sides"]).split()
    comma = code != "en" and random.random() < 0.7
    return Locale(
        code, heads,
        {"left": left, "right": right}, {"F": female, "M": male}, {"yes": yes, "no": no},
        random.choice(words["visits"]),
        dict(zip(("left", "right"), in_head, strict=True)),
        random.choice(words["in_head"]).split(),
        random.choice([" ", "_", " - "]),
        words["mean"],
        random.choice([None, None, None, "n/a", "-", -99, 999]),
        "," if comma else ".",
        ";" if comma else ",",
        random.choice(["utf-8", "utf-8-sig", "cp1252"]),
    )  # fmt: skip


LOCALES = {code: partial(_locale, code) for code in _WORDS}
