"""The few of GitHub's expressions that our workflows use, evaluated as the runner does."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

_TOKEN = re.compile(r"\s*(?:(?P<op>&&|\|\||==|!=|!|\(|\)|,)|'(?P<text>(?:[^']|'')*)'|(?P<name>[A-Za-z_][\w.-]*))")


class ExpressionError(Exception):
    """Something that this evaluator does not know."""


class _Parser:
    def __init__(self, text: str, contexts: Mapping[str, Any]) -> None:
        self.contexts = contexts
        self.tokens: list[tuple[str, str]] = []
        position = 0
        while text[position:].strip():
            match = _TOKEN.match(text, position)
            if match is None:
                raise ExpressionError(text[position:])
            kind = match.lastgroup or ""
            self.tokens.append((kind, match.group(kind)))
            position = match.end()

    def take(self, *wanted: str) -> str | None:
        if self.tokens and self.tokens[0][0] == "op" and self.tokens[0][1] in wanted:
            return self.tokens.pop(0)[1]
        return None

    def either(self) -> Any:
        value = self.all_of()
        while self.take("||"):
            other = self.all_of()
            value = value or other
        return value

    def all_of(self) -> Any:
        value = self.compare()
        while self.take("&&"):
            other = self.compare()
            value = other if value else value
        return value

    def compare(self) -> Any:
        value = self.unary()
        if operator := self.take("==", "!="):
            return (value == self.unary()) == (operator == "==")
        return value

    def unary(self) -> Any:
        if self.take("!"):
            return not self.unary()
        if self.take("("):
            value = self.either()
            self.take(")")
            return value
        kind, text = self.tokens.pop(0)
        if kind == "text":
            return text.replace("''", "'")
        if kind != "name":
            raise ExpressionError(text)
        return self.call(text) if self.take("(") else self.lookup(text)

    def call(self, name: str) -> Any:
        arguments = []
        while not self.take(")"):
            arguments.append(self.either())
            self.take(",")
        if name == "cancelled":
            return False
        if name == "format":
            template, *values = arguments
            return re.sub(r"\{(\d+)\}", lambda match: str(values[int(match.group(1))]), template)
        raise ExpressionError(name)

    def lookup(self, name: str) -> Any:
        value: Any = self.contexts
        first = True
        for part in name.split("."):
            if first and part not in value:
                raise ExpressionError(f"no context {part}")
            first = False
            value = value.get(part, "") if isinstance(value, Mapping) else ""
        return value


def evaluate(text: str, contexts: Mapping[str, Any]) -> Any:
    """The value of one expression, with or without ``${{ }}`` around it."""
    parser = _Parser(text.strip().removeprefix("${{").removesuffix("}}"), contexts)
    value = parser.either()
    if parser.tokens:
        raise ExpressionError(text)
    return value


def fill(text: str, contexts: Mapping[str, Any]) -> str:
    """``text`` with each ``${{ }}`` replaced by its value."""

    def value(match: re.Match[str]) -> str:
        found = evaluate(match.group(), contexts)
        return str(found).lower() if isinstance(found, bool) else str(found)

    return re.sub(r"\$\{\{.*?\}\}", value, text)
