"""Which branches of a template no rendering reached."""

from jinja2 import nodes

from hipstudy.wording import environment

_MARK = "\x01{}\x02"


def _branches(body, found):
    """Put a mark at the start of each branch of each condition."""
    for node in body:
        if isinstance(node, nodes.If):
            arms = [node.body, *(one.body for one in node.elif_), node.else_]
            for index, arm in enumerate(arms):
                if index == len(arms) - 1 and not arm:
                    continue  # nothing is said: there is nothing to render
                name = f"line {node.lineno}, branch {index + 1}"
                found.add(name)
                arm.insert(0, nodes.Output([nodes.TemplateData(_MARK.format(name))]))
        for field in ("body", "else_"):
            inner = getattr(node, field, None)
            if isinstance(inner, list):
                _branches([one for one in inner if isinstance(one, nodes.Node)], found)
        for one in getattr(node, "elif_", []) or []:
            _branches(one.body, found)


def unrendered(package, report, renderings, language="en"):
    """Passages and branches that none of the renderings reaches.

    ``renderings`` are pairs of a passage's name and its facts. Conditions within an expression
    (``{{ a if b else c }}``) are not followed: write them as ``{% if %}`` where both are sentences.
    """
    env = environment(package).overlay()
    source, _, _ = env.loader.get_source(env, f"{report}.{language}.j2")
    tree = env.parse(source)
    expected = set()
    _branches(tree.body, expected)
    expected |= {f"passage {one.name}" for one in tree.find_all(nodes.Macro)}
    code = env.compile(tree)
    module = env.template_class.from_code(env, code, env.make_globals(None)).module
    reached = set()
    for passage, facts in renderings:
        text = str(getattr(module, passage)(facts))
        reached.add(f"passage {passage}")
        reached |= {part.partition("\x02")[0] for part in text.split("\x01")[1:]}
    called = {
        one.node.name for one in tree.find_all(nodes.Call) if isinstance(one.node, nodes.Name)
    }  # a macro that another macro calls
    return sorted(expected - reached - {f"passage {name}" for name in called})
