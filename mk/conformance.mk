# SPDX-License-Identifier: Apache-2.0
# conformance, diff, e2e: against recorded verdicts and against the real tools. What they read
# stands outside the project; without it they say "skipped: …".
SUITE ?= guard
SHARED ?= ../shared
DATA ?= $(SHARED)/conformance/$(SUITE)
CONF_BIN := $(BUILD)/conformance/guard
CONF_SRC := $(sort $(wildcard tests/conformance/guard/*.c))

$(CONF_BIN): $(CONF_SRC) $(wildcard tests/conformance/guard/*.h) $(BUILD)/libwrit.a
	@mkdir -p $(@D)
	$(call say,CC,$@)
	$(Q)$(COMPILE) -o $@ $(CONF_SRC) $(WR_LDFLAGS) $(BUILD)/libwrit.a $(LIBS)
conformance: all $(CONF_BIN) ## compare with recorded verdicts (SUITE=guard DATA=dir)
	@tests/conformance/run.sh $(SUITE) $(BUILD) $(DATA)
conformance-build: $(if $(CONF_SRC),$(CONF_BIN))
conformance-sample: all $(CONF_BIN)
	@tests/conformance/run.sh $(SUITE) $(BUILD) $(DATA) --sample
diff: all ## random rules and documents against the real cfn-guard (N=50000 SEED=1)
	@tests/diff/guard/run.sh $(BUILD) $(or $(N),50000) $(or $(SEED),1)
e2e: all ## the real CDK plugin with our binary
	@tests/e2e/run.sh $(BUILD)
.PHONY: conformance conformance-build conformance-sample diff e2e
