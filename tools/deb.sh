#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# deb: a Debian package of what `make install` installs, the same bytes for the same sources. Says
# what it depends on by asking which packages own the libraries the programs are linked with.
# Usage: deb.sh BUILD VERSION   (from the top of the source tree) → BUILD/writ_VERSION_ARCH.deb
set -eu
build=$1 version=$2
for tool in dpkg-deb dpkg-shlibdeps; do
    command -v $tool >/dev/null || {
        echo "make deb: $tool is missing; install it: apt-get install dpkg-dev" >&2
        exit 1
    }
done
arch=$(dpkg --print-architecture)
machine=$(dpkg-architecture -qDEB_HOST_MULTIARCH)
if [ -z "${SOURCE_DATE_EPOCH:-}" ]; then
    SOURCE_DATE_EPOCH=$(git log -1 --format=%ct 2>/dev/null || stat -c %Y CHANGELOG.md)
fi
export SOURCE_DATE_EPOCH
top=$build/deb
rm -rf "$top"
mkdir -p "$top/tree/DEBIAN" "$top/debian"
root=$top/tree
"${MAKE:-make}" -s --no-print-directory BUILD="$build" PREFIX=/usr \
    libdir="/usr/lib/$machine" zshcompdir=/usr/share/zsh/vendor-completions \
    DESTDIR="$PWD/$root" install
strip --strip-unneeded "$root/usr/bin/writ" "$root/usr/lib/$machine/libwrit.so.$version"
strip --strip-debug --enable-deterministic-archives "$root/usr/lib/$machine/libwrit.a"

doc=$root/usr/share/doc/writ
rm "$doc/LICENSE"
{
    echo "Format: https://www.debian.org/doc/packaging-manuals/copyright-format/1.0/"
    echo "Upstream-Name: writ"
    echo
    echo "Files: *"
    echo "Copyright: the writ authors"
    echo "License: Apache-2.0"
    echo " On Debian systems the full text is in /usr/share/common-licenses/Apache-2.0."
} >"$doc/copyright"
mv "$doc/CHANGELOG.md" "$doc/changelog"
gzip -9n "$doc/changelog" "$root"/usr/share/man/man1/*.1

printf 'Source: writ\n\nPackage: writ\nArchitecture: any\n' >"$top/debian/control"
depends=$(cd "$top" && dpkg-shlibdeps -O tree/usr/bin/writ \
    "tree/usr/lib/$machine/libwrit.so.$version" 2>/dev/null | sed -n 's/^shlibs:Depends=//p')
[ -n "$depends" ] || {
    echo "make deb: which libraries it needs could not be told" >&2
    exit 1
}
cat >"$root/DEBIAN/control" <<END
Package: writ
Version: $version
Architecture: $arch
Maintainer: the writ authors <writ@localhost>
Installed-Size: $(du -sk --exclude=DEBIAN "$root" | cut -f1)
Depends: $depends
Section: admin
Priority: optional
Description: governance as code in one program
 Judges CloudFormation templates, Terraform plans and recorded configuration by
 Guard rules, decides IAM requests, replays CloudTrail against SCPs and RCPs, and
 checks a repository of controls in four layers, with no account and no network.
END
echo 'activate-noawait ldconfig' >"$root/DEBIAN/triggers"
(cd "$root" && find usr -type f -print0 | LC_ALL=C sort -z | xargs -0 md5sum >DEBIAN/md5sums)
find "$root" -type d -exec chmod 755 {} +
find "$root" -exec touch -h -d "@$SOURCE_DATE_EPOCH" {} +
out=$build/writ_${version}_$arch.deb
dpkg-deb --root-owner-group -Zxz --build "$root" "$out" >/dev/null
echo "$out"
