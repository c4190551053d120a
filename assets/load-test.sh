#!/usr/bin/env bash
# Uploads many files through the Multi-Region Access Point, each under its own key.
set -euo pipefail

usage() {
    cat <<'TEXT'
load-test.sh -a <MRAP ARN> [-r <files>] [-w <seconds between>] [-f <file> …]

  -a  ARN of the Multi-Region Access Point: arn:aws:s3::<account>:accesspoint/<alias>
  -r  number of files to upload; default 100
  -w  seconds between two uploads, 0 or more; default 1
  -f  file to upload; default testfile.csv beside this script. Several -f take turns
TEXT
}

usage_error() {
    echo "load-test.sh: $1" >&2
    usage >&2
    exit 2
}

main() {
    local arn='' files=100 pause=1 source sources=()
    while getopts ':a:r:w:f:h' option; do
        case $option in
            a) arn=$OPTARG ;;
            r) files=$OPTARG ;;
            w) pause=$OPTARG ;;
            f) sources+=("$OPTARG") ;;
            h) usage && exit 0 ;;
            :) usage_error "option -$OPTARG needs a value" ;;
            *) usage_error "there is no option -$OPTARG" ;;
        esac
    done
    [[ $OPTIND -gt $# ]] || usage_error "unexpected argument: ${!OPTIND}"
    [[ $arn =~ ^arn:[a-z-]+:s3::[0-9]{12}:accesspoint/[A-Za-z0-9.-]+$ ]] ||
        usage_error "-a needs the ARN of a Multi-Region Access Point"
    [[ $files =~ ^[1-9][0-9]*$ ]] || usage_error "-r needs a whole number from 1 up"
    [[ $pause =~ ^[0-9]+(\.[0-9]+)?$ ]] || usage_error "-w needs a number of seconds"
    [[ ${#sources[@]} -gt 0 ]] || sources=("$(dirname "$0")/testfile.csv")
    for source in "${sources[@]}"; do
        [[ -r $source ]] || usage_error "cannot read $source"
    done
    upload_all "$arn" "$files" "$pause" "${sources[@]}"
}

upload_all() {
    local arn=$1 files=$2 pause=$3 source sources=("${@:4}") run number key failed=0
    run=load-$(date -u +%Y%m%dT%H%M%SZ)-$$
    for ((number = 1; number <= files; number++)); do
        printf -v key 'input/%s-%05d.csv' "$run" "$number"
        source=${sources[(number - 1) % ${#sources[@]}]}
        if aws s3 cp --only-show-errors "$source" "s3://$arn/$key"; then
            echo "$number of $files: $key from $source"
        else
            failed=$((failed + 1))
            echo "$number of $files: $key FAILED" >&2
        fi
        [[ $number -eq $files ]] || sleep "$pause"
    done
    echo "$((files - failed)) of $files files uploaded as input/$run-*.csv"
    [[ $failed -eq 0 ]]
}

main "$@"
