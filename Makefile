# writ: one non-recursive GNU make file. `make help` lists the targets.
CC ?= gcc
V ?=
BUILD ?= build
CSTD := -std=c17 -D_GNU_SOURCE
WARN := -Wall -Wextra -Wconversion -Wshadow -Werror
OPT ?= -O2 -g
SAN ?=
CPPFLAGS += -Isrc -Iinclude
CFLAGS += $(CSTD) $(WARN) $(OPT) $(SAN) -fvisibility=hidden -fPIC -pthread -MMD -MP
LIBS := -l:libyaml.a -l:libpcre2-8.a -l:libcrypto.a -pthread -lm -ldl

LIB_SRC := $(sort $(filter-out src/cli/%,$(wildcard src/*/*.c src/*/*/*.c)))
CLI_SRC := $(sort $(wildcard src/cli/*.c src/cli/compat/*.c))
LIB_OBJ := $(LIB_SRC:%.c=$(BUILD)/obj/%.o)
CLI_OBJ := $(CLI_SRC:%.c=$(BUILD)/obj/%.o)
UNIT_SRC := $(sort $(wildcard tests/unit/*_test.c tests/unit/*/*_test.c tests/unit/*/*/*_test.c))
UNIT_BIN := $(UNIT_SRC:tests/unit/%.c=$(BUILD)/unit/%)

all: $(BUILD)/writ $(BUILD)/cfn-guard

$(BUILD)/libwrit.a: $(LIB_OBJ)
	@mkdir -p $(@D)
	@rm -f $@
	ar rcs $@ $^
$(BUILD)/writ: $(CLI_OBJ) $(BUILD)/libwrit.a
	$(CC) $(CFLAGS) -o $@ $(CLI_OBJ) $(BUILD)/libwrit.a $(LIBS)
$(BUILD)/cfn-guard: $(BUILD)/writ
	ln -sf writ $@
$(BUILD)/obj/%.o: %.c
	@mkdir -p $(@D)
	$(CC) $(CPPFLAGS) $(CFLAGS) -c -o $@ $<
$(BUILD)/unit/%: tests/unit/%.c $(BUILD)/libwrit.a
	@mkdir -p $(@D)
	$(CC) $(CPPFLAGS) $(CFLAGS) -o $@ $< $(BUILD)/libwrit.a $(LIBS) -lcmocka
unit: $(UNIT_BIN)
	@for t in $(UNIT_BIN); do $$t || exit 1; done
lib: $(BUILD)/libwrit.a
clean:
	rm -rf build
.PHONY: all lib unit clean
-include $(LIB_OBJ:.o=.d) $(CLI_OBJ:.o=.d)
