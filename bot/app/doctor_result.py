"""What doctor says of one thing."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class Result:
    """One thing that was checked; ``fault`` says what is wrong and what mends it, empty where it is sound."""

    what: str
    fault: str = ""
    detail: str = ""

    def __str__(self) -> str:
        """Say it in a line."""
        return (
            f"FAIL  {self.what}: {self.fault}"
            if self.fault
            else f"ok    {self.what}{self.detail and ': '}{self.detail}"
        )
