#!/bin/bash
# Makes the disk image from dist's ChainDesk.app; signed and notarised where the secrets for that are set.
#   MACOS_IDENTITY           the name of a Developer ID Application certificate in the keychain
#   MACOS_NOTARY_PROFILE     a profile that `notarytool store-credentials` has made
set -euo pipefail
app=$1
target=$2
here=$(cd "$(dirname "$0")" && pwd)
if [ -n "${MACOS_IDENTITY:-}" ]; then
  codesign --force --deep --options runtime --timestamp --entitlements "$here/entitlements.plist" --sign "$MACOS_IDENTITY" "$app"
  codesign --verify --deep --strict "$app"
fi
folder=$(mktemp -d)
cp -R "$app" "$folder/"
ln -s /Applications "$folder/Applications"
hdiutil create -quiet -volname ChainDesk -srcfolder "$folder" -format UDZO -ov "$target"
rm -rf "$folder"
if [ -n "${MACOS_IDENTITY:-}" ] && [ -n "${MACOS_NOTARY_PROFILE:-}" ]; then
  codesign --timestamp --sign "$MACOS_IDENTITY" "$target"
  xcrun notarytool submit "$target" --keychain-profile "$MACOS_NOTARY_PROFILE" --wait
  xcrun stapler staple "$target"
fi
