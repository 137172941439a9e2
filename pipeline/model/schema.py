"""The JSON Schema of rulebooks, by which an editor completes and checks them while they are written."""

import re
from typing import Any

from pydantic.json_schema import GenerateJsonSchema, JsonSchemaValue
from pydantic_core import core_schema

from pipeline.model.amount import FISCAL_YEAR, MOST_MONTHS, MOST_POINTS, WINDOW_WORDS
from pipeline.model.programme import Programme

DRAFT = "http://json-schema.org/draft-07/schema#"
"""The newest one that editors of TOML know widely."""
WINDOW = {
    "anyOf": [
        {"enum": list(WINDOW_WORDS)},
        {"type": "string", "pattern": FISCAL_YEAR},
        {"type": "integer", "minimum": 1, "maximum": MOST_MONTHS},
        {"type": "array", "items": {"type": "string", "format": "date"}, "minItems": 1, "uniqueItems": True},
    ],
    "default": WINDOW_WORDS[0],
    "description": "The days whose entries count: a word, a fiscal year such as 'year from 07-01', a number of months, or the first days of seasons.",
}
REVIEW = {
    "anyOf": [
        {"enum": ["always", "anniversary"]},
        {
            "type": "array",
            "items": {"type": "integer", "minimum": 1, "maximum": 12},
            "minItems": 1,
            "uniqueItems": True,
        },
    ],
    "default": "always",
}
BESIDE_CHANGE = ("effective", "source")
LIMITS = {"ge": "minimum", "gt": "exclusiveMinimum"}
"""How pydantic names the limits of a value that it reads by a function of ours, and how JSON Schema does."""


def rulebook_schema() -> dict[str, Any]:
    """What a file in programmes/ may hold. What one value says of another (ladders, order, names) `palier check` tells."""
    schema = _mended(Programme.model_json_schema(schema_generator=_InToml))
    tables = schema["$defs"]
    for table in (schema, *tables.values()):
        _describe_keys(table, tables)
    _add_change(tables["Version"])
    for review in ("review_up", "review_down"):
        tables["Hold"]["properties"][review] |= REVIEW
        tables["Hold"]["properties"][review].pop("type", None)
    return {"$schema": DRAFT, **schema, "title": "A rulebook of Palier"}


class _InToml(GenerateJsonSchema):
    """What TOML can say: exact points are numbers, and a key is left out rather than null."""

    def decimal_schema(self, schema: core_schema.DecimalSchema) -> JsonSchemaValue:
        limits = {name: float(schema[key]) for key, name in LIMITS.items() if key in schema}  # type: ignore[literal-required]
        return {"type": "number", "exclusiveMaximum": MOST_POINTS, **limits}

    def nullable_schema(self, schema: core_schema.NullableSchema) -> JsonSchemaValue:
        return self.generate_inner(schema["schema"])

    def default_schema(self, schema: core_schema.WithDefaultSchema) -> JsonSchemaValue:
        inner, default = self.generate_inner(schema["schema"]), schema.get("default")
        return {**inner, "default": default} if isinstance(default, str | bool) else inner

    def field_title_should_be_set(self, schema: Any) -> bool:
        return False


def _mended(schema: Any) -> Any:
    """The limits by their names in JSON Schema."""
    if isinstance(schema, dict):
        return {LIMITS.get(key, key): _mended(value) for key, value in schema.items()}
    return [_mended(value) for value in schema] if isinstance(schema, list) else schema


def _describe_keys(table: dict[str, Any], tables: dict[str, Any]) -> None:
    """Give keys the words of the docstring (`key, key: words.`), and lists of tables those of their table."""
    first, *told = re.split(r"(?<=\.)\s+((?:[a-z_]+, )*[a-z_]+): ", table.get("description", ""))
    keys = {name: words for names, words in zip(told[::2], told[1::2], strict=True) for name in names.split(", ")}
    for name, key in table.get("properties", {}).items():
        of = tables.get(key.get("items", key).get("$ref", "").rpartition("/")[2], {}).get("description", "")
        if words := keys.get(name) or of.split("\n\n")[0]:
            key["description"] = " ".join((words[0].upper() + words[1:]).split())
    if first:
        table["description"] = " ".join(first.split())


def _add_change(version: dict[str, Any]) -> None:
    """A version is written out, or is the one before it but for the values in `change`."""
    keys = version["properties"]
    keys["window"] = WINDOW
    keys["change"] = {
        "type": "object",
        "minProperties": 1,
        "propertyNames": {"pattern": rf"^({'|'.join(name for name in keys if name not in BESIDE_CHANGE)})(\..+)?$"},
        "description": 'Paths in quotes, and their new values: "tier.gold.requires.points" = 100. All else is as before.',
    }
    written_out = [name for name in version["required"] if name not in BESIDE_CHANGE]
    version |= {
        "required": list(BESIDE_CHANGE),
        "if": {"required": ["change"]},
        "then": {"propertyNames": {"enum": [*BESIDE_CHANGE, "change"]}},
        "else": {"required": written_out},
    }
