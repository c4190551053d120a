"""The error of a file that is refused as a whole."""


class InputRefused(Exception):
    """The file is not what the system processes. Permanent: the same bytes fail again.

    The text is for the person who made the file, perhaps in Excel: a line with the cause, a line
    with the remedy, and perhaps a line of details. It quotes no records. The state machine matches
    the name of this class.
    """

    def __init__(self, cause: str, remedy: str, details: str = "") -> None:
        super().__init__("\n".join(filter(None, (cause, remedy, details))))
