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
$(BUILD)/conformance/$(1): $(wildcard tests/conformance/$(1)/*.[ch]) \
  $(wildcard tests/conformance/*.[ch]) $(BUILD)/libwrit.a
	@mkdir -p $$(@D)
	$$(call say,CC,$$@)
	$$(Q)$$(COMPILE) -o $$@ $$(filter %.c,$$^) $$(WR_LDFLAGS) $(BUILD)/libwrit.a $$(LIBS)
endef
$(foreach s,$(CONF_SUITES),$(eval $(call conf_rule,$(s))))
conformance: all $(BUILD)/conformance/$(SUITE) ## recorded verdicts (SUITE=guard|iam|cedar)
	@tests/conformance/run.sh $(SUITE) $(BUILD) $(DATA)
conformance-build: $(CONF_BIN)
conformance-sample: all $(BUILD)/conformance/$(SUITE)
	@tests/conformance/run.sh $(SUITE) $(BUILD) $(DATA) --sample
conformance-sample-iam:
	+@$(MAKE) --no-print-directory conformance-sample SUITE=iam
# Reports in the format ocsf against the schema of OCSF.
ocsf: all
	@tests/conformance/ocsf/run.sh $(BUILD) $(SHARED)/conformance/hub/ocsf
# Reports of a check against schemas and validators that others wrote, and its page in a browser.
# They come from package registries (kept in BUILD/validators); without them: "skipped: …".
schemas: all $(BUILD)/conformance/reports ## reports against schemas and validators of others
	@tests/conformance/reports/run.sh $(BUILD) $(SHARED)/conformance/hub/ocsf
html-test: all $(BUILD)/conformance/reports ## the page of a check in headless Chromium
	@tests/conformance/html/run.sh $(BUILD)
# Our side of the differential run of IAM reads its cases as the conformance run does.
$(BUILD)/diff/iam: tests/diff/iam/ours.c tests/conformance/iam/case.c \
  $(wildcard tests/conformance/iam/*.h) $(BUILD)/libwrit.a
	@mkdir -p $(@D)
	$(call say,CC,$@)
	$(Q)$(COMPILE) -o $@ $(filter %.c,$^) $(WR_LDFLAGS) $(BUILD)/libwrit.a $(LIBS)
diff-build: $(BUILD)/diff/iam
DIFF_N := $(if $(N),$(N),$(if $(filter iam,$(SUITE)),100000,50000))
diff: all diff-build ## random policies and inputs against the real tool (SUITE=guard|iam N= SEED=)
	@DATA=$(DATA) tests/diff/$(SUITE)/run.sh $(BUILD) $(DIFF_N) $(or $(SEED),1)
e2e: all ## the real CDK plugin with our binary
	@tests/e2e/run.sh $(BUILD)
.PHONY: conformance conformance-build conformance-sample \
  conformance-sample-iam ocsf schemas html-test diff diff-build e2e
