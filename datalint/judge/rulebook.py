"""Find rule files and read them."""

from __future__ import annotations

import re
import tomllib
from pathlib import Path
from typing import TYPE_CHECKING, Any

from datalint.errors import RuleError, did_you_mean
from datalint.judge.query import analyse
from datalint.judge.rule import SUBJECTS, Option, Rule, template_fields
from datalint.judge.sandbox import QueryFailed
from datalint.model import Severity

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Iterable, Mapping, Sequence

    import duckdb

    from datalint.judge.sandbox import Row

    Run = Callable[[str, Mapping[str, Any]], list[Row]]

_CODE = re.compile(r"[A-Z]{2,8}[0-9]{3}")
_NAME = re.compile(r"[a-z][a-z0-9]*(-[a-z0-9]+)*")
_KEYS = ("code", "title", "severity", "subject", "message", "why", "advice", "source")


def shipped_folder() -> Path:
    """Return the folder of datalint's own rules: inside the package when installed, beside it in a checkout."""
    package = Path(__file__).resolve().parent.parent
    for folder in (package / "rules", package.parent / "rules"):
        if folder.is_dir():
            return folder
    raise RuleError("the rules are missing from this installation; install datalint again", package / "rules")


def read_rules(
    connection: duckdb.DuckDBPyConnection,
    tables: Mapping[str, Collection[str]],
    folders: Sequence[Path] = (),
    run: Run | None = None,
) -> list[Rule]:
    """Read datalint's own rules and those in ``folders``, in order of code.

    ``connection`` parses only; ``tables`` are the tables and views that a query may name, with their columns;
    ``run`` binds the queries of rules that are not ours. Raises RuleError with file and line for the first mistake.
    """
    rules = [read_rule(connection, tables, file) for file in _files(shipped_folder())]
    for folder in folders:
        if not folder.is_dir():
            raise RuleError("no such folder of rules (rule-paths)", folder)
        rules += [read_rule(connection, tables, file, run) for file in _files(folder)]
    _refuse_twins(rules)
    return sorted(rules, key=lambda rule: rule.code)


def read_rule(
    connection: duckdb.DuckDBPyConnection, tables: Mapping[str, Collection[str]], file: Path, run: Run | None = None
) -> Rule:
    """Read one rule file: a comment that is TOML, then one SELECT. Raises RuleError.

    Without ``run`` the rule is one of ours: trusted, and its columns are checked by a test.
    """
    try:
        sql = file.read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError) as error:
        raise RuleError(f"cannot be read: {error}", file) from None
    header = _header(sql, file)
    query = analyse(connection, sql, tables, file)
    options = {name: _option(name, table, file, sql) for name, table in header.get("options", {}).items()}
    for name in query.parameters - options.keys():
        raise RuleError(f"the query uses ${name}, which is no option{did_you_mean(name, options)}", file)
    for name in options.keys() - query.parameters:
        raise RuleError(f"the query does not use the option {name}", file, _line_of(sql, f"options.{name}"))
    rule = Rule(
        **{key: " ".join(header[key].split()) for key in _KEYS if key != "severity"},
        name=file.stem,
        severity=Severity[header["severity"].upper()],
        method=header["method"].strip(),
        options=options,
        sql=sql,
        tables=query.tables,
        needs=frozenset(_needs(header, tables, file, sql)),
        parameters=query.parameters,
        file=file,
        trusted=run is None,
    )
    if run is not None:
        check_columns(run, rule)
    return rule


def rule_words(folders: Sequence[Path]) -> list[tuple[str, str]]:
    """Return code and name of datalint's rules and those in ``folders``, without reading their queries.

    What is no rule file is passed over.
    """
    found = []
    for folder in (shipped_folder(), *folders):
        for file in _files(folder):
            try:
                code = _header(file.read_text(encoding="utf-8"), file)["code"]
            except (OSError, UnicodeDecodeError, RuleError):
                continue
            found.append((code, file.stem))
    return sorted(found)


def _files(folder: Path) -> list[Path]:
    return sorted(file for file in folder.rglob("*.sql") if file.is_file())


def _header(sql: str, file: Path) -> dict[str, Any]:
    if not sql.startswith("/*"):
        raise RuleError("a rule file opens with a comment /* ... */ that holds its description as TOML", file, 1)
    text, end, _ = sql[2:].partition("*/")
    if not end:
        raise RuleError("the comment with the description is not closed by */", file, 1)
    nested = text.find("/*")
    if nested >= 0:
        line = text.count("\n", 0, nested) + 1
        raise RuleError("the description holds /* (as in data/*.jpg), which SQL takes for a comment", file, line)
    try:
        header = tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        place = re.search(r"line (\d+)", str(error))
        raise RuleError(f"the description is not valid TOML: {error}", file, int(place[1]) if place else 1) from None
    for key in header.keys() - {*_KEYS, "options", "needs", "method"}:
        raise RuleError(f"unknown key {key!r}{did_you_mean(key, _KEYS)}", file, _line_of(sql, key))
    for key in _KEYS:
        if not isinstance(header.get(key), str) or not header[key].strip():
            raise RuleError(f"the description lacks {key!r}, a string", file, _line_of(sql, key))
    if not isinstance(header.setdefault("method", ""), str):
        raise RuleError("'method' must be a string", file, _line_of(sql, "method"))
    _check_words(header, file, sql)
    return header


def _check_words(header: dict[str, Any], file: Path, sql: str) -> None:
    if not _CODE.fullmatch(header["code"]):
        line = _line_of(sql, "code")
        raise RuleError(f"code {header['code']!r} must be letters and three digits, as BAL002", file, line)
    if not _NAME.fullmatch(file.stem):
        raise RuleError("a rule is named by its file, in lower case with dashes: class-far-below-mean.sql", file)
    for key, known in (("severity", [s.word for s in Severity]), ("subject", SUBJECTS)):
        if header[key] not in known:
            raise RuleError(f"{key} {header[key]!r} must be one of {', '.join(known)}", file, _line_of(sql, key))
    options = header.get("options", {})
    if not isinstance(options, dict) or not all(isinstance(table, dict) for table in options.values()):
        raise RuleError("options must be tables: [options.NAME]", file, _line_of(sql, "options"))


def _needs(header: dict[str, Any], tables: Mapping[str, Collection[str]], file: Path, sql: str) -> list[str]:
    needs = header.get("needs", [])
    if not isinstance(needs, list):
        raise RuleError("needs must be a list of tables and table.columns", file, _line_of(sql, "needs"))
    for name in map(str, needs):
        table, dot, column = name.partition(".")
        what, known = ("column", tables[table]) if table in tables and dot else ("table", tables)
        if (column if what == "column" else table) not in known:
            raise RuleError(f"needs: no {what} {name!r}{did_you_mean(name, known)}", file, _line_of(sql, "needs"))
    return needs


def _option(name: str, table: dict[str, Any], file: Path, sql: str) -> Option:
    line = _line_of(sql, f"options.{name}")
    known = ("default", "help", "range", "choices")
    for key in table.keys() - set(known):
        raise RuleError(f"unknown key {key!r} of option {name}{did_you_mean(key, known)}", file, line)
    default = table.get("default")
    if not isinstance(default, bool | int | float | str | list) or not isinstance(table.get("help"), str):
        kinds = "a number, string, boolean or list of strings"
        raise RuleError(f"option {name} needs a default ({kinds}) and a help text", file, line)
    bounds, choices = table.get("range"), table.get("choices", [])
    numbers = isinstance(default, int | float) and not isinstance(default, bool)
    if bounds is not None and not (numbers and isinstance(bounds, list) and len(bounds) == 2):
        raise RuleError(f"range of option {name} must be two numbers, for a number", file, line)
    if not isinstance(choices, list):
        raise RuleError(f"choices of option {name} must be a list", file, line)
    low, high = bounds or (None, None)
    option = Option(name, default, table["help"], low, high, tuple(choices))
    problem = option.problem(default)
    if problem:
        raise RuleError(f"the default of option {name} {problem}", file, line)
    return option


def check_columns(run: Run, rule: Rule) -> None:
    """Check that a query returns what its rule is about, and all that message and advice name.

    The query is bound to its defaults and not run. Raises RuleError.
    """
    columns = _result_columns(run, rule)
    wanted = SUBJECTS[rule.subject]
    if wanted and not {wanted, wanted + "s"} & {*columns}:
        line = _line_of(rule.sql, "subject")
        raise RuleError(f"a rule about a {rule.subject} returns a column {wanted}", rule.file, line)
    known = [*columns, *rule.options]
    for key in ("message", "advice"):
        line = _line_of(rule.sql, key)
        try:
            names = [name for name, _ in template_fields(getattr(rule, key))]
        except ValueError as error:
            raise RuleError(f"{key}: {error}", rule.file, line) from None
        for name in names:
            if name not in known:
                near = did_you_mean(name, known)
                raise RuleError(f"{key} names {{{name}}}, no column or option{near}", rule.file, line)


def _result_columns(run: Run, rule: Rule) -> list[str]:
    header, _, query = rule.sql.partition("*/")
    try:
        described = run("DESCRIBE " + query, {name: option.default for name, option in rule.options.items()})
    except QueryFailed as error:
        # The engine counts from the end of the header, whose last line is the first of the query.
        line = header.count("\n") + error.line if error.line else None
        raise RuleError(str(error), rule.file, line) from None
    return [row["column_name"] for row in described]


def _line_of(sql: str, key: str) -> int | None:
    """Find the line of a key or ``[table]`` of the header."""
    for number, line in enumerate(sql.partition("*/")[0].splitlines(), 1):
        if re.match(rf"\s*\[?\s*{re.escape(key)}\s*[=\].]", line):
            return number
    return None


def _refuse_twins(rules: Iterable[Rule]) -> None:
    seen: dict[str, Rule] = {}
    for rule in rules:
        for word in (rule.code, rule.name):
            if word in seen:
                raise RuleError(f"{word} is taken by {seen[word].file}; choose another", rule.file)
            seen[word] = rule
