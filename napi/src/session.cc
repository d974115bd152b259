/* SPDX-License-Identifier: Apache-2.0
 *
 * The classes of sessions: which methods each has, their life, and the operations that change their state. */
#include "session_parts.h"

namespace bridge {

namespace {

/* ---- operations ---- */

napi_value begin_config(napi_env env, napi_callback_info info)
{
    SessionCall call(env, info);
    if (!call.takes(0))
        return nullptr;
    int32_t code = camera_session_begin_config(call.session->handle);
    settle_running(*call.session);
    return succeeded(env, code) ? undefined(env) : nullptr;
}

/* From the first start on the books must know of failures. */
void will_start(CameraSession &session)
{
    listen_for_errors(session);
}

void nothing(CameraSession &) {}

/* An operation of the library, behind which a function brings the books up to date. */
template <auto function, void (*ended)(CameraSession &, int32_t), void (*before)(CameraSession &) = nothing>
napi_value operate(napi_env env, napi_callback_info info)
{
    SessionCall call(env, info);
    CameraSession *session = call.session;
    if (session == nullptr)
        return nullptr;
    before(*session);
    OperationPlan plan;
    plan.method = call.method.name;
    plan.arguments = 0;
    plan.begin = [session](camera_completion_fn completion, void *user_data) {
        return function(session->handle, completion, user_data);
    };
    plan.ended = [session](int32_t code) { ended(*session, code); };
    return run_operation(call, session, std::move(plan));
}

void committed(CameraSession &session, int32_t code)
{
    if (code == CAMERA_OK)
        session.reattaches = session.shall_reattach;
    settle_running(session);
}

void started(CameraSession &session, int32_t code)
{
    if (code == CAMERA_OK)
        stream_began(session);
    else
        settle_running(session);
}

void stopped(CameraSession &session, int32_t)
{
    settle_running(session);
}

void released(CameraSession &session, int32_t code)
{
    settle_running(session);
    if (code == CAMERA_OK)
        let_go_of_all(session);
}

const SessionMethods state_methods = {
    {"beginConfig", begin_config},
    {"commitConfig", operate<camera_session_commit_config_async, committed>},
    {"start", operate<camera_session_start_async, started, will_start>},
    {"stop", operate<camera_session_stop_async, stopped>},
    {"release", operate<camera_session_release_async, released>},
};

/* ---- classes ---- */

bool define(Env &env, Kind kind, const char *name, std::initializer_list<const SessionMethods *> tables)
{
    Methods methods = event_methods(session_events(kind));
    for (const SessionMethods *table : tables)
        for (const SessionMethod &each : *table)
            methods.push_back(method(each.name, each.callback, const_cast<SessionMethod *>(&each)));
    return define_class(env, kind, name, methods);
}

/* Runs behind the last hold on a session that was never released. */
void nobody_waits(int32_t, const char *, void *) {}

} // namespace

CameraSession::CameraSession(Env &env, Kind of_kind, camera_session *made)
    : Object(env, of_kind, &session_events(of_kind)), handle(made)
{
}

/* Nothing on the JavaScript thread may wait for a device to stop. A session that is released already refuses. */
CameraSession::~CameraSession()
{
    camera_session_release_async(handle, nobody_waits, nullptr);
}

void CameraSession::on_environment_end()
{
    if (pinned)
        unpin();
    pinned = false;
}

napi_value create_session(Env &env, camera_manager *manager, Kind kind)
{
    /* The modes offer and take the same on Linux. That of a CaptureSession, which has none in Camera Kit, is
     * the one that getSupportedOutputCapability() without a mode tells of. It takes previews, photos and
     * videos, as every session does. */
    int32_t mode = kind == Kind::VideoSession ? CAMERA_SCENE_MODE_NORMAL_VIDEO : CAMERA_SCENE_MODE_NORMAL_PHOTO;
    camera_session *made;
    if (!succeeded(env.env, camera_manager_create_session(manager, mode, &made)))
        return nullptr;
    return make_instance(env, std::make_unique<CameraSession>(env, kind, made));
}

bool define_sessions(Env &env)
{
    return define(env, Kind::PhotoSession, "PhotoSession",
                  {&state_methods, &config_methods, &flash_methods, &exposure_methods, &white_balance_methods,
                   &focus_methods, &zoom_methods, &color_methods, &switch_methods, &macro_methods,
                   &manual_exposure_methods, &manual_focus_methods, &manual_iso_methods, &ois_methods, &aperture_methods,
                   &preconfig_methods}) &&
           define(env, Kind::VideoSession, "VideoSession",
                  {&state_methods, &config_methods, &flash_methods, &exposure_methods, &white_balance_methods,
                   &focus_methods, &zoom_methods, &stabilization_methods, &color_methods, &control_center_methods,
                   &switch_methods, &macro_methods, &manual_exposure_methods, &manual_focus_methods, &manual_iso_methods,
                   &ois_methods, &aperture_methods, &preconfig_methods, &quality_methods}) &&
           define(env, Kind::SecureSession, "SecureSession",
                  {&state_methods, &config_methods, &flash_methods, &exposure_methods, &white_balance_methods,
                   &focus_methods, &zoom_methods, &secure_methods}) &&
           define(env, Kind::CaptureSession, "CaptureSession",
                  {&state_methods, &config_methods, &flash_methods, &exposure_methods, &focus_methods, &zoom_methods,
                   &stabilization_methods});
}

} // namespace bridge
