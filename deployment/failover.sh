#!/usr/bin/env bash
# Starts the failover runbook in a Region, and shows each step as it goes.
set -euo pipefail

usage() {
    cat <<'TEXT'
failover.sh <region to make active> <runbook> [Parameter=value …]   FenceWait, ReplicationWait: ISO 8601, such as PT3M
TEXT
}

main() {
    [[ $# -ge 2 ]] || { usage >&2 && exit 2; }
    local region=$1 runbook=$2 execution
    shift 2
    local parameters=()
    [[ $# -gt 0 ]] && parameters=(--parameters "$(joined "$@")")
    execution=$(aws ssm start-automation-execution --document-name "$runbook" --document-version "\$DEFAULT" \
        --region "$region" "${parameters[@]}" --query AutomationExecutionId --output text)
    echo "  $runbook in $region: $execution"
    follow "$execution" "$region"
}

joined() { local IFS=,; echo "$*"; }

follow() {
    local execution=$1 region=$2 state before='' steps
    while true; do
        state=$(field "$execution" "$region" 'AutomationExecution.AutomationExecutionStatus')
        steps=$(field "$execution" "$region" \
            'AutomationExecution.StepExecutions[?StepStatus!=`Pending`].[StepName,StepStatus]')
        news "$before" "$steps"
        before=$steps
        case $state in
            Pending | InProgress | Waiting) sleep "${POLL_SECONDS:-2}" ;;
            Success) break ;;
            *) explain "$execution" "$region" "$state" && exit 1 ;;
        esac
    done
    echo "  What was done, pass by pass (docs/operations.md says what it means):"
    aws ssm get-automation-execution --automation-execution-id "$execution" --region "$region" --output json \
        --query 'AutomationExecution.Outputs'
}

field() {
    aws ssm get-automation-execution --automation-execution-id "$1" --region "$2" --query "$3" --output text
}

# The lines that were not there the time before.
news() {
    comm -13 <(sort <<<"$1") <(sort <<<"$2") | while read -r step status; do
        [[ -z $step ]] || printf '  %(%H:%M:%S)T  %-20s %s\n' -1 "$step" "$status"
    done
}

explain() {
    echo "FAILED: the runbook ended as $3." >&2
    field "$1" "$2" 'AutomationExecution.FailureMessage' | sed 's/^/    /' >&2
    echo "Next: mend that and run the same command again; what is done already is left as it is." >&2
}

main "$@"
