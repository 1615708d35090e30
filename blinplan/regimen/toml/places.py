"""Where the keys and values of a text stand, apart from the scanner: of most files nobody asks."""

from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING, Any, Self

from blinplan.regimen.toml.positions import KeyPath, KeyPlace

if TYPE_CHECKING:
    from blinplan.regimen.toml.scanner import Nearby


class Places(Mapping[KeyPath, KeyPlace]):
    """The places in a text, which is scanned when somebody asks; to another process the text is handed over."""

    __slots__ = ("_name", "_nearby", "_places", "_text")

    def __init__(self, text: str, name: str) -> None:
        self._text = text
        self._name = name
        self._places: Mapping[KeyPath, KeyPlace] | None = None
        self._nearby: Nearby | None = None

    def find_all(self) -> Mapping[KeyPath, KeyPlace]:
        """Scan all of the text, where that was not done yet.

        Raises
        ------
        DocumentError
            If it is beyond a limit.
        """
        if self._places is None:
            from blinplan.regimen.toml.scanner import Scanner

            self._places = Scanner(self._text, self._name).places()
        return self._places

    def _around(self, path: KeyPath) -> Mapping[KeyPath, KeyPlace]:
        """At least the places around a path: most findings are about one, and scanning takes longer than the rule."""
        if self._places is not None:
            return self._places
        if self._nearby is None:
            from blinplan.regimen.toml.scanner import Nearby

            self._nearby = Nearby(self._text, self._name)
        return self._nearby.around(path) or self.find_all()

    def __getitem__(self, path: KeyPath) -> KeyPlace:
        return self._around(path)[path]

    def get(self, path: KeyPath, default: Any = None) -> Any:  # which is asked for most, and of Mapping is slow
        """Where something is written."""
        return self._around(path).get(path, default)

    def __iter__(self) -> Iterator[KeyPath]:
        return iter(self.find_all())

    def __len__(self) -> int:
        return len(self.find_all())

    def __contains__(self, path: object) -> bool:
        return path in self.find_all()

    def __reduce__(self) -> tuple[type[Self], tuple[str, str]]:
        return type(self), (self._text, self._name)
