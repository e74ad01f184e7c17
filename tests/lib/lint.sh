#!/bin/sh
# lint.sh: what can be seen without running anything.  A line for each check;
# a tool that is not there is a skip.  Runs in the top folder.
set -u

bad=0

# verdict NAME [COMPLAINTS]
verdict()
{
	if [ -z "$2" ]; then
		echo "ok lint: $1"
	else
		printf '%s\nFAIL lint: %s\n' "$2" "$1"
		bad=1
	fi
}

# has TOOL NAME: whether a check can be made.
has()
{
	command -v "$1" >/dev/null 2>&1 || { echo "skip lint: $2: there is no $1"; return 1; }
}

manual_pages()
{
	for page in man/*.[17]; do
		[ ! -e "$page" ] || mandoc -T lint -W warning "$page" 2>&1
	done
}

shell_scripts()
{
	find tests -name '*.sh' -exec shellcheck {} + 2>&1
	shellcheck .ci/run src/completion/portwhy.bash 2>&1
}

# The one-way rule of src/README: who may include whom, and where the kernel's headers may be seen.
includes()
{
	find src -name '*.[ch]' -exec grep -Hn '^#include' {} + | awk '
		BEGIN {
			may["base"] = ""; may["model"] = "base"; may["text"] = "model"
			may["judge"] = may["sys"] = "model base"
			may["out"] = "model text base"
		}
		{
			split($0, part, ":")
			n = split(part[1], path, "/")
			room = n == 3 ? path[2] : "main"
			line = part[3]
		}
		line ~ /<(libmnl|linux)\// && room != "sys" { print part[1] ":" part[2] ": " line " belongs in src/sys" }
		line ~ /"/ && room in may {
			split(line, quoted, "\"")
			split(quoted[2], to, "/")
			if (to[1] != room && index(" " may[room] " ", " " to[1] " ") == 0)
				print part[1] ":" part[2] ": " room " may not include " quoted[2]
		}'
}

trailing_space()
{
	find src man tests .ci Makefile README -type f ! -path 'tests/golden/*' ! -path 'tests/data/*' \
		! -path '*/__pycache__/*' -exec grep -HnI '[[:blank:]]$' {} + 2>/dev/null
}

ascii_manual()
{
	for page in man/*.[17]; do
		[ ! -e "$page" ] || LC_ALL=C grep -Hn '[^ -~	]' "$page"
	done
}

if has mandoc 'manual pages'; then
	verdict 'manual pages' "$(manual_pages)"
fi
if has shellcheck 'shell scripts'; then
	verdict 'shell scripts' "$(shell_scripts)"
fi
verdict 'includes go one way' "$(includes)"
verdict 'no white space at line ends' "$(trailing_space)"
verdict 'manual pages are ASCII' "$(ascii_manual)"
exit "$bad"
