/* SPDX-License-Identifier: Apache-2.0
 *
 * What the files of the sessions' classes have in common: tables of methods, and the functions behind their
 * lines, made from the functions of the library. */
#ifndef CAMERA_SESSION_NAPI_SESSION_PARTS_H
#define CAMERA_SESSION_NAPI_SESSION_PARTS_H

#include "classes.h"

#include <cmath>
#include <type_traits>

namespace bridge {

/* ---- methods ---- */

/* A method: what JavaScript calls it, what its argument is called in a detail, and why there is no such
 * thing on Linux, where there is not. A function of the table finds its line as the data of the call. */
struct SessionMethod {
    const char *name;
    napi_callback callback;
    const char *argument = nullptr;
    const char *missing = nullptr;
};

using SessionMethods = std::vector<SessionMethod>;

/* ---- session_events.cc ---- */

const EventTable &session_events(Kind kind);
/* Has the library tell the session of failures, which its books need; once is enough. */
void listen_for_errors(CameraSession &session);
/* The same for everything else that a session tells. */
void listen_for_changes(CameraSession &session);

/* ---- session_running.cc ---- */

/* After an operation that may have changed the state: the session is pinned while it streams. */
void settle_running(CameraSession &session);
/* A start has succeeded. */
void stream_began(CameraSession &session);
/* Its streams ended by themselves, with this code. */
void stream_ended(CameraSession &session, int32_t code);

/* ---- session_config.cc ---- */

extern const SessionMethods config_methods, secure_methods;
/* Lets go of inputs and outputs, of which the library's session has none any more. */
void let_go_of_all(CameraSession &session);

/* ---- the families of controls ---- */

/* The tables, one for each interface of Camera Kit that is a part of a class. */
extern const SessionMethods flash_methods, exposure_methods, manual_exposure_methods, manual_iso_methods;
extern const SessionMethods white_balance_methods, focus_methods, manual_focus_methods, zoom_methods;
extern const SessionMethods stabilization_methods, color_methods, control_center_methods, switch_methods;
extern const SessionMethods macro_methods, ois_methods, aperture_methods;
extern const SessionMethods preconfig_methods, quality_methods;

/* A call of such a method. */
struct SessionCall : Call {
    SessionCall(napi_env env, napi_callback_info info)
        : Call(env, info), method(*static_cast<const SessionMethod *>(data)), session(this_object<CameraSession>())
    {
    }
    /* This many arguments, and a session; false: an exception is pending. */
    bool takes(size_t least, size_t greatest)
    {
        return session != nullptr && expect_count(method.name, least, greatest);
    }
    bool takes(size_t arguments) { return takes(arguments, arguments); }

    const SessionMethod &method;
    CameraSession *const session;
};

/* ---- values of the library's types ---- */

inline napi_value made(napi_env env, bool value)
{
    return make_bool(env, value);
}

inline napi_value made(napi_env env, int32_t value)
{
    return make_int(env, value);
}

inline napi_value made(napi_env env, double value)
{
    return make_double(env, value);
}

/* The number with the fewest decimals that is this float: 0.3, not 0.30000001192092896. */
inline napi_value made(napi_env env, float value)
{
    for (double scale = 1; scale <= 1e7; scale *= 10) {
        double rounded = std::round(value * scale) / scale;
        if (static_cast<float>(rounded) == value)
            return make_double(env, rounded);
    }
    return make_double(env, value);
}

inline napi_value made(napi_env env, const camera_point &point)
{
    napi_value value = make_object(env);
    put(env, value, "x", make_double(env, point.x));
    put(env, value, "y", make_double(env, point.y));
    return value;
}

inline bool expect(SessionCall &call, size_t index, bool *out)
{
    return call.expect_bool(index, call.method.argument, out);
}

inline bool expect(SessionCall &call, size_t index, int32_t *out)
{
    return call.expect_int(index, call.method.argument, out);
}

inline bool expect(SessionCall &call, size_t index, double *out)
{
    return call.expect_double(index, call.method.argument, out);
}

/* What no float can hold becomes infinite, which the library refuses. */
inline bool expect(SessionCall &call, size_t index, float *out)
{
    double value;
    if (!expect(call, index, &value))
        return false;
    *out = std::fabs(value) <= 3.4e38 ? static_cast<float>(value) : INFINITY;
    return true;
}

inline bool expect(SessionCall &call, size_t index, camera_point *out)
{
    const char *what = call.method.argument;
    return call.expect_object(index, what) && call.expect_field_double(call.argument(index), what, "x", &out->x) &&
           call.expect_field_double(call.argument(index), what, "y", &out->y);
}

/* ---- methods that are functions of the library ---- */

template <class Function> struct Parameters;
template <class First> struct Parameters<int32_t (*)(camera_session *, First)> {
    using first = First;
};
template <class First, class Second> struct Parameters<int32_t (*)(camera_session *, First, Second)> {
    using first = First;
};

/* getXxx(): the library writes one value. */
template <auto function> napi_value get_value(napi_env env, napi_callback_info info)
{
    SessionCall call(env, info);
    std::remove_pointer_t<typename Parameters<decltype(function)>::first> value{};
    return call.takes(0) && succeeded(env, function(call.session->handle, &value)) ? made(env, value) : nullptr;
}

/* setXxx(value). */
template <auto function> napi_value set_value(napi_env env, napi_callback_info info)
{
    SessionCall call(env, info);
    typename Parameters<decltype(function)>::first value{};
    return call.takes(1) && expect(call, 0, &value) && succeeded(env, function(call.session->handle, value))
               ? undefined(env)
               : nullptr;
}

/* isXxxSupported(mode). */
template <auto function> napi_value is_supported(napi_env env, napi_callback_info info)
{
    SessionCall call(env, info);
    int32_t mode;
    bool supported;
    return call.takes(1) && expect(call, 0, &mode) && succeeded(env, function(call.session->handle, mode, &supported))
               ? make_bool(env, supported)
               : nullptr;
}

/* getXxxRange(): [least, greatest], and [] from a camera that has nothing to set, for which the library's
 * code is 7400102: asking what is supported is no mistake. */
template <auto function> napi_value get_range(napi_env env, napi_callback_info info)
{
    SessionCall call(env, info);
    std::remove_pointer_t<typename Parameters<decltype(function)>::first> least{}, greatest{};
    if (!call.takes(0))
        return nullptr;
    int32_t code = function(call.session->handle, &least, &greatest);
    if (code != CAMERA_ERROR_OPERATION_NOT_ALLOWED && !succeeded(env, code))
        return nullptr;
    napi_value range = make_array(env);
    if (code == CAMERA_OK) {
        push(env, range, made(env, least));
        push(env, range, made(env, greatest));
    }
    return range;
}

/* ---- methods for what there is not on Linux ---- */

/* The session's state comes first, as for what there is. Both throw its code when the state is wrong, and
 * neither asks the camera. */
inline bool may_query(SessionCall &call)
{
    uint32_t count;
    return succeeded(call.env, camera_session_get_supported_color_space_count(call.session->handle, &count));
}

inline bool may_control(SessionCall &call)
{
    int32_t space;
    return succeeded(call.env, camera_session_get_active_color_space(call.session->handle, &space));
}

/* Throws 7400102, once the state is right. */
inline napi_value refuse_missing(SessionCall &call)
{
    return may_control(call) ? throw_error(call.env, CAMERA_ERROR_OPERATION_NOT_ALLOWED,
                                           std::string(call.method.name) + "(): " + call.method.missing)
                             : nullptr;
}

/* isXxxSupported() and isXxxSupported(mode): false. */
template <size_t arguments> napi_value never_supported(napi_env env, napi_callback_info info)
{
    SessionCall call(env, info);
    int32_t mode;
    return call.takes(arguments) && (arguments == 0 || expect(call, 0, &mode)) && may_query(call) ? make_bool(env, false)
                                                                                                  : nullptr;
}

/* getSupportedXxxs() and getSupportedXxxRange(axis): []. */
template <size_t arguments> napi_value none_supported(napi_env env, napi_callback_info info)
{
    SessionCall call(env, info);
    int32_t which;
    return call.takes(arguments) && (arguments == 0 || expect(call, 0, &which)) && may_query(call) ? make_array(env)
                                                                                                   : nullptr;
}

/* getXxx() and unlockXxx(). */
inline napi_value missing(napi_env env, napi_callback_info info)
{
    SessionCall call(env, info);
    return call.takes(0) ? refuse_missing(call) : nullptr;
}

/* setXxx(value) and getXxx(axis), with as many values of a type. */
template <class Value, size_t arguments = 1> napi_value missing_for(napi_env env, napi_callback_info info)
{
    SessionCall call(env, info);
    if (!call.takes(arguments))
        return nullptr;
    for (size_t i = 0; i < arguments; i++) {
        Value value;
        if (!expect(call, i, &value))
            return nullptr;
    }
    return refuse_missing(call);
}

} // namespace bridge

#endif
