"""What computes virtual patients."""


def compiles_first() -> bool:
    """Whether the next simulation compiles the engine before it begins, which takes some seconds."""
    from blinplan.physiology.engine.choose import engine_called

    if engine_called(None).name != "compiled":
        return False
    from blinplan.physiology.engine.compiled import is_kept

    return not is_kept()
