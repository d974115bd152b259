/* SPDX-License-Identifier: Apache-2.0
 *
 * Sessions that stream: they are kept, and keep the process, until they stop.
 *
 * A program that has started a session and waits for pictures has nothing else that would keep its event
 * loop running, nor need it have a variable for the session. So a started session is pinned, until it is
 * stopped, reconfigured or released. One whose stream ended by itself (the driver failed, the camera is gone,
 * its input was closed) is in state STARTED until it is stopped, but nothing comes from it any more: it is
 * pinned no longer, so that a program which does not look at errors ends instead of waiting for ever. It is
 * pinned all the same while it waits for its camera to come back (setOptions({reattach: true})). */
#include "session_parts.h"

namespace bridge {

/* The state is asked for each time, not counted: operations that were not awaited may have gone on. Each of
 * them comes by here when it ends. */
static void settle_pin(CameraSession &session)
{
    int32_t state;
    bool runs = camera_session_get_state(session.handle, &state) == CAMERA_OK && state == CAMERA_SESSION_STATE_STARTED &&
                !session.lost;
    if (runs == session.pinned)
        return;
    session.pinned = runs;
    if (runs)
        session.pin();
    else
        session.unpin();
}

void settle_running(CameraSession &session)
{
    outputs_settled(session);
    settle_pin(session);
}

void stream_began(CameraSession &session)
{
    session.lost = session.away = false;
    settle_pin(session);
}

void stream_ended(CameraSession &session, int32_t code)
{
    /* Once the camera is away, other codes say that it is back and cannot be had yet, which is tried again. */
    if (session.reattaches && (session.away || code == CAMERA_ERROR_DEVICE_DISABLED)) {
        session.away = true;
        return;
    }
    session.lost = true;
    settle_running(session);
}

void input_was_closed(Env &env, const CameraInput &input)
{
    for (Object *object : env.objects) {
        if (!CameraSession::is(object->kind))
            continue;
        auto &session = *static_cast<CameraSession *>(object);
        if (native_half(env, session.slot("input")) != &input)
            continue;
        session.lost = true;
        session.away = false;
        settle_running(session);
    }
}

} // namespace bridge
