/* SPDX-License-Identifier: Apache-2.0
 *
 * CameraOutput: what all outputs, or several kinds, can do. */
#include "outputs.h"

namespace bridge {

CameraOutput::CameraOutput(Env &env, Kind of_kind, const EventTable *of_events, camera_output *made)
    : Object(env, of_kind, of_events), handle(made)
{
}

static void ignore_completion(int32_t, const char *, void *)
{
}

/* The collector calls this on the JavaScript thread, which must not wait for a device. */
CameraOutput::~CameraOutput()
{
    camera_output_release_async(handle, ignore_completion, nullptr);
}

namespace {

napi_value release(napi_env env, napi_callback_info info)
{
    Call call(env, info);
    auto *output = call.this_object<CameraOutput>();
    return run_output(call, output, "release", camera_output_release_async, [output](int32_t code) {
        if (code == CAMERA_OK)
            output->set_slot("session", nullptr);
    });
}

napi_value make_range(napi_env env, uint32_t least, uint32_t greatest)
{
    napi_value range = make_object(env);
    put(env, range, "min", static_cast<int64_t>(least));
    put(env, range, "max", static_cast<int64_t>(greatest));
    return range;
}

napi_value get_supported_frame_rates(napi_env env, napi_callback_info info)
{
    Call call(env, info);
    auto *output = call.this_object<CameraOutput>();
    uint32_t count = 0, least, greatest;
    if (output == nullptr || !succeeded(env, camera_output_get_supported_frame_rate_count(output->handle, &count)))
        return nullptr;
    napi_value ranges = make_array(env);
    for (uint32_t i = 0; i < count; i++) {
        if (!succeeded(env, camera_output_get_supported_frame_rate(output->handle, i, &least, &greatest)))
            return nullptr;
        push(env, ranges, make_range(env, least, greatest));
    }
    return ranges;
}

napi_value set_frame_rate(napi_env env, napi_callback_info info)
{
    Call call(env, info);
    auto *output = call.this_object<CameraOutput>();
    int32_t least, greatest;
    if (output == nullptr || !call.expect_count("setFrameRate", 2, 2) ||
        !call.expect_int(0, "the slowest frame rate", &least) || !call.expect_int(1, "the fastest frame rate", &greatest))
        return nullptr;
    if (least < 1 || greatest < least)
        return throw_argument(env, "setFrameRate(): the range must begin at 1 or more and not end before, not " +
                                       std::to_string(least) + " to " + std::to_string(greatest));
    return succeeded(env, camera_output_set_frame_rate(output->handle, static_cast<uint32_t>(least),
                                                       static_cast<uint32_t>(greatest)))
               ? undefined(env)
               : nullptr;
}

napi_value get_active_frame_rate(napi_env env, napi_callback_info info)
{
    Call call(env, info);
    auto *output = call.this_object<CameraOutput>();
    uint32_t least, greatest;
    return output != nullptr && succeeded(env, camera_output_get_active_frame_rate(output->handle, &least, &greatest))
               ? make_range(env, least, greatest)
               : nullptr;
}

} // namespace

napi_value run_output(Call &call, CameraOutput *output, const char *name, BeginOutput begin, Ended ended)
{
    OperationPlan plan;
    if (output == nullptr)
        return nullptr;
    plan.method = name;
    plan.arguments = 0;
    plan.begin = [output, begin](camera_completion_fn completion, void *user_data) {
        return begin(output->handle, completion, user_data);
    };
    plan.ended = std::move(ended);
    return run_operation(call, output, std::move(plan));
}

int32_t listen(CameraOutput &output, camera_output_event_fn function, camera_destroy_fn destroy)
{
    uint64_t listener;
    if (output.listens)
        return CAMERA_OK;
    void *user_data = share(output.endpoint);
    int32_t code = camera_output_add_listener(output.handle, function, user_data, destroy, &listener);
    output.listens = code == CAMERA_OK;
    if (code != CAMERA_OK)
        unshare(user_data);
    return code;
}

CameraSession *session_of(const CameraOutput &output)
{
    Object *session = native_half(*output.bridge, output.slot("session"));
    return session != nullptr && CameraSession::is(session->kind) ? static_cast<CameraSession *>(session) : nullptr;
}

bool is_committed(const CameraOutput &output)
{
    CameraSession *session = session_of(output);
    int32_t state;
    return session != nullptr && camera_session_get_state(session->handle, &state) == CAMERA_OK &&
           (state == CAMERA_SESSION_STATE_COMMITTED || state == CAMERA_SESSION_STATE_STARTED);
}

napi_value get_active_profile(napi_env env, napi_callback_info info)
{
    Call call(env, info);
    auto *output = call.this_object<CameraOutput>();
    camera_profile profile = CAMERA_PROFILE_INIT;
    return output != nullptr && succeeded(env, camera_output_get_active_profile(output->handle, &profile))
               ? make_profile(env, profile, call.data != nullptr)
               : nullptr;
}

napi_value wrap_output(Call &call, std::unique_ptr<CameraOutput> output, Object *surface)
{
    CameraOutput *made = output.get();
    napi_value object = make_instance(*call.bridge, std::move(output));
    if (object != nullptr && surface != nullptr)
        made->set_slot("surface", surface->self());
    return object;
}

bool expect_committed(Call &call, const CameraOutput &output, const char *method)
{
    if (is_committed(output))
        return true;
    throw_error(call.env, CAMERA_ERROR_SESSION_NOT_CONFIG,
                std::string(method) + "(): " +
                    (session_of(output) == nullptr ? "the output is in no session; add it to one and commit"
                                                   : "the output's session is not committed"));
    return false;
}

bool expect_not_released(Call &call, const CameraOutput &output)
{
    camera_output_statistics statistics = CAMERA_OUTPUT_STATISTICS_INIT;
    return succeeded(call.env, camera_output_get_statistics(output.handle, &statistics));
}

napi_value unsupported(Call &call, const char *method, const char *why)
{
    return throw_error(call.env, CAMERA_ERROR_OPERATION_NOT_ALLOWED, std::string(method) + "(): " + why);
}

Methods release_methods()
{
    return {method("release", release)};
}

Methods rate_methods()
{
    return {method("getSupportedFrameRates", get_supported_frame_rates), method("setFrameRate", set_frame_rate),
            method("getActiveFrameRate", get_active_frame_rate)};
}

bool define_outputs(Env &env)
{
    return define_preview_output(env) && define_photo_output(env) && define_photo(env) && define_video_output(env) &&
           define_metadata_output(env);
}

} // namespace bridge
