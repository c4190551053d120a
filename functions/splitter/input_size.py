"""Refuses inputs that one call of the splitter may not be able to read to the end.

What bounds an input, for rows of 80 bytes as in the sample file, and chunks of 100 rows:

- time: the splitter takes 1.5 µs of CPU a row, and has 1,769 MB, which is one vCPU, for 900
  seconds; 10 GB are 125 million rows, in about 190 seconds. Rows may be four times shorter.
  https://docs.aws.amazon.com/lambda/latest/dg/configuration-memory.html
- network: 10 GB in and 10 GB out within 900 seconds are 11 MB a second each way.
- the Map state: its manifest may have 10 GB, and a Map Run 100 million items; here these are 0.2 GB
  and 1.25 million. https://docs.aws.amazon.com/step-functions/latest/dg/service-quotas.html
- the output: 10,000 parts of 8 MiB are 84 GB (common/upload.py), where it is twice the input.
- the run: two days (`TimeoutSeconds` of the state machine), whichever way the chunks take.
"""

from common.input_refused import InputRefused

INPUT_BYTES = 10 * 10**9


def check_size(size: int) -> None:
    """Raise InputRefused if the input has more than INPUT_BYTES."""
    if size > INPUT_BYTES:
        raise InputRefused(
            f"The file has {-(-size // 10**8) / 10} GB, and the largest that is processed has "
            f"{INPUT_BYTES // 10**9} GB.",
            "Cut it into several files, each with the header, and upload these.",
        )
