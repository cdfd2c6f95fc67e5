# SPDX-License-Identifier: Apache-2.0
# bench: fixed inputs, medians, ratios against the peer. BENCH_PEER=1 runs the peer too (minutes);
# otherwise its figures come from tests/bench/peer.tsv, which says when and where they were taken.
BENCH_BIN := $(BUILD)/bench/measure $(BUILD)/bench/json_bench $(BUILD)/bench/iam_bench \
	$(BUILD)/bench/trail_gen
$(BUILD)/bench/%: tests/bench/%.c $(BUILD)/libwrit.a
	@mkdir -p $(@D)
	$(call say,CC,$@)
	$(Q)$(COMPILE) -o $@ $< $(WR_LDFLAGS) $(BUILD)/libwrit.a $(LIBS)
bench-build: $(if $(wildcard tests/bench/*.c),$(BENCH_BIN))
bench: all $(BENCH_BIN) ## speed and memory against targets and peer (BENCH_PEER=1 to run it)
	@python3 tests/bench/run.py $(BUILD) $(DATA)
budgets: all ## instruction counts against tests/bench/budgets.tsv (callgrind)
	@tests/bench/budgets.sh $(BUILD)
.PHONY: bench bench-build budgets
