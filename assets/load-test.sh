#!/usr/bin/env bash
# Uploads many files through the Multi-Region Access Point, each under its own key: one after the other, or all at once.
set -euo pipefail

usage() {
    cat <<'TEXT'
load-test.sh -a <MRAP ARN> [-r <files>] [-w <seconds between>] [-f <file> …]

  -a  ARN of the Multi-Region Access Point: arn:aws:s3::<account>:accesspoint/<alias>
  -r  number of files to upload; default 100
  -w  seconds between two uploads; default 1. 0 uploads side by side, ten at a time (or as many as the AWS CLI's setting
      max_concurrent_requests says)
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
        [[ -f $source && -r $source ]] || usage_error "not a file that can be read: $source"
    done
    upload_all "$arn" "$files" "$pause" "${sources[@]}"
}

upload_all() {
    local arn=$1 files=$2 pause=$3 sources=("${@:4}") run uploaded=0
    run=load-$(date -u +%Y%m%dT%H%M%SZ)-$$
    if [[ $pause =~ ^0+(\.0+)?$ ]]; then
        upload_side_by_side
    else
        upload_one_by_one
    fi
    echo "$uploaded of $files files uploaded as input/$run-*.csv"
    [[ $uploaded -eq $files ]]
}

# These two read the variables of upload_all, and set how many files were uploaded.

upload_one_by_one() {
    local number name
    for ((number = 1; number <= files; number++)); do
        name=$(name_of "$number")
        if aws s3 cp --only-show-errors "$(source_of "$number")" "s3://$arn/input/$name"; then
            uploaded=$((uploaded + 1))
            report "$number"
        else
            echo "$number of $files: input/$name FAILED" >&2
        fi
        [[ $number -eq $files ]] || sleep "$pause"
    done
}

# One process for all files, since each takes a second to start. It uploads what the links in a folder lead to, tells of
# each upload in a line that ends with the key, and of each failure in one on the standard error.
upload_side_by_side() {
    local number line
    folder=$(mktemp -d)
    trap 'rm -r "$folder"' EXIT
    for ((number = 1; number <= files; number++)); do
        ln -s "$(absolute "$(source_of "$number")")" "$folder/$(name_of "$number")"
    done
    while IFS= read -r line; do
        [[ $line =~ /input/$run-([0-9]+)\.csv$ ]] || continue
        uploaded=$((uploaded + 1))
        report "$((10#${BASH_REMATCH[1]}))"
    done < <(aws s3 cp --recursive --no-progress "$folder" "s3://$arn/input/")
}

name_of() { printf '%s-%05d.csv' "$run" "$1"; }

source_of() { echo "${sources[($1 - 1) % ${#sources[@]}]}"; }

absolute() { echo "$(cd "$(dirname "$1")" && pwd)/$(basename "$1")"; }

report() { echo "$1 of $files: input/$(name_of "$1") from $(source_of "$1")"; }

main "$@"
