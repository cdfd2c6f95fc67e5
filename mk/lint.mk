# SPDX-License-Identifier: Apache-2.0
# lint: everything that can be said about the source without running it. Parts end with
# "N passed, N failed"; a missing tool is an error that names its package, never a silent pass.
C_SRC := $(LIB_SRC) $(CLI_SRC) $(UNIT_SRC) $(sort $(wildcard tests/fuzz/*.c tests/bench/*.c \
	tests/conformance/*/*.c tools/*.c examples/c-api/*.c))
# Generated tables keep the shape their generator gives them.
C_HDR := $(filter-out src/base/unicode_tables.h src/match/unicode_sets.h, \
	$(sort $(wildcard src/*/*.h src/*/*/*.h include/writ/*.h tests/unit/*.h \
	tests/conformance/*/*.h)))
LINT_PARTS ?= lint-house lint-format lint-gcc lint-clang lint-cppcheck lint-tidy

lint: ## format, warnings on both compilers, house rules, cppcheck, clang-tidy
	+@tools/run-tests.sh $(BUILD) $(LINT_PARTS)

lint-house: ## layers, sizes, banned calls, headers, diagnostics, words
	@python3 tools/lint/lint.py
lint-format:
	@tools/lint/format.sh $(C_SRC) $(C_HDR)
format: ## rewrite the source as .clang-format says
	clang-format -i $(C_SRC) $(C_HDR)
lint-gcc:
	+@tools/lint/warnings.sh $(BUILD)/lint-gcc gcc
lint-clang:
	+@tools/lint/warnings.sh $(BUILD)/lint-clang clang
lint-cppcheck:
	@tools/lint/cppcheck.sh $(LIB_SRC) $(CLI_SRC)
lint-tidy: $(BUILD)/gen/aws_tables.inc $(BUILD)/gen/library.inc $(BUILD)/gen/skeleton.inc \
  $(BUILD)/gen/html_page.inc $(BUILD)/gen/diag_pages.inc
	@tools/lint/tidy.sh $(BUILD) $(VERSION) $(LIB_SRC) $(CLI_SRC)
.PHONY: lint lint-house lint-format lint-gcc lint-clang lint-cppcheck lint-tidy format
