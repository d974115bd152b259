/* SPDX-License-Identifier: Apache-2.0
 *
 * How pictures must be turned, from how the camera is built in and how the device is held. The library
 * turns nothing by itself, but photos whose settings ask for it. */
#include "outputs.h"

namespace bridge {

bool expect_camera(Call &call, const CameraOutput &output, const char *method, camera_description *camera)
{
    Object *session = native_half(*call.bridge, output.slot("session"));
    Object *input = session == nullptr ? nullptr : native_half(*call.bridge, session->slot("input"));
    if (input != nullptr && CameraInput::is(input->kind)) {
        *camera = static_cast<CameraInput *>(input)->camera;
        return true;
    }
    throw_error(call.env, CAMERA_ERROR_SERVICE_FATAL_ERROR,
                std::string(method) + "(): " +
                    (session == nullptr ? "the output is in no session, so it has no camera; add it to one that has an input"
                                        : "the output's session has no input, so the output has no camera"));
    return false;
}

/* 0 to 359, of any number of degrees. */
static int32_t within_circle(int64_t degrees)
{
    return static_cast<int32_t>((degrees % 360 + 360) % 360);
}

napi_value get_rotation(Call &call, const CameraOutput *output, const char *method, Turning turning)
{
    camera_description camera = CAMERA_DESCRIPTION_INIT;
    int32_t degrees = 0;
    bool from_display = turning == Turning::Display;
    if (output == nullptr || !call.expect_count(method, 0, 1))
        return nullptr;
    if (call.count == 1 && type_of(call.env, call.argument(0)) != napi_undefined &&
        !call.expect_int(0, from_display ? "the display's rotation" : "the device's rotation", &degrees))
        return nullptr;
    if (from_display && degrees % 90 != 0)
        return throw_argument(call.env, std::string(method) + "(): the display's rotation must be a multiple of 90 degrees, not " +
                                            std::to_string(degrees));
    if (!expect_camera(call, *output, method, &camera))
        return nullptr;
    int64_t quarter = within_circle(static_cast<int64_t>(degrees) + 45) / 90 * 90;
    /* Who turns the device clockwise turns a camera that looks back at them the other way. */
    bool front = camera.position == CAMERA_POSITION_FRONT && !from_display;
    int64_t turned = static_cast<int64_t>(camera.orientation) + (front ? -quarter : quarter);
    return make_int(call.env, within_circle(turned));
}

} // namespace bridge
