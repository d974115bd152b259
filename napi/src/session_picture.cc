/* SPDX-License-Identifier: Apache-2.0
 *
 * What pictures a session makes: colour spaces, effects, preconfiguration, what counts for more. */
#include "session_parts.h"

namespace bridge {

namespace {

const char *const no_effects = "there are no effects here that the system could lay over pictures; "
                               "isControlCenterSupported() says so";

/* getSupportedColorSpaces(): first, once committed, what the camera gives. */
napi_value get_color_spaces(napi_env env, napi_callback_info info)
{
    SessionCall call(env, info);
    uint32_t count;
    if (!call.takes(0) ||
        !succeeded(env, camera_session_get_supported_color_space_count(call.session->handle, &count)))
        return nullptr;
    napi_value spaces = make_array(env);
    for (uint32_t i = 0; i < count; i++) {
        int32_t space;
        /* Fewer than counted: outputs were taken away meanwhile. */
        if (camera_session_get_supported_color_space(call.session->handle, i, &space) == CAMERA_OK)
            push(env, spaces, make_int(env, script_color_space(space)));
    }
    return spaces;
}

napi_value get_color_space(napi_env env, napi_callback_info info)
{
    SessionCall call(env, info);
    int32_t space;
    return call.takes(0) && succeeded(env, camera_session_get_active_color_space(call.session->handle, &space))
               ? make_int(env, script_color_space(space))
               : nullptr;
}

napi_value set_color_space(napi_env env, napi_callback_info info)
{
    SessionCall call(env, info);
    int32_t space;
    return call.takes(1) && call.expect_int(0, "the colour space", &space) &&
                   succeeded(env, camera_session_set_color_space(call.session->handle, library_color_space(space)))
               ? undefined(env)
               : nullptr;
}

/* (preconfigType, preconfigRatio?): without a ratio it is what Camera Kit takes for the class. */
bool expect_preconfig(SessionCall &call, int32_t *type, int32_t *ratio)
{
    if (!call.takes(1, 2) || !call.expect_int(0, "the preconfig type", type))
        return false;
    *ratio = call.session->kind == Kind::VideoSession ? CAMERA_PRECONFIG_RATIO_R16X9 : CAMERA_PRECONFIG_RATIO_R4X3;
    return call.count == 1 || type_of(call.env, call.argument(1)) == napi_undefined ||
           call.expect_int(1, "the preconfig ratio", ratio);
}

napi_value can_preconfig(napi_env env, napi_callback_info info)
{
    SessionCall call(env, info);
    int32_t type, ratio;
    bool can;
    return expect_preconfig(call, &type, &ratio) &&
                   succeeded(env, camera_session_can_preconfig(call.session->handle, type, ratio, &can))
               ? make_bool(env, can)
               : nullptr;
}

napi_value preconfig(napi_env env, napi_callback_info info)
{
    SessionCall call(env, info);
    int32_t type, ratio;
    return expect_preconfig(call, &type, &ratio) &&
                   succeeded(env, camera_session_preconfig(call.session->handle, type, ratio))
               ? undefined(env)
               : nullptr;
}

} // namespace

const SessionMethods color_methods = {
    {"getSupportedColorSpaces", get_color_spaces},
    {"getActiveColorSpace", get_color_space},
    {"setColorSpace", set_color_space},
};

const SessionMethods control_center_methods = {
    {"isControlCenterSupported", never_supported<0>},
    {"getSupportedEffectTypes", none_supported<0>},
    {"enableControlCenter", missing_for<bool>, "enabled", no_effects},
};

const SessionMethods preconfig_methods = {
    {"canPreconfig", can_preconfig},
    {"preconfig", preconfig},
};

const SessionMethods quality_methods = {
    {"setQualityPrioritization", set_value<camera_session_set_quality_prioritization>, "the quality prioritization"},
};

} // namespace bridge
