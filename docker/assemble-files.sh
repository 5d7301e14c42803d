#!/bin/sh
# Copies Node and the libraries that it loads into a folder that becomes the image's file system, with what a
# process expects of a system: users, the order in which names are looked up, and a place for temporary files.
set -eu
root=$1
for file in /usr/local/bin/node $(ldd /usr/local/bin/node | grep -o '/[^ ]*'); do
  mkdir -p "$root$(dirname "$file")"
  cp -L "$file" "$root$file"
done
for package in node libc6 libgcc-s1 libstdc++6; do
  mkdir -p "$root/usr/share/doc/$package"
  cp -L "/usr/share/doc/$package/copyright" "$root/usr/share/doc/$package/"
done
# libgcc-s1's own file refers to the texts of these licences.
mkdir -p "$root/usr/share/common-licenses"
cp -L /usr/share/common-licenses/GPL-3 /usr/share/common-licenses/LGPL-2.1 "$root/usr/share/common-licenses/"
mkdir -p "$root/etc" "$root/tmp" "$root/app"
chmod 1777 "$root/tmp"
echo 'node:x:1000:1000::/app:/nonexistent' >"$root/etc/passwd"
echo 'node:x:1000:' >"$root/etc/group"
# Without it the C library asks DNS before it reads /etc/hosts.
echo 'hosts: files dns' >"$root/etc/nsswitch.conf"
cp /etc/os-release "$root/etc/os-release"
