"""The error of an input that is refused as a whole."""


class InputRefused(Exception):
    """The file is not what the system processes. Permanent: the same bytes fail again.

    The message is for the person who uploaded the file: it says what is wrong and where, and quotes
    no records. The state machine matches the name of this class.
    """
