#!/usr/bin/env bash
# One CloudFormation stack: deploy it, read it, delete it. Called by the Makefile beside it.
set -euo pipefail

readonly LOGS="$(dirname "$0")/../.build/log"

usage() {
    cat <<'TEXT'
stack.sh deploy  <stack> <region> <template> [Key=Value …]   create or update; values not given stay as they are
stack.sh outputs <stack> <region> [prefix]                   its outputs as shell assignments, each name with the prefix
stack.sh status  <stack> <region>                            its status, or MISSING
stack.sh delete  <stack> <region>                            delete and wait; nothing to do if it is missing
stack.sh empty   <bucket> <region> [prefix]                  delete every version of every object; likewise
TEXT
}

main() {
    local command=${1:-}
    [[ $# -gt 0 ]] && shift
    case $command in
        deploy | outputs | status | delete | empty) "$command" "$@" ;;
        *) usage >&2 && exit 2 ;;
    esac
}

deploy() {
    local stack=$1 region=$2 template=$3
    shift 3
    make_way "$stack" "$region"
    local log=$LOGS/$stack.$region.log began=$SECONDS
    mkdir -p "$LOGS"
    echo "  $stack in $region …"
    local overrides=()
    [[ $# -gt 0 ]] && overrides=(--parameter-overrides "$@")
    if ! sam deploy --template-file "$template" --stack-name "$stack" --region "$region" \
        --resolve-s3 --s3-prefix "${UPLOAD_PREFIX:-$stack}" --no-confirm-changeset --no-fail-on-empty-changeset \
        --capabilities CAPABILITY_NAMED_IAM CAPABILITY_AUTO_EXPAND \
        "${overrides[@]}" >"$log" 2>&1; then
        explain "$stack" "$region" "$log" >&2
        exit 1
    fi
    echo "  $stack in $region done, $((SECONDS - began)) s"
}

# A stack whose creation failed can only be deleted.
make_way() {
    case $(status "$1" "$2") in
        ROLLBACK_COMPLETE | ROLLBACK_FAILED | CREATE_FAILED | DELETE_FAILED)
            echo "  $1 in $2 was left half-made; deleting it first"
            delete "$1" "$2"
            ;;
    esac
}

explain() {
    local stack=$1 region=$2 log=$3
    echo "FAILED: $stack in $region. The end of $log:"
    tail -n 25 "$log" | sed 's/^/    /'
    echo "What CloudFormation says, first cause first:"
    failures "$stack" "$region" | sed 's/^/    /'
    echo "Next: mend that and run the same command again; what stands already is left as it is."
}

failures() {
    aws cloudformation describe-stack-events --stack-name "$1" --region "$2" --output text \
        --query 'reverse(StackEvents[?contains(ResourceStatus, `FAILED`)].[LogicalResourceId,ResourceStatusReason])' \
        2>/dev/null | grep -v 'Resource creation cancelled' | head -n 10 ||
        echo "(nothing; the change set was not made)"
}

outputs() {
    local stack=$1 region=$2 prefix=${3:-} key value
    aws cloudformation describe-stacks --stack-name "$stack" --region "$region" --output text \
        --query 'Stacks[0].Outputs[].[OutputKey,OutputValue]' |
        while IFS=$'\t' read -r key value; do printf '%s%s=%q\n' "$prefix" "$key" "$value"; done
}

status() {
    local answer
    if answer=$(aws cloudformation describe-stacks --stack-name "$1" --region "$2" \
        --query 'Stacks[0].StackStatus' --output text 2>&1); then
        echo "$answer"
    elif [[ $answer == *"does not exist"* ]]; then
        echo MISSING
    else
        echo "$answer" >&2
        return 1
    fi
}

delete() {
    local stack=$1 region=$2 state began=$SECONDS told=
    state=$(status "$stack" "$region")
    if [[ $state == MISSING ]]; then
        echo "  $stack in $region: nothing to delete"
        return
    fi
    echo "  deleting $stack in $region …"
    aws cloudformation delete-stack --stack-name "$stack" --region "$region"
    while state=$(status "$stack" "$region"); [[ $state != MISSING && $state != DELETE_COMPLETE ]]; do
        if [[ $state == DELETE_FAILED ]]; then
            echo "FAILED: $stack in $region was not deleted:" >&2
            failures "$stack" "$region" | sed 's/^/    /' >&2
            echo "Next: mend that and run make destroy-all again." >&2
            exit 1
        fi
        if [[ -z $told && $((SECONDS - began)) -gt 120 ]]; then
            echo "  still deleting $stack in $region: Lambda keeps network interfaces for up to 40 minutes"
            told=yes
        fi
        sleep 3
    done
    echo "  $stack in $region deleted, $((SECONDS - began)) s"
}

empty() {
    local bucket=$1 region=$2 prefix=${3:-} versions
    aws s3api head-bucket --bucket "$bucket" --region "$region" >/dev/null 2>&1 || return 0
    echo "  emptying $bucket/$prefix"
    while versions=$(page_of_versions "$bucket" "$region" "$prefix"); [[ $versions == *VersionId* ]]; do
        # by a file: a page is longer than what a command line takes
        aws s3api delete-objects --bucket "$bucket" --region "$region" \
            --delete file:///dev/stdin <<<"$versions" >/dev/null
    done
}

page_of_versions() {
    aws s3api list-object-versions --bucket "$1" --region "$2" --prefix "$3" --max-items 1000 --output json \
        --query '{Quiet: `true`, Objects: [Versions || `[]`, DeleteMarkers || `[]`][].{Key: Key, VersionId: VersionId}}'
}

main "$@"
