"""What a template in another language has to have: the passages and facts of the English one."""

import re
from collections import Counter

from jinja2 import nodes

from hipstudy.wording import environment

NUMBER = re.compile(r"\d+(?:[.,]\d+)?")
QUOTES = {"de": "„“", "es": "«»"}
# Words that are in every few English sentences, and in no sentence of the other languages.
LEFT_IN_ENGLISH = re.compile(
    r"(?i)\b(?:the|your|you|and|with|of|to|at|is|not|when|week|weeks|it)\b"
)


def macros(package, report, language):
    """Passages of a template: name -> the facts that it names, each with the way to it."""
    env = environment(package)
    source, _, _ = env.loader.get_source(env, f"{report}.{language}.j2")
    return {one.name: facts(one) for one in env.parse(source).find_all(nodes.Macro)}


def facts(macro):
    """Facts that a passage names."""
    whole = {dotted(one) for one in macro.find_all(nodes.Getattr)}
    return {path for path in whole if path and not path.endswith(".split")}


def dotted(node):
    """Way to a fact: ``facts.rules.max_kg``; of what a call or an item gives, its last name."""
    if isinstance(node, nodes.Getattr):
        return f"{dotted(node.node)}.{node.attr}"
    return getattr(node, "name", "")


def missing(english, other):
    """Passages that a language has not, and facts that one of its passages does not name."""
    lacks = [name for name in english if name not in other]
    return lacks + [
        f"{name}: {', '.join(sorted(named ^ other[name]))}"
        for name, named in english.items()
        if name in other and named != other[name]
    ]


def numbers(text):
    """Numbers in a text, a decimal comma taken for a point, and how often each stands there."""
    return Counter(one.replace(",", ".") for one in NUMBER.findall(text))


def shape(text):
    """What each line is: a step, an item, a heading or a sentence by itself."""
    return [re.match(r"\d+\. |- |", line)[0] for line in text.splitlines()]
