/* SPDX-License-Identifier: Apache-2.0
 *
 * Inputs and outputs of a session, and its options.
 *
 * The library's session has references of its own to what is in it, but an input or an output whose
 * JavaScript object is collected is released. So the session's object holds those of its input, in the slot
 * "input", and of its outputs, an array in the slot "outputs"; and an output holds its session, in the slot
 * "session", since a photo can be taken with the output alone. The collector sees these circles, and takes
 * them whole. */
#include "session_parts.h"

namespace bridge {

namespace {

bool same(napi_env env, napi_value one, napi_value other)
{
    bool equal = false;
    return one != nullptr && other != nullptr && napi_strict_equals(env, one, other, &equal) == napi_ok && equal;
}

/* Calls a function for each output that the session holds. */
void each_output(const CameraSession &session, const std::function<void(napi_value)> &visit)
{
    napi_env env = session.bridge->env;
    napi_value outputs = session.slot("outputs"), output;
    uint32_t count = 0;
    if (is_object(env, outputs))
        napi_get_array_length(env, outputs, &count);
    for (uint32_t i = 0; i < count; i++)
        if (napi_get_element(env, outputs, i, &output) == napi_ok)
            visit(output);
}

/* Makes the list anew: those that are in this session still, and one more, which may be null. An output that
 * was released has left the session without a call of the session's. */
void list_outputs(const CameraSession &session, napi_value added)
{
    napi_env env = session.bridge->env;
    napi_value outputs = make_array(env), own = session.self();
    each_output(session, [&](napi_value output) {
        Object *native = native_half(*session.bridge, output);
        if (native != nullptr && same(env, native->slot("session"), own))
            push(env, outputs, output);
    });
    push(env, outputs, added);
    session.set_slot("outputs", outputs);
}

/* ---- input and outputs ---- */

/* canAddInput(input), canAddOutput(output). What is no input and no output throws 7400101, as the contract has
 * it; the reference page of Camera Kit says of such arguments that they have no effect. */
template <class Part, auto function> napi_value can_add(napi_env env, napi_callback_info info)
{
    SessionCall call(env, info);
    Part *part;
    bool can;
    return call.takes(1) && (part = call.expect_instance<Part>(0, call.method.argument)) != nullptr &&
                   succeeded(env, function(call.session->handle, part->handle, &can))
               ? make_bool(env, can)
               : nullptr;
}

napi_value add_input(napi_env env, napi_callback_info info)
{
    SessionCall call(env, info);
    CameraInput *input;
    if (!call.takes(1) || (input = call.expect_instance<CameraInput>(0, call.method.argument)) == nullptr ||
        !succeeded(env, camera_session_add_input(call.session->handle, input->handle)))
        return nullptr;
    call.session->set_slot("input", call.argument(0));
    return undefined(env);
}

napi_value remove_input(napi_env env, napi_callback_info info)
{
    SessionCall call(env, info);
    CameraInput *input;
    if (!call.takes(1) || (input = call.expect_instance<CameraInput>(0, call.method.argument)) == nullptr ||
        !succeeded(env, camera_session_remove_input(call.session->handle, input->handle)))
        return nullptr;
    call.session->set_slot("input", nullptr);
    return undefined(env);
}

CameraOutput *expect_output(SessionCall &call)
{
    return call.takes(1) ? call.expect_instance<CameraOutput>(0, call.method.argument) : nullptr;
}

napi_value add_output(napi_env env, napi_callback_info info)
{
    SessionCall call(env, info);
    CameraOutput *output = expect_output(call);
    if (output == nullptr || !succeeded(env, camera_session_add_output(call.session->handle, output->handle)))
        return nullptr;
    list_outputs(*call.session, call.argument(0));
    output->set_slot("session", call.self);
    return undefined(env);
}

napi_value remove_output(napi_env env, napi_callback_info info)
{
    SessionCall call(env, info);
    CameraOutput *output = expect_output(call);
    if (output == nullptr || !succeeded(env, camera_session_remove_output(call.session->handle, output->handle)))
        return nullptr;
    output->set_slot("session", nullptr);
    list_outputs(*call.session, nullptr);
    return undefined(env);
}

/* addSecureOutput(previewOutput) of a secure session, which needs a secure camera. */
napi_value add_secure_output(napi_env env, napi_callback_info info)
{
    SessionCall call(env, info);
    if (expect_output(call) == nullptr)
        return nullptr;
    return throw_error(env, CAMERA_ERROR_OPERATION_NOT_ALLOWED,
                       "addSecureOutput(): an output can be secure with a secure camera only, and there is none on Linux");
}

/* ---- options: an addition of this package ---- */

/* A field that may be left out; false: an exception is pending. */
bool read_milliseconds(SessionCall &call, napi_value options, const char *name, int32_t *out)
{
    napi_value value = get(call.env, options, name);
    return value != nullptr && (type_of(call.env, value) == napi_undefined ||
                                call.expect_field_int(options, "the options object", name, out));
}

bool read_reattach(SessionCall &call, napi_value options, bool *out)
{
    napi_value value = get(call.env, options, "reattach");
    if (value == nullptr)
        return false;
    if (type_of(call.env, value) == napi_undefined || read_bool(call.env, value, out))
        return true;
    throw_argument(call.env, "the options object's reattach must be a boolean, not " + describe(call.env, value));
    return false;
}

/* setOptions({reattach, silenceMs, settleMs}), from the next commit on; what is left out has its default. */
napi_value set_options(napi_env env, napi_callback_info info)
{
    SessionCall call(env, info);
    camera_session_options options = CAMERA_SESSION_OPTIONS_INIT;
    bool reattach = false;
    if (!call.takes(1) || !call.expect_object(0, call.method.argument) ||
        !read_reattach(call, call.argument(0), &reattach) ||
        !read_milliseconds(call, call.argument(0), "silenceMs", &options.silence_ms) ||
        !read_milliseconds(call, call.argument(0), "settleMs", &options.settle_ms))
        return nullptr;
    options.reattach = reattach ? 1 : 0;
    if (!succeeded(env, camera_session_set_options(call.session->handle, &options)))
        return nullptr;
    call.session->shall_reattach = reattach;
    if (reattach)
        listen_for_changes(*call.session); /* the books must know when the camera is back */
    return undefined(env);
}

} // namespace

void let_go_of_all(CameraSession &session)
{
    each_output(session, [&](napi_value output) {
        Object *native = native_half(*session.bridge, output);
        if (native != nullptr)
            native->set_slot("session", nullptr);
    });
    session.set_slot("outputs", nullptr);
    session.set_slot("input", nullptr);
}

const SessionMethods config_methods = {
    {"canAddInput", can_add<CameraInput, camera_session_can_add_input>, "the input"},
    {"addInput", add_input, "the input"},
    {"removeInput", remove_input, "the input"},
    {"canAddOutput", can_add<CameraOutput, camera_session_can_add_output>, "the output"},
    {"addOutput", add_output, "the output"},
    {"removeOutput", remove_output, "the output"},
    {"setOptions", set_options, "the options"},
};

const SessionMethods secure_methods = {
    {"addSecureOutput", add_secure_output, "the output"},
};

} // namespace bridge
