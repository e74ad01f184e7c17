#!/bin/sh
# run.sh BUILD DECISIONS SEED [OPTION...]: the random chains of BUILD/tests/diff/diff,
# with its options.  Where they cannot run that is a skip with its reason.
set -u

[ $# -ge 3 ] || { echo 'usage: run.sh BUILD DECISIONS SEED [OPTION...]' >&2; exit 2; }
program=$1/tests/diff/diff decisions=$2 seed=$3
shift 3
status=0
timeout "${DIFF_SECONDS:-3600}" "$program" -n "$decisions" -s "$seed" "$@" || status=$?
case $status in
77) echo 'skip diff: the chains need namespaces'; exit 0 ;;
124) echo "FAIL diff: not done after ${DIFF_SECONDS:-3600} s" ;;
esac
exit "$status"
