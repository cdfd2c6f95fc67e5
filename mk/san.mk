# SPDX-License-Identifier: Apache-2.0
# san, fuzz, cover: the same tests in builds that watch. Each is a variant with a BUILD of its own.
SAN_OPT := -O1 -g -fno-omit-frame-pointer
# Sanitizers make gcc warn of conversions that are none; warnings are the plain build's business.
SAN_VARIANT := OPT="$(SAN_OPT)" CFLAGS=-Wno-error
ASAN := -fsanitize=address,undefined -fno-sanitize-recover=all
SAN_ENV := ASAN_OPTIONS=detect_leaks=1:strict_string_checks=1 UBSAN_OPTIONS=print_stacktrace=1
SAN_PARTS := san-gcc san-clang san-threads san-valgrind
T ?= 60

san: ## tests under ASan+UBSan (gcc, clang), TSan, valgrind
	+@tools/run-tests.sh $(BUILD) $(SAN_PARTS)
san-gcc san-clang: san-%:
	@$(SAN_ENV) $(MAKE) -j2 --no-print-directory BUILD=build/san-$* CC=$* $(SAN_VARIANT) \
	  SAN="$(ASAN)" \
	  CPPFLAGS="-DWR_ARENA_DEBUG" TEST_PARTS="unit cases corpora examples" test
san-threads: # what runs on several threads: -j and the public API
	@$(MAKE) -j2 --no-print-directory BUILD=build/san-threads CC=clang $(SAN_VARIANT) \
	  SAN="-fsanitize=thread" TEST_PARTS="threads" test
threads: all $(API_BIN)
	@tools/threads.sh $(BUILD)
san-valgrind: all $(UNIT_BIN)
	@tools/valgrind.sh $(BUILD) $(UNIT_BIN)

# Fuzzing: clang's libFuzzer. A target is tests/fuzz/x_fuzz.c, its seeds tests/fuzz/corpus/x, its
# dictionary tests/fuzz/x.dict. F=x picks one. What is found stays in build/fuzz/found/x.
FUZZ_BIN := $(FUZZ_SRC:tests/fuzz/%.c=build/fuzz/%)
fuzz: ## fuzz each target for T=60 seconds (F=name: only that one)
	@$(MAKE) --no-print-directory BUILD=build/fuzz CC=clang $(SAN_VARIANT) \
	  CPPFLAGS="-DWR_ARENA_DEBUG -DWR_FUZZ" \
	  SAN="-fsanitize=fuzzer-no-link,address,undefined -fno-sanitize-recover=all" fuzz-build
	@tools/fuzz.sh build/fuzz $(T) $(call pick,$(F),$(FUZZ_BIN))
fuzz-build: $(FUZZ_SRC:tests/fuzz/%.c=$(BUILD)/%)
$(BUILD)/%_fuzz: tests/fuzz/%_fuzz.c $(BUILD)/libwrit.a
	$(call say,CC,$@)
	$(Q)$(COMPILE) -Wno-missing-prototypes -fsanitize=fuzzer -o $@ $< $(WR_LDFLAGS) \
	  $(BUILD)/libwrit.a $(LIBS)

cover: ## line coverage by file, from unit tests, cases and corpora
	@$(MAKE) --no-print-directory BUILD=build/cover CC=gcc OPT="-O0 -g" SAN="--coverage" \
	  TEST_PARTS="unit cases corpora examples" test
	@tools/cover.sh build/cover $(LIB_SRC) $(CLI_SRC)
.PHONY: san san-gcc san-clang san-threads san-valgrind threads fuzz fuzz-build cover
