/* SPDX-License-Identifier: Apache-2.0
 *
 * Colour spaces: the library numbers them as OH_NativeBuffer_ColorSpace does, ArkTS as its colorSpaceManager. */
#include "classes.h"

namespace bridge {

namespace {

/* The spaces that pictures of a camera can have here. */
const struct {
    int32_t library;
    int32_t script; /* colorSpaceManager.ColorSpace */
} spaces[] = {
    {CAMERA_COLOR_SPACE_SRGB_FULL, 4},
    {CAMERA_COLOR_SPACE_BT709_FULL, 6},
    {CAMERA_COLOR_SPACE_SRGB_LIMITED, 15},
    {CAMERA_COLOR_SPACE_BT709_LIMITED, 16},
};

const int32_t last_script = 27; /* DISPLAY_BT2020_SRGB */
const int32_t other_library = 12; /* DISPLAY_P3: the library knows it, and no camera has it */

} // namespace

int32_t script_color_space(int32_t library)
{
    for (const auto &space : spaces)
        if (space.library == library)
            return space.script;
    return 0; /* UNKNOWN */
}

int32_t library_color_space(int32_t script)
{
    for (const auto &space : spaces)
        if (space.script == script)
            return space.library;
    return script >= 0 && script <= last_script ? other_library : -1;
}

} // namespace bridge
