# SPDX-License-Identifier: GPL-2.0-or-later
# Completion of portwhy(1) for bash.
# shellcheck shell=bash

# Prints the ports in use, of both protocols.
_portwhy_ports()
{
	portwhy -tuo port 2>/dev/null | sed -n 's/^  \([0-9][0-9]*\)$/\1/p' | sort -un
}

_portwhy_ids()
{
	portwhy explain 2>/dev/null | sed -n 's/^  \([^ ][^ ]*\)  .*/\1/p'
}

# What there is for an option and begins with $2; status 1: it takes no such thing.
_portwhy_names()
{
	case $1 in
	-N | --netns) (cd /run/netns 2>/dev/null && compgen -f -- "$2") ;;
	--device) (cd /sys/class/net 2>/dev/null && compgen -f -- "$2") ;;
	--output | --save | --since) compgen -f -- "$2" ;;
	--user) compgen -u -- "$2" ;;
	--to | -T | --timeout) ;;
	*) return 1 ;;
	esac
	return 0
}

# The words that may stand behind an option; status 1: it takes none.
_portwhy_values()
{
	case $1 in
	--probe | --color) echo 'auto always never' ;;
	--states)
		echo 'any blocking lingering listen ESTABLISHED SYN_SENT SYN_RECV FIN_WAIT_1 FIN_WAIT_2 TIME_WAIT CLOSE CLOSE_WAIT' \
			'LAST_ACK LISTEN CLOSING BOUND UNCONN'
		;;
	--lang) echo 'c c++ python node go rust java ruby php perl shell nginx apache systemd' ;;
	-o | --columns)
		echo 'STATE LOCAL PEER LEFT HELD-BY UID USER PID FD INODE COOKIE TIMER RETRANS RECV-Q SEND-Q REUSEADDR' \
			'REUSEPORT V6ONLY DEVICE CGROUP COUNT PORT PROTO BIND STATES CLEARS SOCKETS LINGERING PIDS'
		;;
	*) return 1 ;;
	esac
}

_portwhy()
{
	local verbs='why check wait explain' options='-t --tcp -u --udp -4 --ipv4 -6 --ipv6 --reuseaddr --reuseport --v6only
		--device= --user= --to= -N --netns= --all-netns -j --json --prometheus -q --quiet -o --columns= -v --verbose --output=
		-a --all -n --numeric --probe= --ascii --color= --lang= --states= --save= --since= -T --timeout= -h --help -V --version'
	local cur=${COMP_WORDS[COMP_CWORD]} prev=${COMP_WORDS[COMP_CWORD - 1]} words verb='' word lead=''

	# "--probe=au" comes as three words.
	if [[ $cur == = ]]; then
		cur=
	elif [[ $prev == = ]]; then
		prev=${COMP_WORDS[COMP_CWORD - 2]}
	fi
	for word in "${COMP_WORDS[@]:1:COMP_CWORD-1}"; do
		[[ -z $verb && " $verbs " == *" $word "* ]] && verb=$word
	done
	if [[ $prev == -o || $prev == --columns || $prev == --states ]]; then # a list
		lead=${cur%"${cur##*[,+]}"}
		cur=${cur#"$lead"}
	fi
	if words=$(_portwhy_names "$prev" "$cur"); then
		mapfile -t COMPREPLY <<<"$words"
		return
	fi
	if words=$(_portwhy_values "$prev"); then
		:
	elif [[ $cur == -* ]]; then
		words=$options
		[[ $(compgen -W "$options" -- "$cur") == *= ]] && compopt -o nospace 2>/dev/null
	elif [[ $verb == explain ]]; then
		words=$(_portwhy_ids)
	elif [[ $cur == */* ]]; then
		mapfile -t COMPREPLY < <(compgen -f -- "$cur")
		return
	else
		words="$(_portwhy_ports)"
		[[ -n $verb ]] || words+=" $verbs"
	fi
	mapfile -t COMPREPLY < <(compgen -P "$lead" -W "$words" -- "$cur")
}

complete -F _portwhy portwhy
