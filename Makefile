# portwhy: what holds a port, why bind() fails, when it ends and how to fix it.
#
#   make deps demo     install what is missing, build, show the main job
#   make deps check    install what is missing, build, run every test
#
# Variables: SAN=1 (ASan and UBSan), WERROR=1, V=1 (show commands), CC, CFLAGS,
# LDFLAGS, DESTDIR, PREFIX, BINDIR, DATADIR, MANDIR, BUILD; N and SEED of check-diff.

VERSION = 0.1.0
PREFIX  = /usr/local
BINDIR  = $(PREFIX)/bin
DATADIR = $(PREFIX)/share
MANDIR  = $(DATADIR)/man
BASHDIR = $(DATADIR)/bash-completion/completions
ZSHDIR  = $(DATADIR)/zsh/vendor-completions
FISHDIR = $(DATADIR)/fish/vendor_completions.d
BUILD   = build$(if $(SAN),/san)
CC      = cc
CFLAGS  = -O2 -g
INSTALL = install
PYTHON  = /usr/bin/python3
N       = 2000
SEED    = 1

Q       = $(if $(V),,@)
say     = $(if $(V),,@printf '  %-5s %s\n' $1 $2)

LIBS       = libmnl smartcols jansson
WARN       = -Wall -Wextra -Wshadow -Wstrict-prototypes -Wmissing-prototypes -Wundef $(if $(WERROR),-Werror)
SANFLAGS   = $(if $(SAN),-fsanitize=address$(comma)undefined -fno-sanitize-recover=all -fno-omit-frame-pointer)
comma      = ,
ALL_CFLAGS = -std=gnu11 $(WARN) -Isrc -I. -DVERSION='"$(VERSION)"' $(SANFLAGS) $(CFLAGS)
PKG_CFLAGS = $(shell pkg-config --cflags $(LIBS))
PKG_LIBS   = $(shell pkg-config --libs $(LIBS)) -pthread

ROOMS  = base model judge text sys out cmd
SRC    = src/main.c $(foreach r,$(ROOMS),$(wildcard src/$r/*.c))
OBJ    = $(SRC:%.c=$(BUILD)/%.o)
LIBOBJ = $(filter-out $(BUILD)/src/main.o,$(OBJ))
PURE   = $(filter $(foreach r,base model judge text,$(BUILD)/src/$r/%) $(BUILD)/src/cmd/target.o,$(OBJ))

UNIT   = $(patsubst tests/unit/%.c,$(BUILD)/tests/unit/%,$(wildcard tests/unit/test_*.c))
TOOLS  = $(patsubst tests/lib/%.c,$(BUILD)/tests/%,$(wildcard tests/lib/*.c))
DIFF   = $(BUILD)/tests/diff/diff
GOLDEN = $(BUILD)/tests/golden/golden
SCENE  = $(patsubst %.c,$(BUILD)/%.o,$(wildcard tests/golden/scene*.c))

all: $(BUILD)/portwhy

$(BUILD)/portwhy: $(OBJ)
	$(call say,LD,$@)
	$(Q)$(CC) $(SANFLAGS) $(LDFLAGS) -o $@ $(OBJ) $(PKG_LIBS)

$(BUILD)/%.o: %.c Makefile
	$(call say,CC,$<)
	$(Q)mkdir -p $(@D)
	$(Q)$(CC) $(ALL_CFLAGS) $(PKG_CFLAGS) -MMD -MP -c -o $@ $<

-include $(OBJ:.o=.d)

# Tests: unit programs are linked with every room and the golden scenes, tools in tests/lib stand alone.
$(BUILD)/tests/unit/%: $(BUILD)/tests/unit/%.o $(SCENE) $(LIBOBJ)
	$(call say,LD,$@)
	$(Q)$(CC) $(SANFLAGS) $(LDFLAGS) -o $@ $^ $(PKG_LIBS) $(shell pkg-config --libs check)

$(BUILD)/tests/%: tests/lib/%.c Makefile
	$(call say,CC,$@)
	$(Q)mkdir -p $(@D)
	$(Q)$(CC) $(ALL_CFLAGS) $(LDFLAGS) -MMD -MP -MF $@.d -o $@ $(filter %.c,$^) -lpthread

# One tool is more than one file; the list of what it includes is that of its last file alone.
$(BUILD)/tests/situation: $(wildcard tests/lib/situation/*.c) tests/lib/situation.h tests/lib/tcp.h

$(GOLDEN): $(patsubst %.c,$(BUILD)/%.o,$(wildcard tests/golden/golden*.c)) $(SCENE) $(LIBOBJ)
	$(call say,LD,$@)
	$(Q)$(CC) $(SANFLAGS) $(LDFLAGS) -o $@ $^ $(PKG_LIBS)

$(DIFF): $(patsubst %.c,$(BUILD)/%.o,$(wildcard tests/diff/*.c)) $(LIBOBJ)
	$(call say,LD,$@)
	$(Q)$(CC) $(SANFLAGS) $(LDFLAGS) -o $@ $^ $(PKG_LIBS)

-include $(UNIT:%=%.d) $(TOOLS:%=%.d) $(wildcard $(BUILD)/tests/diff/*.d) $(wildcard $(BUILD)/tests/golden/*.d)

check: check-unit pure lint check-golden check-live check-diff
check-unit: $(UNIT)
	$(Q)sh tests/lib/unit.sh $(UNIT)

check-live: all $(TOOLS)
	$(Q)$(PYTHON) tests/live/live.py $(BUILD)

check-golden: $(GOLDEN)
	$(Q)sh tests/lib/golden.sh check $(GOLDEN) tests/golden
	$(Q)$(PYTHON) tests/live/schema.py tests/golden/*.json

# Random chains of holders, portwhy against the kernel; the long run: make check-diff N=100000 [SEED=n].
check-diff: $(DIFF)
	$(Q)sh tests/diff/run.sh $(BUILD) $(N) $(SEED)

# The rules of the judgement broken one at a time: the chains must notice.  M=NAME: that one alone.
check-mutations:
	$(Q)sh tests/diff/mutate.sh $(BUILD)/mutations $(M)

golden: $(GOLDEN)
	$(Q)sh tests/lib/golden.sh write $(GOLDEN) tests/golden

# On other kernels, in emulated machines: KERNELS="6.1 7.2" chooses, N is for the random decisions
# on each, PARTS="unit diff" leaves out the same as a user ("user") and the live tests, which take longest.
check-kernels: all $(UNIT) $(TOOLS) $(DIFF)
	$(Q)CACHE=build/kernels KERNELS="$(KERNELS)" \
		N="$(if $(filter command environment,$(origin N)),$(N),5000)" sh tests/kernels/kernels.sh check $(BUILD) $(UNIT)

# Time and memory beside ss, lsof, fuser, netstat and a bare program: prints, and proves nothing.  LOADS="idle tw-ours" chooses.
bench: all $(TOOLS)
	$(Q)$(PYTHON) tests/bench/bench.py $(BUILD) $(LOADS:%=-l %)

# What ss, lsof, fuser and netstat show of each situation: rewrites the table in tests/README.
tools-table: all $(TOOLS)
	$(Q)$(PYTHON) tests/live/tools.py $(BUILD) tests/README

lint:
	$(Q)sh tests/lib/lint.sh

# The rooms that only compute may not reach the system: nothing but these names from outside.
pure: $(PURE)
	$(Q)sh tests/lib/pure.sh tests/lib/pure.allowed $(BUILD) $(PURE)

deps:
	$(Q)sh tests/lib/deps.sh

deps-full:
	$(Q)sh tests/lib/deps.sh full

demo: all $(BUILD)/tests/situation
	$(Q)sh tests/lib/demo.sh $(BUILD)

install: all
	$(INSTALL) -d $(DESTDIR)$(BINDIR) $(DESTDIR)$(DATADIR)/portwhy $(DESTDIR)$(MANDIR)/man1 $(DESTDIR)$(MANDIR)/man7
	$(INSTALL) -m 755 $(BUILD)/portwhy $(DESTDIR)$(BINDIR)/portwhy
	$(INSTALL) -m 644 src/schema/portwhy.schema.json $(DESTDIR)$(DATADIR)/portwhy/portwhy.schema.json
	$(INSTALL) -m 644 man/portwhy.1 $(DESTDIR)$(MANDIR)/man1/portwhy.1
	$(INSTALL) -m 644 man/portwhy-causes.7 $(DESTDIR)$(MANDIR)/man7/portwhy-causes.7
	$(INSTALL) -d $(DESTDIR)$(BASHDIR) $(DESTDIR)$(ZSHDIR) $(DESTDIR)$(FISHDIR)
	$(INSTALL) -m 644 src/completion/portwhy.bash $(DESTDIR)$(BASHDIR)/portwhy
	$(INSTALL) -m 644 src/completion/_portwhy $(DESTDIR)$(ZSHDIR)/_portwhy
	$(INSTALL) -m 644 src/completion/portwhy.fish $(DESTDIR)$(FISHDIR)/portwhy.fish

uninstall:
	rm -f $(DESTDIR)$(BINDIR)/portwhy $(DESTDIR)$(MANDIR)/man1/portwhy.1 $(DESTDIR)$(MANDIR)/man7/portwhy-causes.7
	rm -f $(DESTDIR)$(DATADIR)/portwhy/portwhy.schema.json
	rm -f $(DESTDIR)$(BASHDIR)/portwhy $(DESTDIR)$(ZSHDIR)/_portwhy $(DESTDIR)$(FISHDIR)/portwhy.fish
	rmdir $(DESTDIR)$(DATADIR)/portwhy 2>/dev/null || :

clean:
	rm -rf build

.PHONY: all check check-unit check-live check-golden check-diff check-mutations check-kernels golden bench tools-table lint pure deps deps-full demo \
        install uninstall clean
.SECONDARY:
.DELETE_ON_ERROR:
