"""What every schema type shares: frozen, strict about unknown keys, bilingual text."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Annotated, Any, Literal

from pydantic import BaseModel, BeforeValidator, ConfigDict

Lang = Literal["ko", "en"]
Isolation = Literal["namespace", "process"]
#: What may be asked for; ``auto`` is the strongest that the machine has.
Level = Literal["auto", "namespace", "process"]
#: Where the work of a class is done.
ExecutorName = Literal["local", "dask"]
#: For whom an assignment's repository is made.
Workflow = Literal["classroom", "classroom50", "plain"]

#: Any JSON value. Deliberately loose: what a student's process says is typed only where a check reads it.
Json = Any


class Frozen(BaseModel):
    """An immutable value; unknown keys are errors, so a typo in a TOML file can't go unnoticed."""

    # A diverged training has NaN losses. Stored as null they could not be read back; as constants they can.
    model_config = ConfigDict(frozen=True, extra="forbid", ser_json_inf_nan="constants")


def _sayable(value: object) -> object:
    """A lone surrogate, which a student's text may hold, can't be written to any file."""
    if isinstance(value, str) and not value.isascii():
        return value.encode("utf-16", "surrogatepass").decode("utf-16", "replace")
    return value


#: Text that can be stored, whatever it quotes.
Sayable = Annotated[str, BeforeValidator(_sayable)]


class Text(Frozen):
    """One message in both languages.

    Results hold both, so that a report can switch language without a second run.
    """

    ko: Sayable
    en: Sayable

    def get(self, lang: Lang) -> str:
        """The text in ``lang``."""
        return self.ko if lang == "ko" else self.en

    @classmethod
    def same(cls, text: str) -> Text:
        """What is the same in both, such as a name."""
        return cls(ko=text, en=text)

    @classmethod
    def join(cls, parts: Iterable[Text | None], by: str = " ") -> Text:
        """The parts that there are, one after the other, ``by`` between them."""
        each = [part for part in parts if part is not None]
        return cls(ko=by.join(part.ko for part in each), en=by.join(part.en for part in each))
