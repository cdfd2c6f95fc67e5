# SPDX-License-Identifier: Apache-2.0
# test: what `make test` is made of. Each part is a target of its own that ends with one line
# "N passed, N failed[, N skipped]"; tools/run-tests.sh runs the parts and adds up.
UNIT_SRC := $(sort $(wildcard tests/unit/*_test.c tests/unit/*/*_test.c tests/unit/*/*/*_test.c))
UNIT_BIN := $(UNIT_SRC:tests/unit/%.c=$(BUILD)/unit/%)
UNIT_H := $(wildcard tests/unit/*.h tests/unit/*/*.h tests/unit/*/*/*.h)
CASES := $(sort $(wildcard tests/cases/*.case tests/cases/*/*.case tests/cases/*/*/*.case))
FUZZ_SRC := $(sort $(wildcard tests/fuzz/*_fuzz.c))
REPLAY_BIN := $(FUZZ_SRC:tests/fuzz/%.c=$(BUILD)/replay/%)
API_SRC := $(sort $(wildcard examples/c-api/*.c))
API_BIN := $(API_SRC:examples/c-api/%.c=$(BUILD)/api/%)
TEST_PARTS ?= unit cases corpora headers abi examples install-test conformance-sample \
  conformance-sample-iam ocsf library mutate

test: ## everything that must hold; ends with "N passed, N failed"
	@tools/test-deps.sh "$(CC)"
	+@$(MAKE) --no-print-directory BUILD=$(BUILD) all
	+@tools/run-tests.sh $(BUILD) $(TEST_PARTS)

$(BUILD)/unit/%: tests/unit/%.c $(BUILD)/libwrit.a $(UNIT_H) $(BUILD)/cmocka-found
	@mkdir -p $(@D)
	$(call say,CC,$@)
	$(Q)$(COMPILE) -Itests/unit -MMD -MP -MF $@.d -o $@ $< $(WR_LDFLAGS) \
	  $(BUILD)/libwrit.a $(LIBS) -lcmocka
# Counts allocations: those of the library pass through the test's own functions.
$(BUILD)/unit/lang/iam/alloc_test $(BUILD)/unit/lang/cedar/alloc_test: WR_LDFLAGS += \
  -Wl,--wrap=malloc,--wrap=calloc,--wrap=realloc,--wrap=posix_memalign
unit-build: $(UNIT_BIN)
unit: $(UNIT_BIN) ## unit tests (U=pattern to pick some)
	@tools/unit.sh $(call pick,$(U),$(UNIT_BIN))

$(BUILD)/cases: tools/cases.c $(BUILD)/flags
	@mkdir -p $(@D)
	$(call say,CC,$@)
	$(Q)$(COMPILE) -o $@ $< $(WR_LDFLAGS)
cases: all $(BUILD)/cases ## plain-text cases (C=pattern to pick some)
	@$(BUILD)/cases -b $(BUILD) $(call pick,$(C),$(CASES))
bless: all $(BUILD)/cases $(BUILD)/libwrit.so ## rewrite expected outputs of cases; review the diff
	@$(BUILD)/cases -b $(BUILD) -w $(call pick,$(C),$(CASES))
	@tools/abi.sh $(BUILD)/libwrit.so mk/libwrit.symbols -w

$(BUILD)/replay/%: tests/fuzz/%.c tests/fuzz/driver.c $(BUILD)/libwrit.a
	@mkdir -p $(@D)
	$(call say,CC,$@)
	$(Q)$(COMPILE) -Wno-missing-prototypes -MMD -MP -MF $@.d -o $@ $< tests/fuzz/driver.c \
	  $(WR_LDFLAGS) $(BUILD)/libwrit.a $(LIBS)
replay-build: $(REPLAY_BIN)
corpora: $(REPLAY_BIN) ## replay the corpora of the fuzz targets
	@tools/corpora.sh tests/fuzz/corpus $(REPLAY_BIN)

library: all ## the library of controls: its tests, its policies, no file that nothing misses
	@tools/library.sh $(BUILD)/writ controls
library-page: all ## the table of controls in docs/guide/library.md, made again
	@python3 tools/library_doc.py $(BUILD)/writ controls docs/guide/library.md
.PHONY: library library-page

mutate: all ## would the tests of the library of controls notice a fault in a policy?
	@tools/mutate.sh $(BUILD)/writ controls
.PHONY: mutate

headers: ## public headers compile alone as C99, C17 and C++17
	@tools/headers.sh "$(CC)" $(PUBLIC_H)

abi: $(BUILD)/libwrit.so ## the shared library shows the names it should, no more
	@tools/abi.sh $(BUILD)/libwrit.so mk/libwrit.symbols

# Programs against the public API: built with nothing but include/, linked once with the shared
# library and once with the archive as installed.
API_COMPILE = $(CC) -Iinclude -std=c17 -D_GNU_SOURCE $(WARN) $(OPT) $(SAN) -pthread
$(BUILD)/api/%: examples/c-api/%.c $(BUILD)/libwrit.so $(BUILD)/public/libwrit.a $(PUBLIC_H)
	@mkdir -p $(@D)
	$(call say,CC,$@)
	$(Q)$(API_COMPILE) -o $@ $< -L$(BUILD) -lwrit -Wl,-rpath,'$$ORIGIN/..'
	$(Q)$(API_COMPILE) -o $@-static $< $(BUILD)/public/libwrit.a $(LIBS)
api: $(API_BIN)
examples: all $(API_BIN) ## run the shipped examples
	@examples/run.sh $(BUILD)

install-test: all lib ## make install gives others what they need
	+@tools/install-test.sh $(BUILD) "$(CC)"

demo: ## install what is missing, build, and judge the shipped templates
	@examples/demo.sh

.PHONY: test unit unit-build replay-build cases bless corpora headers abi api examples demo \
  install-test
-include $(wildcard $(BUILD)/unit/*.d $(BUILD)/unit/*/*.d $(BUILD)/unit/*/*/*.d $(BUILD)/replay/*.d)
