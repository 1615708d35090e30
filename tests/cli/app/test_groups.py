"""Options that several commands have: said once, and options of each."""

from typing import Annotated, NamedTuple

import pytest
import typer
from typer.testing import CliRunner

from blinplan.cli.app.groups import with_groups


class Size(NamedTuple):
    weight: Annotated[float, typer.Option(help="In kg.")] = 70.0
    height: Annotated[float | None, typer.Option("--height", "-H")] = None


@with_groups
def measure(
    name: Annotated[str, typer.Argument()],
    *,
    loud: bool = False,
    size: Size,
    last: Annotated[int, typer.Option()] = 3,
) -> None:
    typer.echo(f"{name} {loud} {size} {last}")


@pytest.mark.parametrize(
    ("words", "told"),
    [
        ("ann", "ann False Size(weight=70.0, height=None) 3"),
        ("ann --weight 50 -H 160 --last 4", "ann False Size(weight=50.0, height=160.0) 4"),
        ("--loud ann --height 150", "ann True Size(weight=70.0, height=150.0) 3"),
    ],
)
def test_each_field_of_a_group_is_an_option_with_its_own_default(words: str, told: str) -> None:
    program = typer.Typer()
    program.command()(measure)
    assert CliRunner().invoke(program, words.split()).output.strip() == told


def test_options_stand_where_the_group_stands() -> None:
    program = typer.Typer()
    program.command()(measure)
    found = typer.main.get_command(program)
    names = [one.name for one in found.params if one.name not in {"install_completion", "show_completion"}]
    assert names == ["name", "loud", "weight", "height", "last"]
