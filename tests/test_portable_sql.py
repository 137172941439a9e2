"""Every .sql file but those marked (DuckDB only) keeps to words that DuckDB and Spark read alike.

The list is of what is allowed: a construct that nobody has tried on both engines is refused until somebody has.
"""

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
import sqlglot
from sqlglot import exp

import pipeline

ROOT = Path(pipeline.__file__).parent
SQL_FILES = [
    path
    for path in sorted(ROOT.rglob("*.sql"))
    if "(DuckDB only)" not in path.read_text(encoding="utf-8").splitlines()[0]
]

FUNCTIONS = {
    "bit_and", "bit_count", "bit_or", "cast", "chr", "coalesce", "concat", "concat_ws", "count", "first_value", "instr",
    "lag", "lead", "length", "max", "min", "nullif", "regexp_replace", "replace", "row_number", "substr", "sum", "translate", "try_cast",
}  # fmt: skip
TYPES = {"DATE", "DECIMAL", "BIGINT", "INT", "SMALLINT", "VARCHAR", "TEXT", "BOOLEAN"}
"""VARCHAR is what Spark calls TEXT within; a file that says text is not read by Spark itself."""
NEVER_NULL = {"file_id", "line", "posted_on", "snapshot_on", "partner_id", "label", "points", "domains"}
"""Keys that may be sorted by without a word on nulls, which the engines sort apart. (`label` is sorted in `cell` alone.)"""

ALLOWED: tuple[type[exp.Expression], ...] = (
    # shape
    exp.Select, exp.From, exp.Join, exp.Where, exp.Group, exp.Having, exp.Order, exp.Ordered, exp.With, exp.CTE,
    exp.Subquery, exp.Union, exp.Distinct, exp.Table, exp.TableAlias, exp.Alias, exp.Column, exp.Identifier, exp.Star,
    exp.Paren, exp.Tuple, exp.Window, exp.WindowSpec,
    # conditions
    exp.And, exp.Or, exp.Not, exp.EQ, exp.NEQ, exp.LT, exp.LTE, exp.GT, exp.GTE, exp.Between, exp.In, exp.Is, exp.Like,
    exp.Case, exp.If,
    # values
    exp.Literal, exp.Null, exp.Boolean, exp.Neg, exp.Add, exp.Sub, exp.Mul, exp.DataType, exp.DataTypeParam,
    # functions
    exp.BitwiseAndAgg, exp.BitwiseCount, exp.BitwiseOrAgg, exp.Cast, exp.Chr, exp.Coalesce, exp.Concat, exp.ConcatWs,
    exp.Count, exp.FirstValue, exp.Lag, exp.Lead, exp.Length, exp.Max, exp.Min, exp.Nullif, exp.RegexpReplace, exp.Replace, exp.RowNumber,
    exp.StrPosition, exp.Substring, exp.Sum, exp.Translate, exp.TryCast,
)  # fmt: skip


def breaches(sql: str) -> list[str]:
    """What in a SELECT is not in the portable subset."""
    trees = []
    for dialect in ("duckdb", "spark"):
        try:
            statements = sqlglot.parse(sql, dialect=dialect)
        except sqlglot.errors.SqlglotError as error:
            return [f"{dialect} does not read it: {str(error).splitlines()[0]}"]
        if len(statements) != 1 or not isinstance(statements[0], exp.Query):
            return ["not one SELECT"]
        trees.append(statements[0])
    found = [*_in_the_text(sql, trees[0]), *(breach for tree in trees for breach in _in_the_tree(tree))]
    return list(dict.fromkeys([*found, *_sorted_apart(*trees)]))


def _in_the_text(sql: str, tree: exp.Expression) -> Iterator[str]:
    """What the tree no longer shows: in it, a::b is a cast and a || b a function."""
    tokens = sqlglot.tokenize(sql, read="duckdb")
    for token, following in zip(tokens, [*tokens[1:], None], strict=True):
        if token.text in INSTEAD_OF:
            yield f"{token.text}: write {INSTEAD_OF[token.text]}"
        if token.token_type is sqlglot.TokenType.IDENTIFIER:
            yield f'"{token.text}": Spark reads double quotes as text'
        if token.token_type is sqlglot.TokenType.STRING and "\\" in token.text:
            yield f"{token.text}: Spark reads a backslash as an escape"
        is_called = following is not None and following.text == "(" and token.token_type is sqlglot.TokenType.VAR
        if is_called and token.text.lower() not in FUNCTIONS:
            yield f"{token.text}: not a function of both engines"
    if sum(token.token_type is sqlglot.TokenType.SELECT for token in tokens) != len(list(tree.find_all(exp.Select))):
        yield "from without select"


def _in_the_tree(tree: exp.Expression) -> Iterator[str]:
    for node in tree.walk():
        if isinstance(node, exp.Anonymous):
            if node.name.lower() not in FUNCTIONS:
                yield f"function {node.name}"
        elif type(node) not in ALLOWED:
            yield f"{type(node).__name__}: {node.sql()[:60]}"
        for kind, name, is_refused in REFUSED:
            if isinstance(node, kind) and is_refused(node):
                yield f"{name}: {node.sql()[:60]}"


def _sorted_apart(one: exp.Expression, other: exp.Expression) -> Iterator[str]:
    """Keys without `nulls first` or `nulls last`: each engine's reader fills in its own habit."""
    for mine, theirs in zip(one.find_all(exp.Ordered), other.find_all(exp.Ordered), strict=True):
        if mine.args.get("nulls_first") != theirs.args.get("nulls_first") and mine.this.name not in NEVER_NULL:
            yield f"order by {mine.this.sql()}: say nulls first or nulls last"


def _is_cast(node: exp.Expression) -> bool:
    """Whether a sum, with the window or product around it, is cast at once."""
    above = node.parent
    while isinstance(above, (exp.Mul, exp.Window, exp.Paren)):
        above = above.parent
    return isinstance(above, exp.Cast)


def _has_frame(window: exp.Window) -> bool:
    """Whether a window, or the named one that it uses, says `rows between`."""
    if window.args.get("spec"):
        return True
    select = window.find_ancestor(exp.Select)
    named = (select.args.get("windows") or []) if select else []
    return any(known.args.get("spec") for known in named if known.name == window.alias)


def _has_day(sum_or_difference: exp.Expression) -> bool:
    columns = (column.name for column in sum_or_difference.find_all(exp.Column))
    kinds = (kind.this.name for kind in sum_or_difference.find_all(exp.DataType))
    return "DATE" in kinds or any(name.endswith("_on") or name in ("valid_from", "valid_to") for name in columns)


INSTEAD_OF = {"::": "cast(… as …)", "||": "concat(…)"}
Refusal = tuple[type[exp.Expression] | tuple[type[exp.Expression], ...], str, Callable[[exp.Expression], object]]
REFUSED: list[Refusal] = [
    (exp.Select, "qualify", lambda select: select.args.get("qualify")),
    (exp.Query, "limit", lambda query: query.args.get("limit") or query.args.get("offset")),
    (exp.Distinct, "distinct on", lambda distinct: distinct.args.get("on")),
    (exp.AggFunc, "distinct in an aggregate costs ten times more", lambda call: call.find(exp.Distinct)),
    (exp.Group, "group by all", lambda group: group.args.get("all")),
    (exp.Group, "group by position", lambda group: any(isinstance(key, exp.Literal) for key in group.expressions)),
    (exp.Ordered, "order by all", lambda ordered: ordered.this.name.lower() == "all"),
    (exp.Ordered, "order by position", lambda ordered: isinstance(ordered.this, exp.Literal)),
    (exp.SetOperation, "union by name", lambda union: union.args.get("by_name")),
    (exp.SetOperation, "union without all", lambda union: union.args.get("distinct")),
    (exp.Join, "join by another method", lambda join: join.method or join.kind not in ("", "INNER", "CROSS")),
    (exp.Join, "join of another side", lambda join: join.side not in ("", "LEFT")),
    (exp.Join, "join without on", lambda join: join.kind != "CROSS" and not join.args.get("on")),
    (exp.Star, "star with changes", lambda star: any(star.args.values())),
    (exp.With, "recursion", lambda with_: with_.args.get("recursive")),
    (exp.DataType, "type", lambda kind: kind.this.name not in TYPES or kind.args.get("nested")),
    (exp.Chr, "chr above 255 is another character on Spark", lambda call: int(call.expressions[0].name) > 255),
    (exp.Sum, "sum without cast", lambda call: not _is_cast(call)),
    (
        exp.Window,
        "window without rows between",
        lambda window: not (isinstance(window.this, UNFRAMED) or _has_frame(window)),
    ),
    (exp.WindowSpec, "frame not by rows", lambda spec: (spec.args.get("kind") or "").upper() != "ROWS"),
    ((exp.Add, exp.Sub), "date arithmetic", _has_day),
    (exp.Table, "table function", lambda table: not isinstance(table.this, exp.Identifier)),
]
UNFRAMED = (exp.Lag, exp.Lead, exp.RowNumber, exp.Identifier)
"""What takes no frame; an identifier is where a named window is defined."""


@pytest.mark.parametrize("path", SQL_FILES, ids=lambda path: path.relative_to(ROOT).as_posix())
def test_a_shipped_select_is_portable(path: Path) -> None:
    assert breaches(path.read_text(encoding="utf-8")) == []


@pytest.mark.parametrize(
    "sql",
    [
        "select a, cast(sum(b) as bigint) as b from t group by a",
        "select first_value(a) over (partition by b order by line rows between unbounded preceding and current row) as a from t",
        "select lag(a) over w as a from t window w as (partition by b order by line)",
        "select first_value(a) over w as a from t window w as (order by line rows between unbounded preceding and unbounded following)",
        "select a from t left join u on u.a = t.a where t.b in (select b from v) union all select a from u",
        "select row_number() over (partition by a order by entry_id nulls first) as a from t",
        "select case when a like '__/__' then try_cast(b as date) end as b from t cross join u",
    ],
)
def test_a_portable_select_is_let_through(sql: str) -> None:
    assert breaches(sql) == []


@pytest.mark.parametrize(
    "sql",
    [
        "select a from t asof join u on t.b >= u.b",
        "select a from t semi join u on t.b = u.b",
        "select a from t full join u on t.b = u.b",
        "select a from t natural join u",
        "select a from t join u using (a)",
        "select a from t, lateral (select 1) as l",
        "select a from t qualify row_number() over (order by a) = 1",
        "select a, count(*) as n from t group by all",
        "select a, count(*) as n from t group by 1",
        "select a, count(*) as n from t group by rollup (a)",
        "select a from t union by name select a from u",
        "select a from t union all by name select a from u",
        "select a from t union select a from u",
        "select a from t intersect select a from u",
        "select distinct on (a) a, b from t",
        "select count(distinct a) as n from t",
        "select a from t order by a limit 5",
        "select a from t order by all",
        "select * exclude (a) from t",
        "select * replace (1 as a) from t",
        "from t",
        "select columns('a') from t",
        "select list_transform(a, lambda x: x + 1) as a from t",
        "select list_transform(a, x -> x + 1) as a from t",
        "select arg_max(a, b) as a from t",
        "select max_by(a, b) as a from t",
        "select any_value(a) as a from t",
        "select mode(a) as a from t",
        "select string_agg(a, ',') as a from t",
        "select cast(sum(a) filter (where b > 1) as bigint) as a from t",
        "select sum(a) as a from t",
        "select coalesce(sum(a), 0) as a from t",
        "select cast(a as bigint) + sum(b) as a from t group by a",
        "select avg(a) as a from t",
        "select median(a) as a from t",
        "select cast(sum(a) over (order by b) as bigint) as a from t",
        "select cast(sum(a) over (order by b range between unbounded preceding and current row) as bigint) as a from t",
        "select first_value(a) over (order by b) as a from t",
        "select first_value(a) over w as a from t window w as (order by b)",
        "select count(*) over (partition by b) as a from t",
        "select last_value(a ignore nulls) over (order by b) as a from t",
        "select a::date as a from t",
        "select a || b as a from t",
        'select "a" from t',
        "select '\\x01' as a from t",
        "select date_trunc('month', a) as a from t",
        "select a + interval 1 month as a from t",
        "select date_add(a, 1) as a from t",
        "select date_diff('day', a, b) as a from t",
        "select date '2004-01-01' - 1 as a from t",
        "select extract(year from a) as a from t",
        "select year(a) as a from t",
        "select current_date as a from t",
        "select now() as a from t",
        "select strftime(a, '%Y') as a from t",
        "select regexp_matches(a, 'b') as a from t",
        "select a from t where a similar to 'b'",
        "select a from t where a ilike 'b'",
        "select a[1] as a from t",
        "select [1, 2] as a from t",
        "select {'a': 1} as a from t",
        "select a.b.c.d.e as a, struct_pack(b := 1) as b from t",
        "select unnest(a) as a from t",
        "select a from read_csv('b')",
        "select a from range(5) as t (a)",
        "select a // 2 as a from t",
        "select a / 2 as a from t",
        "select a % 2 as a from t",
        "select a ** 2 as a from t",
        "select round(a, 2) as a from t",
        "select hash(a) as a from t",
        "select md5(a) as a from t",
        "select cast(a as hugeint) as a from t",
        "select cast(a as double) as a from t",
        "select cast(a as integer[]) as a from t",
        "select a is distinct from b as a from t",
        "select if(a, 1, 2) as a from t",
        "select a from t using sample 10",
        "select earned_on + 1 as a from t",
        "select row_number() over (partition by a order by entry_id) as a from t",
        "select chr(8239) as a from t",
        "select 1 as a from (from t) as u",
        "with recursive r as (select 1 as a union all select a + 1 from r) select a from r",
        "create macro f(a) as a",
        "pivot t on a",
        "select 1 as a; select 2 as a",
        "select my_own(a) as a from t",
        "select $a as a from t",
    ],
)
def test_what_is_not_portable_is_refused(sql: str) -> None:
    assert breaches(sql)
