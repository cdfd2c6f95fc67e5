# SPDX-License-Identifier: Apache-2.0
# flags: compiler, warnings, libraries; where each header comes from (deps/debian12.txt).
#
# For people: CC, OPT, SAN, CPPFLAGS, CFLAGS, LDFLAGS, V=1 (show commands). Always there, whatever
# they say: the language level, the warnings and the include path.
ifeq ($(origin CC),default)
CC := gcc
endif
OPT ?= -O2 -g
SAN ?=
V ?=
Q := $(if $(V),,@)
# $(call pick,pattern,words): the words that contain the pattern; all when there is none.
pick = $(if $(1),$(foreach w,$(2),$(if $(findstring $(1),$(w)),$(w))),$(2))
say = $(if $(V),,@printf '  %-7s %s\n' '$(1)' '$(2)')
WARN := -Wall -Wextra -Wconversion -Wshadow -Wstrict-prototypes -Wmissing-prototypes \
	-Wwrite-strings -Wundef -Wvla -Werror
WR_CPPFLAGS := -D_GNU_SOURCE -DWR_VERSION='"$(VERSION)"' -Isrc -Iinclude $(CPPFLAGS)
WR_CFLAGS := -std=c17 $(WARN) $(OPT) $(SAN) -fvisibility=hidden -fPIC -pthread \
	-ffunction-sections -fdata-sections -fstack-protector-strong $(CFLAGS)
WR_LDFLAGS := $(SAN) -pthread -Wl,--gc-sections -Wl,--as-needed $(LDFLAGS)
COMPILE = $(CC) $(WR_CPPFLAGS) $(WR_CFLAGS)
LINK = $(CC) $(WR_CFLAGS) $(WR_LDFLAGS)

# The archive when there is one (nothing to install beside the program, quicker start), else the
# shared library.
find-archive = $(shell $(CC) -print-file-name=lib$(1).a 2>/dev/null)
archive = $(if $(findstring /,$(call find-archive,$(1))),-l:lib$(1).a,-l$(1))
LIBS := $(foreach l,yaml pcre2-8 crypto z,$(call archive,$(l))) -lm -ldl
SHLIBS := -lyaml -lpcre2-8 -lcrypto -lz -lm

# $(call need,header,package): fails with the line to type when a header is missing.
define need
	@printf '#include <$(1)>\n' | $(CC) $(WR_CPPFLAGS) $(3) -E -x c - >/dev/null 2>&1 || { \
	  echo "error: <$(1)> is missing. Install it with:" >&2; \
	  echo "  apt-get install -y $(2)" >&2; \
	  echo "or everything that a build needs with: make deps" >&2; exit 1; }
endef

# Written only when it changes, so that objects can depend on it.
FLAGS_NOW := $(CC) $(WR_CPPFLAGS) $(WR_CFLAGS) $(WR_LDFLAGS) $(LIBS)
$(BUILD)/flags: FORCE
	@mkdir -p $(@D)
	@printf '%s\n' '$(subst ','\'',$(FLAGS_NOW))' | cmp -s - $@ || \
	  printf '%s\n' '$(subst ','\'',$(FLAGS_NOW))' > $@
FORCE:
.PHONY: FORCE

# Headers are looked for once a flag set, before the first object.
$(BUILD)/headers-found: $(BUILD)/flags
	@command -v $(CC) >/dev/null || { \
	  echo "error: no compiler '$(CC)'. Install it with:" >&2; \
	  echo "  apt-get install -y gcc libc6-dev" >&2; exit 1; }
	$(call need,stdio.h,libc6-dev)
	$(call need,yaml.h,libyaml-dev)
	$(call need,pcre2.h,libpcre2-dev,-DPCRE2_CODE_UNIT_WIDTH=8)
	$(call need,openssl/sha.h,libssl-dev)
	$(call need,zlib.h,zlib1g-dev)
	@touch $@
$(BUILD)/cmocka-found: $(BUILD)/flags
	@printf '#include <%s>\n' stdarg.h stddef.h setjmp.h stdint.h cmocka.h \
	  | $(CC) -E -x c - >/dev/null 2>&1 || { \
	  echo "error: <cmocka.h> is missing. Install it with:" >&2; \
	  echo "  apt-get install -y libcmocka-dev" >&2; \
	  echo "or everything that the tests need with: make deps" >&2; exit 1; }
	@touch $@

DEPS := deps/debian12.txt
KINDS ?= build test
deps: ## install the packages of deps/debian12.txt (KINDS="build test dev optional")
	tools/deps.sh $(DEPS) $(KINDS)
.PHONY: deps
