# SPDX-License-Identifier: Apache-2.0
# writ: one non-recursive GNU make file; the parts are in mk/. `make help` lists the targets.
#
# Everything is written under $(BUILD); a variant (sanitizers, coverage, another compiler) is the
# same make file with another BUILD, so that variants never share an object. What a build depends on
# beyond its sources, the flags, is a file too ($(BUILD)/flags): changing them rebuilds.
VERSION := 0.1.0
BUILD ?= build

all: $(BUILD)/writ $(BUILD)/cfn-guard $(BUILD)/iamctl ## the program and its personalities (default)
.DEFAULT_GOAL := all

include mk/flags.mk
include mk/build.mk
include mk/test.mk
include mk/lint.mk
include mk/san.mk
include mk/conformance.mk
include mk/bench.mk
include mk/install.mk

clean: ## remove everything built
	rm -rf build

help: ## this list
	@echo "make [target] [BUILD=dir] [CC=gcc|clang] [OPT=flags]"
	@awk -F':.*## ' '/^[a-z][a-z0-9-]*:.*## /{printf "  %-14s %s\n", $$1, $$2}' $(MAKEFILE_LIST) | sort

.PHONY: all clean help
.DELETE_ON_ERROR:
