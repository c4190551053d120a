#!/usr/bin/env bash
# Which Region is active: reads the two routing controls, and sets them for the very first time. Later it is the
# runbook that sets them.
#
# A control that was never set is Off. Setting is only done while both are Off, so that another deployment changes nothing.
set -euo pipefail

readonly CONTROL_REGION=us-west-2 # where ARC's control plane lives

usage() {
    cat <<'TEXT'
arc.sh show   <cluster ARN> <primary's control ARN> <secondary's control ARN>
arc.sh begin  <cluster ARN> <primary's control ARN> <secondary's control ARN>   primary On, if both are Off
arc.sh endpoints <cluster ARN>                               its five endpoints as region=url,… for the failover function
TEXT
}

main() {
    if [[ $# -eq 2 && $1 == endpoints ]]; then
        listed "$2"
        return
    fi
    [[ $# -eq 4 ]] || { usage >&2 && exit 2; }
    local command=$1 cluster=$2 primary=$3 secondary=$4 states
    states="$(state "$cluster" "$primary") $(state "$cluster" "$secondary")"
    case "$command $states" in
        "begin Off Off") begin "$cluster" "$primary" "$secondary" ;;
        begin\ * | show\ *) echo "  routing controls: primary ${states% *}, secondary ${states#* }" ;;
        *) usage >&2 && exit 2 ;;
    esac
}

begin() {
    at_some_endpoint "$1" update-routing-control-states --update-routing-control-state-entries \
        "RoutingControlArn=$2,RoutingControlState=On" "RoutingControlArn=$3,RoutingControlState=Off" >/dev/null
    echo "  routing controls: primary On, secondary Off (set for the first time)"
}

state() {
    at_some_endpoint "$1" get-routing-control-state --routing-control-arn "$2" \
        --query RoutingControlState --output text
}

# The data plane has five endpoints, each in its Region; any may be down.
at_some_endpoint() {
    local cluster=$1 endpoint region answer=
    shift
    while read -r endpoint region; do
        if answer=$(aws route53-recovery-cluster "$@" --endpoint-url "$endpoint" --region "$region" \
            --cli-connect-timeout 5 --cli-read-timeout 10 2>&1); then
            echo "$answer"
            return
        fi
    done < <(endpoints "$cluster")
    echo "no endpoint of $cluster took $1: ${answer:-it has none}" >&2
    return 1
}

# Sorted, so that a deployment that changes nothing changes no parameter.
listed() {
    endpoints "$1" | while read -r endpoint region; do echo "$region=$endpoint"; done | sort | paste -sd, -
}

endpoints() {
    aws route53-recovery-control-config describe-cluster --cluster-arn "$1" --region "$CONTROL_REGION" \
        --query 'Cluster.ClusterEndpoints[].[Endpoint,Region]' --output text | shuffled
}

shuffled() { sort -R; }

main "$@"
