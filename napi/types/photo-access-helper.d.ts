// SPDX-License-Identifier: Apache-2.0

/** A photo in the media library, of which Linux has none: the type of an event that never comes. */
export interface PhotoAsset {
  readonly uri: string;
  readonly displayName: string;
}
