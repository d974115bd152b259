/* SPDX-License-Identifier: Apache-2.0
 *
 * PreviewOutput, and its factories. */
#include "outputs.h"

namespace bridge {

namespace {

const EventTable preview_events = {"a preview output", stream_events(), listen_to_stream};

struct PreviewOutput : StreamOutput {
    PreviewOutput(Env &env, camera_output *made) : StreamOutput(env, Kind::PreviewOutput, &preview_events, made) {}
    static bool is(Kind kind) { return kind == Kind::PreviewOutput; }
};

napi_value get_preview_rotation(napi_env env, napi_callback_info info)
{
    Call call(env, info);
    return get_rotation(call, call.this_object<PreviewOutput>(), "getPreviewRotation", Turning::Display);
}

/* setPreviewRotation(rotation, isDisplayLocked): a preview that needs no turn is shown as it is; another
 * must be turned by who shows it. */
napi_value set_preview_rotation(napi_env env, napi_callback_info info)
{
    Call call(env, info);
    auto *output = call.this_object<PreviewOutput>();
    camera_description camera = CAMERA_DESCRIPTION_INIT;
    int32_t rotation;
    bool locked = false;
    if (output == nullptr || !call.expect_count("setPreviewRotation", 1, 2) ||
        !call.expect_int(0, "the preview's rotation", &rotation))
        return nullptr;
    if (call.count == 2 && type_of(env, call.argument(1)) != napi_undefined &&
        !call.expect_bool(1, "isDisplayLocked", &locked))
        return nullptr;
    if (rotation < 0 || rotation > 270 || rotation % 90 != 0)
        return throw_argument(env, "setPreviewRotation(): the rotation must be 0, 90, 180 or 270, not " +
                                       std::to_string(rotation));
    if (!expect_camera(call, *output, "setPreviewRotation", &camera))
        return nullptr;
    if ((locked ? static_cast<int32_t>(camera.orientation) : rotation) == 0)
        return undefined(env);
    return unsupported(call, "setPreviewRotation",
                       "frames come as the camera gives them and cannot be turned here; turn what is shown");
}

/* addDeferredSurface(surfaceId) */
napi_value add_deferred_surface(napi_env env, napi_callback_info info)
{
    Call call(env, info);
    auto *output = call.this_object<PreviewOutput>();
    camera_surface *surface = nullptr;
    Object *owner = nullptr;
    if (output == nullptr || !call.expect_count("addDeferredSurface", 1, 1) || !expect_surface(call, 0, &surface, &owner) ||
        !succeeded(env, camera_output_add_deferred_surface(output->handle, surface)))
        return nullptr;
    output->set_slot("surface", owner == nullptr ? nullptr : owner->self());
    return undefined(env);
}

/* A setter of a feature that no camera has here, with one boolean. */
napi_value refuse(napi_env env, napi_callback_info info, const char *method, const char *why)
{
    Call call(env, info);
    auto *output = call.this_object<PreviewOutput>();
    bool enabled;
    return output != nullptr && call.expect_count(method, 1, 1) && call.expect_bool(0, "enabled", &enabled) &&
                   expect_committed(call, *output, method)
               ? unsupported(call, method, why)
               : nullptr;
}

napi_value enable_bandwidth_compression(napi_env env, napi_callback_info info)
{
    return refuse(env, info, "enableBandwidthCompression",
                  "Linux cameras compress no preview on its way; isBandwidthCompressionSupported() says so");
}

napi_value set_log_view_assist_enable(napi_env env, napi_callback_info info)
{
    return refuse(env, info, "setLogViewAssistEnable",
                  "Linux cameras give no log pictures; isLogViewAssistSupported() says so");
}

} // namespace

/* createPreviewOutput(profile, surfaceId); createPreviewOutput(surfaceId) for a session that is
 * preconfigured */
napi_value create_preview_output(Call &call, camera_manager *manager)
{
    camera_profile profile = CAMERA_PROFILE_INIT;
    camera_surface *surface = nullptr;
    camera_output *output = nullptr;
    Object *owner = nullptr;
    if (!call.expect_count("createPreviewOutput", 1, 2) ||
        (call.count == 2 && !expect_profile(call, 0, false, &profile)) ||
        !expect_surface(call, call.count - 1, &surface, &owner))
        return nullptr;
    int32_t code = camera_manager_create_preview_output(manager, call.count == 2 ? &profile : nullptr, surface, &output);
    return finish_output<PreviewOutput>(call, code, output, owner);
}

napi_value create_deferred_preview_output(Call &call, camera_manager *manager)
{
    camera_profile profile = CAMERA_PROFILE_INIT;
    camera_output *output = nullptr;
    if (!call.expect_count("createDeferredPreviewOutput", 1, 1) || !expect_profile(call, 0, false, &profile))
        return nullptr;
    int32_t code = camera_manager_create_deferred_preview_output(manager, &profile, &output);
    return finish_output<PreviewOutput>(call, code, output, nullptr);
}

bool define_preview_output(Env &env)
{
    Methods methods = event_methods(preview_events);
    for (const Methods &more :
         {release_methods(), stream_methods(), rate_methods(),
          Methods{method("getActiveProfile", get_active_profile), method("getPreviewRotation", get_preview_rotation),
                  method("setPreviewRotation", set_preview_rotation), method("addDeferredSurface", add_deferred_surface),
                  method("isBandwidthCompressionSupported", answer_no<PreviewOutput>),
                  method("enableBandwidthCompression", enable_bandwidth_compression),
                  method("isLogViewAssistSupported", answer_no<PreviewOutput>),
                  method("setLogViewAssistEnable", set_log_view_assist_enable)}})
        methods.insert(methods.end(), more.begin(), more.end());
    return define_class(env, Kind::PreviewOutput, "PreviewOutput", methods);
}

} // namespace bridge
