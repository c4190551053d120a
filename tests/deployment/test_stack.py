"""deployment/stack.sh: one stack, deployed, read or deleted; and what to do if that fails."""

from __future__ import annotations

from tests.deployment.standins import Shell

SCRIPT = "deployment/stack.sh"
MISSING = "echo 'Stack with id s does not exist' >&2; exit 255"
DEPLOY = ("deploy", "s", "eu-west-1", "templates/tables.yaml", "Env=-x")


def test_it_deploys_with_what_it_is_given(shell: Shell) -> None:
    shell.program("aws", MISSING)
    shell.program("sam", "")
    assert shell.run(SCRIPT, *DEPLOY).returncode == 0
    (deploy,) = [call for call in shell.calls() if call.startswith("sam ")]
    assert "--stack-name s --region eu-west-1" in deploy
    assert "--no-fail-on-empty-changeset" in deploy
    assert "CAPABILITY_NAMED_IAM CAPABILITY_AUTO_EXPAND" in deploy
    assert deploy.endswith("--parameter-overrides Env=-x")


def test_a_failed_deployment_says_why_and_what_next(shell: Shell) -> None:
    event = r"printf 'Table\tquota exceeded\n'"
    shell.program("aws", f'case "$*" in *events*) {event};; *) {MISSING};; esac')
    shell.program("sam", "echo sam said this; exit 1")
    done = shell.run(SCRIPT, *DEPLOY)
    assert done.returncode == 1
    for part in ("FAILED: s in eu-west-1", "sam said this", "quota exceeded", "Next:"):
        assert part in done.stderr


def test_what_was_left_half_made_is_deleted_before_it_is_made_again(shell: Shell) -> None:
    gone = shell.folder / "gone"
    shell.program(
        "aws",
        f"""case "$*" in
            *delete-stack*) touch {gone} ;;
            *describe-stacks*) [[ ! -e {gone} ]] || {{ {MISSING}; }}; echo ROLLBACK_COMPLETE ;;
        esac""",
    )
    shell.program("sam", "")
    assert shell.run(SCRIPT, *DEPLOY).returncode == 0
    order = [call.split()[2] for call in shell.calls() if "delete-stack" in call or "sam" in call]
    assert order[0] == "delete-stack"
    assert shell.calls()[-1].startswith("sam deploy")


def test_aws_that_does_not_answer_is_not_a_missing_stack(shell: Shell) -> None:
    shell.program("aws", "echo 'Unable to locate credentials' >&2; exit 255")
    shell.program("sam", "")
    done = shell.run(SCRIPT, "delete", "s", "eu-west-1")
    assert done.returncode != 0
    assert "Unable to locate credentials" in done.stderr


def test_deleting_what_is_missing_is_done_at_once(shell: Shell) -> None:
    shell.program("aws", MISSING)
    done = shell.run(SCRIPT, "delete", "s", "eu-west-1")
    assert done.returncode == 0
    assert "nothing to delete" in done.stdout


def test_outputs_become_assignments_that_are_safe_to_evaluate(shell: Shell) -> None:
    shell.program("aws", r"printf 'BucketName\tb\nOdd\ta b;$(rm x)\n'")
    done = shell.run(SCRIPT, "outputs", "s", "eu-west-1", "Primary")
    assert done.stdout.splitlines() == ["PrimaryBucketName=b", r"PrimaryOdd=a\ b\;\$\(rm\ x\)"]


def test_a_bucket_is_emptied_page_after_page(shell: Shell) -> None:
    pages = shell.folder / "pages"
    pages.write_text("2")
    page = '{"Objects": [{"Key": "k", "VersionId": "v"}]}'
    shell.program(
        "aws",
        f"""case "$*" in
            *list-object-versions*) [[ $(<{pages}) -eq 0 ]] || echo '{page}' ;;
            *delete-objects*) cat >/dev/null; echo $(($(<{pages}) - 1)) > {pages} ;;
        esac""",
    )
    assert shell.run(SCRIPT, "empty", "b", "eu-west-1").returncode == 0
    assert sum("delete-objects" in call for call in shell.calls()) == 2
