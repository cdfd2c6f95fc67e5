# SPDX-License-Identifier: Apache-2.0
# install: PREFIX (default /usr/local) and DESTDIR as everywhere. Personalities (cfn-guard, iamctl)
# go into a folder of their own, never into bin: a real cfn-guard is not shadowed unless someone
# puts that folder first in PATH.
PREFIX ?= /usr/local
DESTDIR ?=
bindir ?= $(PREFIX)/bin
libdir ?= $(PREFIX)/lib
includedir ?= $(PREFIX)/include
libexecdir ?= $(PREFIX)/libexec
datadir ?= $(PREFIX)/share
mandir ?= $(datadir)/man
bashcompdir ?= $(datadir)/bash-completion/completions
zshcompdir ?= $(datadir)/zsh/site-functions
fishcompdir ?= $(datadir)/fish/vendor_completions.d
personalitydir ?= $(libexecdir)/writ/personalities
PERSONALITIES := cfn-guard iamctl
D = $(DESTDIR)

install: all lib $(BUILD)/public/libwrit.a ## into PREFIX=/usr/local (DESTDIR for packages)
	install -d $(D)$(bindir) $(D)$(libdir)/pkgconfig $(D)$(includedir)/writ $(D)$(personalitydir) \
	  $(D)$(datadir)/doc/writ $(D)$(mandir)/man1
	install -m 644 $(MAN:%=docs/man/%.1) $(D)$(mandir)/man1
	install -m 755 $(BUILD)/writ $(D)$(bindir)/writ
	install -m 644 $(BUILD)/public/libwrit.a $(D)$(libdir)/libwrit.a
	install -m 755 $(BUILD)/libwrit.so $(D)$(libdir)/libwrit.so.$(VERSION)
	ln -sf libwrit.so.$(VERSION) $(D)$(libdir)/libwrit.so.$(SOVERSION)
	ln -sf libwrit.so.$(SOVERSION) $(D)$(libdir)/libwrit.so
	install -d $(D)$(bashcompdir) $(D)$(zshcompdir) $(D)$(fishcompdir)
	$(BUILD)/writ completions bash > $(D)$(bashcompdir)/writ
	$(BUILD)/writ completions zsh > $(D)$(zshcompdir)/_writ
	$(BUILD)/writ completions fish > $(D)$(fishcompdir)/writ.fish
	$(if $(PUBLIC_H),install -m 644 $(PUBLIC_H) $(D)$(includedir)/writ)
	for p in $(PERSONALITIES); do \
	  ln -sf "$$(realpath -m --relative-to=$(personalitydir) $(bindir))/writ" \
	    $(D)$(personalitydir)/$$p || exit 1; done
	sed -e 's|@PREFIX@|$(PREFIX)|' -e 's|@LIBDIR@|$(libdir)|' -e 's|@INCLUDEDIR@|$(includedir)|' \
	  -e 's|@VERSION@|$(VERSION)|' mk/writ.pc.in > $(D)$(libdir)/pkgconfig/writ.pc
# The loader finds the library where it caches folders (not in a staged tree, not unprivileged).
	[ -n "$(DESTDIR)" ] || [ "$$(id -u)" != 0 ] || ! command -v ldconfig >/dev/null || ldconfig
	install -m 644 README.md CHANGELOG.md LICENSE NOTICE $(D)$(datadir)/doc/writ
.PHONY: install

deb: ## a Debian package of it all: build/writ_VERSION_ARCH.deb
	@tools/deb.sh $(BUILD) $(VERSION)
.PHONY: deb
