/* SPDX-License-Identifier: Apache-2.0
 *
 * What the lens does, or seems to do: focus, zoom, macro, stabilization, and the change of the camera. */
#include "session_parts.h"

namespace bridge {

namespace {

const char *const no_tracking = "V4L2 has no control for focus that follows something; setFocusMode() chooses how the "
                                "camera focuses";
const char *const no_macro = "no camera of V4L2 tells of a macro lens; isMacroSupported() says so";
const char *const no_ois = "V4L2 has no control for the lens' own stabilization; setVideoStabilizationMode() is for that "
                           "of the picture";
const char *const no_switch = "V4L2 cameras have no other that could take their place; isAutoDeviceSwitchSupported() says so";

/* setSmoothZoom(ratio, mode?) */
napi_value set_smooth_zoom(napi_env env, napi_callback_info info)
{
    SessionCall call(env, info);
    double ratio;
    int32_t mode = CAMERA_SMOOTH_ZOOM_MODE_NORMAL;
    if (!call.takes(1, 2) || !call.expect_double(0, "the zoom ratio", &ratio) ||
        (call.count > 1 && type_of(env, call.argument(1)) != napi_undefined &&
         !call.expect_int(1, "the smooth zoom mode", &mode)))
        return nullptr;
    return succeeded(env, camera_session_set_smooth_zoom(call.session->handle, ratio, mode)) ? undefined(env) : nullptr;
}

} // namespace

const SessionMethods focus_methods = {
    {"isFocusModeSupported", is_supported<camera_session_is_focus_mode_supported>, "the focus mode"},
    {"getFocusMode", get_value<camera_session_get_focus_mode>},
    {"setFocusMode", set_value<camera_session_set_focus_mode>, "the focus mode"},
    {"getFocusPoint", get_value<camera_session_get_focus_point>},
    {"setFocusPoint", set_value<camera_session_set_focus_point>, "the focus point"},
    {"getFocalLength", get_value<camera_session_get_focal_length>},
    {"isLockFocusTrackingSupported", never_supported<0>},
    {"lockFocusTracking", missing_for<camera_point>, "the focus point", no_tracking},
    {"unlockFocusTracking", missing, nullptr, no_tracking},
};

/* From 0, the nearest, to 1, the farthest. */
const SessionMethods manual_focus_methods = {
    {"isFocusDistanceSupported", get_value<camera_session_is_focus_distance_supported>},
    {"getFocusDistance", get_value<camera_session_get_focus_distance>},
    {"setFocusDistance", set_value<camera_session_set_focus_distance>, "the focus distance"},
};

const SessionMethods zoom_methods = {
    {"getZoomRatioRange", get_range<camera_session_get_zoom_ratio_range>},
    {"getZoomRatio", get_value<camera_session_get_zoom_ratio>},
    {"setZoomRatio", set_value<camera_session_set_zoom_ratio>, "the zoom ratio"},
    {"setSmoothZoom", set_smooth_zoom},
    {"getZoomPointInfos", none_supported<0>},
    {"getRAWCaptureZoomRatioRange", none_supported<0>},
};

const SessionMethods stabilization_methods = {
    {"isVideoStabilizationModeSupported", is_supported<camera_session_is_video_stabilization_mode_supported>,
     "the stabilization mode"},
    {"getActiveVideoStabilizationMode", get_value<camera_session_get_video_stabilization_mode>},
    {"setVideoStabilizationMode", set_value<camera_session_set_video_stabilization_mode>, "the stabilization mode"},
};

const SessionMethods macro_methods = {
    {"isMacroSupported", never_supported<0>},
    {"enableMacro", missing_for<bool>, "enabled", no_macro},
};

const SessionMethods ois_methods = {
    {"isOISModeSupported", never_supported<1>, "the OIS mode"},
    {"getSupportedOISBiasRange", none_supported<1>, "the axis"},
    {"getSupportedOISBiasStep", missing_for<int32_t>, "the axis", no_ois},
    {"getCurrentOISMode", missing, nullptr, no_ois},
    {"getCurrentCustomOISBias", missing_for<int32_t>, "the axis", no_ois},
    {"setOISMode", missing_for<int32_t>, "the OIS mode", no_ois},
    {"setOISModeCustom", missing_for<double, 2>, "each bias", no_ois},
};

const SessionMethods switch_methods = {
    {"isAutoDeviceSwitchSupported", never_supported<0>},
    {"enableAutoDeviceSwitch", missing_for<bool>, "enabled", no_switch},
};

} // namespace bridge
