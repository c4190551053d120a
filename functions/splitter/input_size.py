"""Refuses inputs that one call of the splitter, or a run, may not bring to an end.

What bounds an input:

- time: the splitter takes 0.8 µs of CPU for a blank line and up to 1.6 µs for a row of the sample
  file, and has 1,769 MB, which is one vCPU, for 900 seconds; INPUT_LINES are 400 seconds.
  https://docs.aws.amazon.com/lambda/latest/dg/configuration-memory.html
- network: 10 GB in and 10 GB out within 900 seconds are 11 MB a second each way.
- the Map state: its manifest may have 10 GB, and a Map Run 100 million items; with 250 rows a chunk
  these are 0.2 GB and a million. https://docs.aws.amazon.com/step-functions/latest/dg/service-quotas.html
- the output: 10,000 parts of 8 MiB are 84 GB (common/upload.py), where it is twice the input.
- the run: two days (`TimeoutSeconds` of the state machine). How many rows that is depends on the
  account, so `make deploy` computes it (deployment/deployer/admission.py).
"""

from collections.abc import Iterable, Iterator

from common.input_refused import InputRefused

INPUT_BYTES = 10 * 10**9
INPUT_LINES = 250 * 10**6
CUT_IT = "Cut it into several files, each with the header, and upload these."


def check_size(size: int) -> None:
    """Raise InputRefused if the input has more than INPUT_BYTES."""
    if size > INPUT_BYTES:
        raise InputRefused(
            f"The file has {-(-size // 10**8) / 10} GB, and the largest that is processed has "
            f"{INPUT_BYTES // 10**9} GB.",
            CUT_IT,
        )


def check_lines(blocks: Iterable[bytes]) -> Iterator[bytes]:
    """Pass blocks on. Raise InputRefused when there were more than INPUT_LINES, blank ones too.

    Lines end with LF, CR or both; in a file that mixes LF and CR the rarer ones are not counted.
    """
    lines = 0
    for block in blocks:
        lines += max(block.count(b"\n"), block.count(b"\r"))
        if lines > INPUT_LINES:
            raise InputRefused(
                f"The file has more than {INPUT_LINES:,} lines, blank ones included, which is the "
                "most that can be read of one file.",
                CUT_IT,
            )
        yield block


def check_rows(rows: int, max_rows: int) -> None:
    """Raise InputRefused if there are more rows than a run can process."""
    if rows > max_rows:
        raise InputRefused(
            f"The file has more than {max_rows:,} rows, which is the most that this deployment "
            "accepts of one file: it may not process more within the two days of a run.",
            f"{CUT_IT} Or have the operators ask AWS for a higher quota of Lambda functions and "
            "deploy again, which raises this limit.",
        )
