"""What is wrong with the settings, in lines that say what to do."""


class SettingsError(Exception):
    """The settings cannot be used; ``lines`` say why, one fault each."""

    def __init__(self, lines: list[str]) -> None:
        super().__init__("\n".join(lines))
        self.lines = lines
