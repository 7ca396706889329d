"""The sentences of a document's printed words, and how long each is."""

import re

from hipstudy.report import document
from hipstudy.report.read_markdown import plain_text

# Their full stops end no sentence: English, German, Spanish.
_SHORT = (
    *("e.g.", "i.e.", "vs.", "cf.", "approx.", "ca.", "Fig.", "Dr.", "St."),
    *("z. B.", "z.B.", "d. h.", "d.h.", "u. a.", "u.a.", "bzw.", "ggf.", "inkl.", "Nr.", "vgl."),
    *("p. ej.", "p.ej.", "pág.", "Sr.", "Sra.", "núm.", "aprox."),
)
_ABBREVIATION = re.compile(
    rf"(?<!\w)(?:{'|'.join(map(re.escape, _SHORT))}|no\.(?=\s\d))"  # "no. 5", and not "…, o no."
)
_KEPT = "\u2024"  # stands for a full stop that ends nothing, while sentences are cut
# "am 3. Mai", "in der 12. Woche"
_ORDINAL = re.compile(
    r"\b(\d{1,3})\.(?=\s(?:Woche|Tag|Jan|Feb|März|Apr|Mai|Jun|Jul|Aug|Sep|Okt|Nov|Dez))"
)
# A name in quotation marks may begin with a small letter.
_END = re.compile(r"(?<=[.!?])[)\]\"'”’»“]*\s+(?=[\"'“‘«„]\w|[(\[¿¡]?[^\W_a-z])")


def sentences(text):
    """Cut a text into its sentences; a text without a full stop is one.

    Examples
    --------
    >>> sentences("It is 0.27 less (95 % band 0.08 to 0.61). See doi 10.1519/JSC.001, e.g. here.")
    ['It is 0.27 less (95 % band 0.08 to 0.61).', 'See doi 10.1519/JSC.001, e.g. here.']
    """
    text = " ".join(text.split())
    text = _ABBREVIATION.sub(lambda found: found[0].replace(".", _KEPT), text)
    text = _ORDINAL.sub(rf"\1{_KEPT}", text)
    cuts = [match.end() for match in _END.finditer(text)]
    parts = [text[a:b] for a, b in zip([0, *cuts], [*cuts, len(text)], strict=True)]
    return [part.strip().replace(_KEPT, ".") for part in parts if part.strip()]


def words(sentence):
    """Count words: what stands between blanks and has a letter or a digit.

    Examples
    --------
    >>> words("0.27 points less (95 % band)"), words("sets × repetitions – a week")
    (5, 4)
    """
    return sum(any(letter.isalnum() for letter in part) for part in sentence.split())


def texts(block):
    """Texts of a block that are prose: no cells or heads of tables, no code, no alt text."""
    match block:
        case document.Paragraph() | document.Heading():
            return [plain_text(block.runs)]
        case document.ListBlock():
            return [text for item in block.items for one in item for text in texts(one)]
        case document.Quote():
            return [text for one in block.blocks for text in texts(one)]
        case document.AnswerBlock():
            labels = [label for _, _, label in block.numbers]
            return [block.sentence, *labels, block.basis]
        case document.FigureBlock() | document.TableBlock():
            return [block.caption]
    return []


def all_sentences(document_):
    """Every sentence of the short document, its title first."""
    every = [document_.title, *(text for block in document_.blocks for text in texts(block))]
    return [one for text in every for one in sentences(text)]


def cells(document_):
    """Texts of the cells of tables and of the answer's numbers in the short document."""
    found = []
    for block in document_.blocks:
        if isinstance(block, document.TableBlock):
            found += [cell.text for row in (*block.head, *block.rows) for cell in row]
        elif isinstance(block, document.AnswerBlock):
            found += [part for number in block.numbers for part in number[:2]]
    return [text for text in found if text.strip()]
