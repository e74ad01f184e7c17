# SPDX-License-Identifier: GPL-2.0-or-later
# Completion of portwhy(1) for fish.

function __portwhy_ports
    portwhy -tuo port 2>/dev/null | string match -r --groups-only '^  ([0-9]+)$'
end

function __portwhy_ids
    portwhy explain 2>/dev/null | string match -r --groups-only '^  (\S+)  '
end

function __portwhy_netns
    path basename /run/netns/* 2>/dev/null
    or for f in /run/netns/*
        basename $f
    end
end

set -l verbs why check wait explain
set -l bare "not __fish_seen_subcommand_from $verbs"
set -l columns STATE LOCAL PEER LEFT HELD-BY UID USER PID FD INODE COOKIE TIMER RETRANS RECV-Q SEND-Q REUSEADDR \
    REUSEPORT V6ONLY DEVICE CGROUP COUNT PORT PROTO BIND STATES CLEARS SOCKETS LINGERING PIDS

complete -c portwhy -f
complete -c portwhy -n $bare -a why -d 'say whether bind() works'
complete -c portwhy -n $bare -a check -d 'a line for each socket in the way'
complete -c portwhy -n $bare -a wait -d 'return as soon as bind() works'
complete -c portwhy -n $bare -a explain -d 'the text of an id'
complete -c portwhy -n 'not __fish_seen_subcommand_from explain' -a '(__portwhy_ports)' -d 'port in use'
complete -c portwhy -n '__fish_seen_subcommand_from explain' -a '(__portwhy_ids)'
complete -c portwhy -s t -l tcp -d 'TCP ports'
complete -c portwhy -s u -l udp -d 'UDP ports'
complete -c portwhy -s 4 -l ipv4 -d 'judge only IPv4'
complete -c portwhy -s 6 -l ipv6 -d 'judge only IPv6'
complete -c portwhy -l reuseaddr -d 'the socket would have SO_REUSEADDR'
complete -c portwhy -l reuseport -d 'the socket would have SO_REUSEPORT'
complete -c portwhy -l v6only -d 'the socket would have IPV6_V6ONLY'
complete -c portwhy -l device -x -a '(__fish_print_interfaces)' -d 'the socket would be bound to a device'
complete -c portwhy -l user -x -a '(__fish_complete_users)' -d 'the socket would be of a user'
complete -c portwhy -l to -x -d 'also connect() to there'
complete -c portwhy -s N -l netns -x -a '(__portwhy_netns)' -d 'look in that network namespace'
complete -c portwhy -l all-netns -d 'look in every network namespace'
complete -c portwhy -s j -l json -d 'one JSON document'
complete -c portwhy -l prometheus -d 'metrics for Prometheus'
complete -c portwhy -s q -l quiet -d 'only the exit status'
complete -c portwhy -s o -l columns -x -a "(__fish_append , $columns)" -d 'columns of the table'
complete -c portwhy -s v -l verbose -d everything
complete -c portwhy -l output -r -F -d 'write to a file'
complete -c portwhy -s a -l all -d 'every socket and port'
complete -c portwhy -s n -l numeric -d 'no names of users'
complete -c portwhy -l probe -x -a 'auto always never' -d 'whether it may bind the address itself'
complete -c portwhy -l ascii -d 'no character outside ASCII'
complete -c portwhy -l color -x -a 'auto always never' -d 'whether there is colour'
complete -c portwhy -l lang -x -a 'c c++ python node go rust java ruby php perl shell nginx apache systemd' \
    -d 'language of the code in a fix'
complete -c portwhy -l states -x -a '(__fish_append , any blocking lingering listen ESTABLISHED SYN_SENT SYN_RECV FIN_WAIT_1 FIN_WAIT_2 TIME_WAIT CLOSE CLOSE_WAIT LAST_ACK LISTEN CLOSING BOUND UNCONN)' \
    -d 'check sockets in these states'
complete -c portwhy -l save -r -F -d 'write down which sockets there are'
complete -c portwhy -l since -r -F -d 'pass over the sockets of a file, or of older processes'
complete -c portwhy -s T -l timeout -x -d 'give up after that'
complete -c portwhy -s h -l help -d 'print help'
complete -c portwhy -s V -l version -d 'print the version'
