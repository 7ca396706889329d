"""How the explorer looks, in JupyterLab and in a page of its own: the report's colours."""

import re
from collections.abc import Sequence
from html import escape

from hipstudy.cohort_file import file_warnings
from hipstudy.errors import Finding, Problem
from hipstudy.figures.style import ARM_COLOURS, GREY, INK, PALE

_A, _B = ARM_COLOURS["arm_a"], ARM_COLOURS["arm_b"]
_RULES = f"""
.hs-page, .hs-page .widget-html-content {{ color: {INK}; font: 15px/1.45 "Source Sans 3",
  "Source Sans Pro", "Segoe UI", "Helvetica Neue", Arial, sans-serif; overflow: visible; }}
.hs-page h1 {{ font-size: 1.7em; margin: .2em 0; }}
.hs-page h2 {{ font-size: 1.15em; margin: .3em 0; }}
.hs-page h3 {{ font-size: 1em; margin: .8em 0 .2em; }}
.hs-page p {{ margin: .35em 0; max-width: 75ch; }}
.hs-page .hs-note, .hs-page .hs-said p + p {{ color: #4d4d4d; }}
.hs-body {{ display: grid; grid-template-columns: minmax(320px, 400px) minmax(0, 1fr);
  gap: 1.2em; align-items: start; overflow: visible; }}
.hs-pictures {{ display: grid; gap: 1.2em; overflow: visible; align-items: start;
  grid-template-columns: repeat(auto-fit, minmax(min(430px, 100%), 1fr)); }}
.hs-card {{ overflow: visible; }}
.hs-controls {{ border-left: 4px solid {PALE}; padding: 0 0 .4em .7em; margin-bottom: .8em;
  overflow: visible; }}
.hs-arm-a {{ border-left-color: {_A}; }}
.hs-arm-b {{ border-left-color: {_B}; border-left-style: dashed; }}
.hs-controls .widget-label, .hs-card .widget-label {{ color: {INK}; white-space: normal;
  line-height: 1.2; height: auto; font-size: 14px; text-align: left; }}
.hs-controls .widget-readout, .hs-card .widget-readout {{ color: {INK}; }}
.hs-page .widget-hslider {{ height: auto; min-height: 32px; align-items: center; }}
.hs-panel img {{ width: 100%; max-width: 760px; height: auto; }}
.hs-panel .hs-tables {{ max-height: 22em; overflow: auto; }}
.hs-panel table {{ border-collapse: collapse; font-size: .85em;
  font-variant-numeric: tabular-nums; }}
.hs-panel th, .hs-panel td {{ padding: .15em .6em; border-bottom: 1px solid {PALE};
  text-align: right; }}
.hs-panel th[scope=row], .hs-panel th:first-child {{ text-align: left; font-weight: 400; }}
.hs-panel figure {{ margin: .6em 0; }}
.hs-panel figcaption {{ font-size: .9em; color: #4d4d4d; }}
.hs-panel summary {{ cursor: pointer; }}
.hs-problems {{ color: #8c1d18; background: #fdf1f0; border-left: 4px solid #8c1d18;
  padding: .5em .8em .5em 2em; margin: .4em 0; }}
.hs-page .file-warnings {{ border-left: 4px solid {GREY}; padding-left: .8em; }}
.hs-page a {{ color: #005a8f; text-decoration: underline; }}
.hs-page .widget-checkbox, .hs-page .widget-checkbox .widget-label-basic {{ width: auto;
  height: auto; min-height: 24px; white-space: normal; line-height: 1.3; }}
.hs-page .widget-checkbox .widget-label-basic span {{ white-space: normal; overflow: visible; }}
.hs-page button.jupyter-button {{ background: {INK}; color: white; height: auto; width: auto;
  min-height: 32px; padding: .35em 1em; font-size: 15px; white-space: normal; line-height: 1.3; }}
.hs-page button.jupyter-button:disabled {{ background: {GREY}; }}
.hs-page :focus-visible, .hs-page input:focus-visible, .hs-page select:focus-visible,
.hs-page .noUi-handle:focus {{ outline: 3px solid {_A} !important;
  outline-offset: 2px; }}
.hs-page input, .hs-page select {{ color: {INK}; }}
.hs-old {{ opacity: .45; }}
.hs-if-other {{ display: none; }}
.hs-other .hs-if-other {{ display: inline; }}
.hs-page progress {{ width: min(30em, 100%); }}
.hs-side {{ overflow: visible; padding-left: 4px; }}
.hs-side, .hs-side > *, .hs-controls > * {{ flex-shrink: 0; }}
@media (min-width: 861px) {{ .hs-side {{ position: sticky; top: 0; max-height: 100vh;
  overflow-y: auto; }} }}
@media (min-width: 1600px) {{
  .hs-body {{ grid-template-columns: 720px minmax(0, 1fr); }}
  .hs-side {{ display: grid; align-content: start; gap: 0 1em;
    grid-template-columns: minmax(0, 1fr) minmax(0, 1fr); }}
  .hs-side > .hs-wide {{ grid-column: 1 / -1; }} }}
@media (max-width: 860px) {{ .hs-body {{ grid-template-columns: minmax(0, 1fr); }} }}
"""
STYLE = f"<style>{_RULES}</style>"


def problem_list_html(problems: Sequence[Problem | str]) -> str:
    """Every problem, as text and never markup; read out as it appears."""
    items = "".join(f"<li>{escape(str(problem))}</li>" for problem in problems)
    return f'<div role="alert"><ul class="hs-problems">{items}</ul></div>'


def warned(warnings: Sequence[Finding]) -> str:
    """What the check of the cohort file warned of; empty where there is nothing."""
    if not warnings:
        return ""
    items = "".join(f"<li>{escape(one)}</li>" for one in file_warnings.sentences(warnings))
    title = escape(file_warnings.head(warnings))
    return f'<div class="file-warnings"><p><b>{title}</b></p><ul>{items}</ul></div>'


def plain(markdown: str) -> str:
    """Prose of the report as text of a page: bold marks and escapes are of no use there."""
    return escape(re.sub(r"\\(.)", r"\1", markdown.replace("**", "")))
