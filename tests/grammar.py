"""Faults of grammar that a program can see in a sentence made from parts."""

import re

RULES = {
    "a word twice": re.compile(r"(?i)\b([a-z]{2,}) \1\b(?! \1)"),
    "one of many": re.compile(
        r"(?<![\d.,:/])1 (?:points|runners|weeks|sessions|limbs|draws|trials|minutes|sets"
        r"|days|arms)\b"
    ),
    "many of one": re.compile(
        r"(?<![\d.])(?:[2-9]|\d{2,}) (?:runner|week|session|limb|draw|trial)\b(?!['-])"
    ),
    "no difference called one": re.compile(
        r"(?<![\d.])[-\u2212]?0\.0+ (?:NRS )?(?:points? )?(?:lower|higher|less|more)\b"
    ),
    "a size with a sign": re.compile(
        r"[-\u2212]\d[\d.]* (?:points? )?(?:lower|higher|less|more)\b"
    ),
    "a name that is missing": re.compile(r"\b(?:None|nan|NaN|Undefined|inf)\b(?! of these| is )"),
    "a sign of a program": re.compile(
        r"[{}]|(?<!\d )%\)|\bTrue\b|\bFalse\b|<built-in|object at 0x"
    ),
    "a blank before a stop": re.compile(r" [,;.](?= |$)|\(\s|\s\)"),
    "two stops": re.compile(r"\.\.(?!\.)|,,|;;|,\.|;\."),
}
PAIRS = (("(", ")"), ("\u201c", "\u201d"))


def faults(text):
    """What is wrong with a passage, each with the words around it."""
    plain = re.sub(r"\$[^$]*\$", "", text)  # mathematics has rules of its own
    said = [
        f"{rule}: ...{plain[max(0, m.start() - 30) : m.end() + 30]}..."
        for rule, pattern in RULES.items()
        for m in pattern.finditer(plain)
    ]
    for left, right in PAIRS:
        if plain.count(left) != plain.count(right):
            said.append(f"{left} without {right}: {plain[:80]}")
    if plain.count('"') % 2:
        said.append(f"a quotation mark that is not closed: {plain[:80]}")
    return said
