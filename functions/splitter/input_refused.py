"""Why a whole file is refused."""


class InputRefused(Exception):
    """The file is not what the system processes. Permanent: the same bytes fail again.

    The message is for the person who uploaded it: it says what is wrong and where, and does not
    quote records. The state machine matches the name of this class.
    """
