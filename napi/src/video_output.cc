/* SPDX-License-Identifier: Apache-2.0
 *
 * VideoOutput, and its factory. */
#include "outputs.h"

namespace bridge {

namespace {

const EventTable video_events = {"a video output", stream_events(), listen_to_stream};

struct VideoOutput : StreamOutput {
    VideoOutput(Env &env, camera_output *made) : StreamOutput(env, Kind::VideoOutput, &video_events, made) {}
    static bool is(Kind kind) { return kind == Kind::VideoOutput; }
};

napi_value get_video_rotation(napi_env env, napi_callback_info info)
{
    Call call(env, info);
    return get_rotation(call, call.this_object<VideoOutput>(), "getVideoRotation", Turning::Device);
}

napi_value is_mirror_supported(napi_env env, napi_callback_info info)
{
    Call call(env, info);
    auto *output = call.this_object<VideoOutput>();
    bool supported;
    return output != nullptr && succeeded(env, camera_output_is_mirror_supported(output->handle, &supported))
               ? make_bool(env, supported)
               : nullptr;
}

napi_value enable_mirror(napi_env env, napi_callback_info info)
{
    Call call(env, info);
    auto *output = call.this_object<VideoOutput>();
    bool enabled;
    return output != nullptr && call.expect_count("enableMirror", 1, 1) && call.expect_bool(0, "enabled", &enabled) &&
                   succeeded(env, camera_output_enable_mirror(output->handle, enabled))
               ? undefined(env)
               : nullptr;
}

} // namespace

/* createVideoOutput(profile, surfaceId); createVideoOutput(surfaceId) for a session that is preconfigured */
napi_value create_video_output(Call &call, camera_manager *manager)
{
    camera_profile profile = CAMERA_PROFILE_INIT;
    camera_surface *surface = nullptr;
    camera_output *output = nullptr;
    Object *owner = nullptr;
    if (!call.expect_count("createVideoOutput", 1, 2) || (call.count == 2 && !expect_profile(call, 0, true, &profile)) ||
        !expect_surface(call, call.count - 1, &surface, &owner))
        return nullptr;
    int32_t code = camera_manager_create_video_output(manager, call.count == 2 ? &profile : nullptr, surface, &output);
    return finish_output<VideoOutput>(call, code, output, owner);
}

bool define_video_output(Env &env)
{
    static int with_rates; /* its address is the data of getActiveProfile */
    Methods methods = event_methods(video_events);
    for (const Methods &more :
         {release_methods(), stream_methods(), rate_methods(),
          Methods{method("getActiveProfile", get_active_profile, &with_rates),
                  method("getVideoRotation", get_video_rotation), method("isMirrorSupported", is_mirror_supported),
                  method("enableMirror", enable_mirror)}})
        methods.insert(methods.end(), more.begin(), more.end());
    return define_class(env, Kind::VideoOutput, "VideoOutput", methods);
}

} // namespace bridge
