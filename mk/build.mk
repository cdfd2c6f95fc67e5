# SPDX-License-Identifier: Apache-2.0
# build: objects, the library (static and shared), the program and its personalities.
#
# build/libwrit.a holds every module, internals included: tests and tools link it. What is installed
# shows only writ_*: the shared library by a version script, the archive by hiding the rest.
LIB_SRC := $(sort $(filter-out src/cli/%,$(wildcard src/*/*.c src/*/*/*.c)))
CLI_SRC := $(sort $(wildcard src/cli/*.c src/cli/compat/*.c))
LIB_OBJ := $(LIB_SRC:%.c=$(BUILD)/obj/%.o)
CLI_OBJ := $(CLI_SRC:%.c=$(BUILD)/obj/%.o)
SOVERSION := 0
PUBLIC_H := $(sort $(wildcard include/writ/*.h))

lib: $(BUILD)/libwrit.a $(BUILD)/libwrit.so ## the library alone, static and shared

$(BUILD)/obj/%.o: %.c $(BUILD)/flags $(BUILD)/headers-found
	@mkdir -p $(@D)
	$(call say,CC,$<)
	$(Q)$(COMPILE) -MMD -MP -c -o $@ $<
$(BUILD)/libwrit.a: $(LIB_OBJ)
	@mkdir -p $(@D)
	@rm -f $@
	$(call say,AR,$@)
	$(Q)ar rcs $@ $(LIB_OBJ)
$(BUILD)/libwrit.so: $(LIB_OBJ) mk/libwrit.map
	@mkdir -p $(@D)
	$(call say,LINK,$@)
	$(Q)$(LINK) -shared -Wl,-soname,libwrit.so.$(SOVERSION) -Wl,--version-script=mk/libwrit.map \
	  -o $@ $(LIB_OBJ) $(SHLIBS)
	@ln -sf libwrit.so $(@D)/libwrit.so.$(SOVERSION)
# The archive for others: one object in which only the public names are left.
$(BUILD)/public/libwrit.a: $(LIB_OBJ)
	@mkdir -p $(@D)
	@rm -f $@
	$(Q)ld -r -o $(@D)/writ.o $(LIB_OBJ)
	$(Q)objcopy --wildcard --keep-global-symbol='writ_*' $(@D)/writ.o
	$(call say,AR,$@)
	$(Q)ar rcs $@ $(@D)/writ.o
# The pages of `writ explain`.
DIAG_MD := $(sort $(wildcard docs/diag/*.md))
$(BUILD)/gen/diag_pages.inc: tools/diag_pages.sh $(DIAG_MD)
	@mkdir -p $(@D)
	@tools/diag_pages.sh $(DIAG_MD) > $@
$(BUILD)/obj/src/cli/explain.o: $(BUILD)/gen/diag_pages.inc
$(BUILD)/obj/src/cli/explain.o: WR_CPPFLAGS += -I$(BUILD)/gen
# Style and script of the page of a check.
$(BUILD)/gen/html_page.inc: tools/text_inc.sh src/report/html/page.css src/report/html/page.js
	@mkdir -p $(@D)
	@tools/text_inc.sh src/report/html/page.css src/report/html/page.js > $@
$(BUILD)/obj/src/report/html.o: $(BUILD)/gen/html_page.inc
$(BUILD)/obj/src/report/html.o: WR_CPPFLAGS += -I$(BUILD)/gen
# What is known of AWS: facts (src/aws/data) to constant tables, by a program of the build's own.
AWS_DATA := $(sort $(wildcard src/aws/data/*.tsv))
$(BUILD)/aws_gen: tools/aws_gen.c src/base/str.c src/aws/aws_int.h src/aws/aws.h $(BUILD)/flags \
  $(BUILD)/headers-found
	@mkdir -p $(@D)
	$(call say,CC,$@)
	$(Q)$(CC) -D_GNU_SOURCE -std=c17 $(WARN) -O1 -Isrc -o $@ tools/aws_gen.c src/base/str.c
$(BUILD)/gen/aws_tables.inc: $(BUILD)/aws_gen $(AWS_DATA)
	@mkdir -p $(@D)
	$(call say,GEN,$@)
	$(Q)$(BUILD)/aws_gen src/aws/data > $@
$(BUILD)/obj/src/aws/tables.o: $(BUILD)/gen/aws_tables.inc
$(BUILD)/obj/src/aws/tables.o: WR_CPPFLAGS += -I$(BUILD)/gen
# Writ's own library of controls and what `writ init` makes, embedded. Their lists are files, so
# that a control that goes away is seen too.
LIBRARY := $(shell find controls -type f '(' -name '*.yaml' -o -name '*.json' -o -name '*.guard' \
  -o -name '*.cedar' ')' 2>/dev/null | LC_ALL=C sort)
SKELETON := $(shell find examples/skeleton -type f ! -name '.*' | LC_ALL=C sort)
$(BUILD)/gen/library.list: EMBED = $(LIBRARY)
$(BUILD)/gen/skeleton.list: EMBED = $(SKELETON)
$(BUILD)/gen/library.list $(BUILD)/gen/skeleton.list: FORCE
	@mkdir -p $(@D)
	@printf '%s\n' $(EMBED) | cmp -s - $@ || printf '%s\n' $(EMBED) > $@
$(BUILD)/library_gen: tools/library_gen.c $(BUILD)/flags $(BUILD)/headers-found
	@mkdir -p $(@D)
	$(call say,CC,$@)
	$(Q)$(CC) -D_GNU_SOURCE -std=c17 $(WARN) -O1 -o $@ $<
$(BUILD)/gen/library.inc: $(BUILD)/library_gen $(BUILD)/gen/library.list $(LIBRARY)
	$(call say,GEN,$@)
	$(Q)$(BUILD)/library_gen controls $(LIBRARY) > $@
$(BUILD)/gen/skeleton.inc: $(BUILD)/library_gen $(BUILD)/gen/skeleton.list $(SKELETON)
	$(call say,GEN,$@)
	$(Q)$(BUILD)/library_gen examples/skeleton $(SKELETON) > $@
$(BUILD)/obj/src/control/library.o: $(BUILD)/gen/library.inc
$(BUILD)/obj/src/cli/cmd_init.o: $(BUILD)/gen/skeleton.inc
$(BUILD)/obj/src/control/library.o $(BUILD)/obj/src/cli/cmd_init.o: WR_CPPFLAGS += -I$(BUILD)/gen
$(BUILD)/writ: $(CLI_OBJ) $(BUILD)/libwrit.a
	$(call say,LINK,$@)
	$(Q)$(LINK) -o $@ $(CLI_OBJ) $(BUILD)/libwrit.a $(LIBS)
$(BUILD)/cfn-guard $(BUILD)/iamctl: $(BUILD)/writ
	@ln -sf writ $@

MAN := writ writ-check writ-test writ-coverage writ-exceptions writ-report writ-init writ-explain \
  writ-guard writ-iam writ-cedar writ-impact writ-diff cfn-guard iamctl
man: $(BUILD)/writ ## rewrite docs/man from the command tables
	$(Q)mkdir -p docs/man
	$(Q)for p in $(MAN); do $(BUILD)/writ man $$p > docs/man/$$p.1 || exit 1; done

-include $(LIB_OBJ:.o=.d) $(CLI_OBJ:.o=.d)
.PHONY: lib man
