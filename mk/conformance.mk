# SPDX-License-Identifier: Apache-2.0
# conformance, diff, e2e: against recorded verdicts and against the real tools. What they read
# stands outside the project; without it they say "skipped: …".
SUITE ?= guard
SHARED ?= ../shared
DATA ?= $(SHARED)/conformance/$(SUITE)
CONF_SRC := $(sort $(wildcard tests/conformance/*/*.c))
CONF_SUITES := $(sort $(notdir $(patsubst %/,%,$(dir $(CONF_SRC)))))
CONF_BIN := $(CONF_SUITES:%=$(BUILD)/conformance/%)

define conf_rule
$(BUILD)/conformance/$(1): $(wildcard tests/conformance/$(1)/*.[ch]) $(BUILD)/libwrit.a
	@mkdir -p $$(@D)
	$$(call say,CC,$$@)
	$$(Q)$$(COMPILE) -o $$@ $$(filter %.c,$$^) $$(WR_LDFLAGS) $(BUILD)/libwrit.a $$(LIBS)
endef
$(foreach s,$(CONF_SUITES),$(eval $(call conf_rule,$(s))))
conformance: all $(BUILD)/conformance/$(SUITE) ## compare with recorded verdicts (SUITE=guard|iam)
	@tests/conformance/run.sh $(SUITE) $(BUILD) $(DATA)
conformance-build: $(CONF_BIN)
conformance-sample: all $(BUILD)/conformance/$(SUITE)
	@tests/conformance/run.sh $(SUITE) $(BUILD) $(DATA) --sample
conformance-sample-iam:
	+@$(MAKE) --no-print-directory conformance-sample SUITE=iam
diff: all ## random rules and documents against the real cfn-guard (N=50000 SEED=1)
	@tests/diff/guard/run.sh $(BUILD) $(or $(N),50000) $(or $(SEED),1)
e2e: all ## the real CDK plugin with our binary
	@tests/e2e/run.sh $(BUILD)
.PHONY: conformance conformance-build conformance-sample \
  conformance-sample-iam diff e2e
