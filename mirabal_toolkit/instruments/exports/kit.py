"""A questionnaire in every format somebody asks for: names of formats, files, and the folder they go into."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import Path

from mirabal_toolkit.core.instrument import Instrument
from mirabal_toolkit.errors import InputError, Problem, UsageError
from mirabal_toolkit.instruments.exports.ddi import ddi
from mirabal_toolkit.instruments.exports.item_table import item_table
from mirabal_toolkit.instruments.exports.limesurvey import limesurvey_files
from mirabal_toolkit.instruments.exports.names import file_stem
from mirabal_toolkit.instruments.exports.qualtrics import qualtrics_files
from mirabal_toolkit.instruments.exports.questionnaire import Mode, Questionnaire, questionnaire
from mirabal_toolkit.instruments.exports.questionnaire_docx import questionnaire_docx
from mirabal_toolkit.instruments.exports.questionnaire_html import questionnaire_html
from mirabal_toolkit.instruments.exports.raw import json_text
from mirabal_toolkit.instruments.exports.redcap import redcap_files
from mirabal_toolkit.instruments.exports.spss import spss
from mirabal_toolkit.instruments.exports.stata import stata
from mirabal_toolkit.instruments.exports.xlsform import xlsform
from mirabal_toolkit.safekeeping.files import all_at_once, whole_file

Files = dict[str, bytes]

#: The papers of ``docx`` and ``html``: end of the file name → kind, large print.
_PAPERS: dict[str, tuple[Mode, bool]] = {
    "interviewer-script": ("script", False),
    "self-complete": ("self", False),
    "self-complete-large-print": ("self", True),
}


def _papers(ending: str, render: Callable[[Questionnaire], bytes]) -> Callable[[Instrument, str], Files]:
    def files(instrument: Instrument, language: str) -> Files:
        return {
            f"{name}.{ending}": render(questionnaire(instrument, language, mode, large=large))
            for name, (mode, large) in _PAPERS.items()
        }

    return files


#: Format → its files: end of the file name → content.
FORMATS: dict[str, Callable[[Instrument, str], Files]] = {
    "xlsform": lambda instrument, language: {"xlsform.xlsx": xlsform(instrument, language)},
    "redcap": redcap_files,
    "lss": limesurvey_files,
    "qualtrics": qualtrics_files,
    "ddi": lambda instrument, language: {"ddi.xml": ddi(instrument, language)},
    "docx": _papers("docx", questionnaire_docx),
    "html": _papers("html", questionnaire_html),
    "spss": lambda instrument, language: {"spss.sps": spss(instrument, language)},
    "stata": lambda instrument, language: {"stata.do": stata(instrument, language)},
    "csv": lambda instrument, _language: {"items.csv": item_table(instrument)},
    "json": lambda instrument, _language: {"json": json_text(instrument).encode("utf-8")},
}

#: Formats that ask people questions, so that they need the wording.
ASKING = ("xlsform", "redcap", "lss", "qualtrics", "docx", "html")


def export_files(instrument: Instrument, formats: Sequence[str], language: str) -> Files:
    """Return a questionnaire in some formats: file name → content, the same bytes every time.

    Parameters
    ----------
    instrument : Instrument
    formats : sequence of str
        Some of `FORMATS`.
    language : str
        Language of formats that hold one, and the first of those that hold several.

    Raises
    ------
    UsageError
        If a format or the language is unknown, or a questionnaire without wording is to ask questions.

    Examples
    --------
    >>> from mirabal_toolkit.instruments.loading import load_instrument
    >>> sorted(export_files(load_instrument("partner-safety@1.0.0"), ["csv", "json"], "en"))
    ['partner-safety-1.0.0.items.csv', 'partner-safety-1.0.0.json']
    """
    problems = [*_format_problems(formats), *_language_problems(instrument, language)]
    problems += _wording_problems(instrument, formats)
    if problems:
        raise UsageError(f"{instrument.reference} cannot be exported so", problems=problems)
    stem = file_stem(instrument)
    return {
        f"{stem}.{ending}": content
        for name in dict.fromkeys(formats)
        for ending, content in FORMATS[name](instrument, language).items()
    }


def _format_problems(formats: Sequence[str]) -> list[Problem]:
    known = ", ".join(FORMATS)
    problems = [
        Problem(f"there is no format “{name}”", fix=f"use some of: {known}") for name in formats if name not in FORMATS
    ]
    return problems if formats else [Problem("no format was named", fix=f"use some of: {known}")]


def _language_problems(instrument: Instrument, language: str) -> list[Problem]:
    codes = [known.code for known in instrument.languages]
    if language in codes:
        return []
    return [Problem(f"it is not in “{language}”", fix=f"use one of: {', '.join(codes)}")]


def _wording_problems(instrument: Instrument, formats: Sequence[str]) -> list[Problem]:
    asking = [name for name in dict.fromkeys(formats) if name in ASKING]
    if instrument.rights.wording_redistributable or not asking:
        return []
    where = f"; its wording: {instrument.rights.link}" if instrument.rights.link else ""
    fix = f"use only: {', '.join(name for name in FORMATS if name not in ASKING)}{where}"
    return [Problem(f"it holds no wording, which may not be passed on, so it cannot be {', '.join(asking)}", fix=fix)]


def write_files(files: Files, out: Path) -> tuple[Path, ...]:
    """Write files into a folder, which is made if need be: all of them, or none.

    Raises
    ------
    InputError
        If the folder cannot be written; earlier files are then as they were.
    """
    try:
        out.mkdir(parents=True, exist_ok=True)
        with all_at_once(out):
            for name, content in files.items():
                with whole_file(out / name) as place:
                    place.write_bytes(content)
    except OSError as error:
        raise InputError(
            f"the files cannot be written: {error.strerror}", where=out.name, fix="choose a folder you may write to"
        ) from None
    return tuple(out / name for name in files)
