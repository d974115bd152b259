/* SPDX-License-Identifier: Apache-2.0
 *
 * CameraInput: open, close, error events. */
#include "classes.h"

namespace bridge {

namespace {

enum InputEvent : unsigned { ERROR, OCCLUSION };

void added(Object &object, unsigned event, napi_value entry);

const EventTable input_events = {"a camera input",
                                 {{"error", Shape::Error, true}, {"cameraOcclusionDetection", Shape::ErrorAndData}},
                                 added};

void on_event(camera_input *, const camera_input_event *event, void *user_data)
{
    if (event->type != CAMERA_INPUT_EVENT_TYPE_ERROR)
        return;
    int32_t code = event->code;
    std::string detail = event->detail == nullptr ? "" : event->detail;
    post_event(shared(user_data), ERROR, [code, detail](napi_env env) { return make_error(env, code, detail); });
}

/* The library watches the device from the first function for errors on. Without a listener of the library's
 * JavaScript hears of no error; that is told as one. */
void added(Object &object, unsigned event, napi_value)
{
    auto &input = static_cast<CameraInput &>(object);
    uint64_t listener;
    if (event != ERROR || input.listens)
        return;
    void *user_data = share(input.endpoint);
    int32_t code = camera_input_add_listener(input.handle, on_event, user_data, unshare, &listener);
    input.listens = code == CAMERA_OK;
    if (input.listens)
        return;
    std::string detail = camera_error_detail();
    unshare(user_data);
    post_event(input.endpoint, ERROR, [code, detail](napi_env env) { return make_error(env, code, detail); });
}

/* open(), open(isSecureEnabled) and open(type), each with or without a callback. There are no secure
 * cameras on Linux: the sequence number that open(true) gives is 0. */
napi_value open(napi_env env, napi_callback_info info)
{
    Call call(env, info);
    auto *input = call.this_object<CameraInput>();
    OperationPlan plan;
    bool secure = false;
    int32_t concurrency;
    if (input == nullptr)
        return nullptr;
    plan.method = "open";
    plan.arguments = 0;
    if (call.count > 0 && !call.has_function(0)) {
        plan.arguments = 1;
        if (read_bool(env, call.argument(0), &secure)) {
            plan.result = [](napi_env env) {
                napi_value zero = nullptr;
                napi_create_bigint_uint64(env, 0, &zero);
                return zero;
            };
        } else if (!read_int32(env, call.argument(0), &concurrency) || concurrency < 0 || concurrency > 1) {
            return throw_argument(env, "open(): the argument must be a boolean, a CameraConcurrentType or a callback, not " +
                                           describe(env, call.argument(0)));
        }
    }
    plan.begin = [input](camera_completion_fn completion, void *user_data) {
        return camera_input_open_async(input->handle, completion, user_data);
    };
    return run_operation(call, input, std::move(plan));
}

napi_value close(napi_env env, napi_callback_info info)
{
    Call call(env, info);
    auto *input = call.this_object<CameraInput>();
    if (input == nullptr)
        return nullptr;
    OperationPlan plan;
    plan.method = "close";
    plan.arguments = 0;
    plan.begin = [input](camera_completion_fn completion, void *user_data) {
        return camera_input_close_async(input->handle, completion, user_data);
    };
    plan.ended = [input](int32_t code) {
        if (code == CAMERA_OK)
            input_was_closed(*input->bridge, *input);
    };
    return run_operation(call, input, std::move(plan));
}

napi_value is_orientation_variable(napi_env env, napi_callback_info info)
{
    Call call(env, info);
    return call.this_object<CameraInput>() == nullptr ? nullptr : make_bool(env, false);
}

napi_value get_orientation(napi_env env, napi_callback_info info)
{
    Call call(env, info);
    auto *input = call.this_object<CameraInput>();
    return input == nullptr ? nullptr : make_int(env, input->camera.orientation);
}

napi_value use_orientation(napi_env env, napi_callback_info info)
{
    Call call(env, info);
    bool used;
    return call.this_object<CameraInput>() != nullptr && call.expect_count("usePhysicalCameraOrientation", 1, 1) &&
                   call.expect_bool(0, "usePhysicalCameraOrientation(): whether it is used", &used)
               ? throw_error(env, CAMERA_ERROR_OPERATION_NOT_ALLOWED,
                             "usePhysicalCameraOrientation(): the camera's orientation is always the physical one here; "
                             "isPhysicalCameraOrientationVariable() says so")
               : nullptr;
}

} // namespace

CameraInput::CameraInput(Env &env, camera_input *made, const camera_description &of)
    : Object(env, Kind::CameraInput, &input_events), handle(made), camera(of)
{
}

CameraInput::~CameraInput()
{
    camera_input_release(handle);
}

bool define_input(Env &env)
{
    Methods methods = event_methods(input_events);
    methods.push_back(method("open", open));
    methods.push_back(method("close", close));
    methods.push_back(method("isPhysicalCameraOrientationVariable", is_orientation_variable));
    methods.push_back(method("getPhysicalCameraOrientation", get_orientation));
    methods.push_back(method("usePhysicalCameraOrientation", use_orientation));
    return define_class(env, Kind::CameraInput, "CameraInput", methods);
}

} // namespace bridge
