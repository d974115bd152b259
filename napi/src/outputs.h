/* SPDX-License-Identifier: Apache-2.0
 *
 * What the outputs have in common: output.cc for the rest of their files. */
#ifndef CAMERA_SESSION_NAPI_OUTPUTS_H
#define CAMERA_SESSION_NAPI_OUTPUTS_H

#include "classes.h"

namespace bridge {

/* ---- output.cc ---- */

/* Methods, for a class's table. */
Methods release_methods(); /* of every output */
/* An operation without arguments; `ended` runs on the JavaScript thread behind it. */
using BeginOutput = int32_t (*)(camera_output *, camera_completion_fn, void *);
napi_value run_output(Call &call, CameraOutput *output, const char *method, BeginOutput begin, Ended ended = nullptr);
Methods rate_methods(); /* frame rates: preview, video */
/* getActiveProfile; its data says, by being there, that frame rates belong to the profile. */
napi_value get_active_profile(napi_env env, napi_callback_info info);

/* Registers the library's listener, unless it is there already. The functions get share(output.endpoint) as
 * user data; the second frees it. */
int32_t listen(CameraOutput &output, camera_output_event_fn function, camera_destroy_fn destroy);
/* The session that the output was added to; null: none. */
CameraSession *session_of(const CameraOutput &output);
bool is_committed(const CameraOutput &output);
/* ---- stream_output.cc ---- */

/* A preview or a video. One that was started by itself may run although its session is not started, so it
 * keeps itself and the process: from its start to its first frame, and from there to frameEnd, which the
 * library tells once for each first frame. */
struct StreamOutput : CameraOutput {
    using CameraOutput::CameraOutput;
    static bool is(Kind kind) { return kind == Kind::PreviewOutput || kind == Kind::VideoOutput; }
    void on_environment_end() override { ended(); }

    /* JavaScript thread. */
    void began(); /* the first frame came */
    void ended(); /* the last one came, or none will */
    void waits(bool for_a_frame);

    unsigned ends = 0; /* how often it ended */

private:
    void settle();

    bool waiting = false;
    bool running = false;
    bool pinned = false;
};

std::vector<Event> stream_events();
void listen_to_stream(Object &object, unsigned event, napi_value entry);
Methods stream_methods(); /* start, stop */

/* ---- output.cc ---- */

/* The end of a factory: the object of an output that the library has made. `surface` may be null. */
napi_value wrap_output(Call &call, std::unique_ptr<CameraOutput> output, Object *surface);
template <class Output> napi_value finish_output(Call &call, int32_t code, camera_output *made, Object *surface)
{
    return succeeded(call.env, code) ? wrap_output(call, std::make_unique<Output>(*call.bridge, made), surface) : nullptr;
}

/* True when the output is in a session that is committed; else 7400103 is pending, with this method's name. */
bool expect_committed(Call &call, const CameraOutput &output, const char *method);
/* False when the output is released: 7400201 is pending. */
bool expect_not_released(Call &call, const CameraOutput &output);
/* 7400102 for what Linux cameras do not have. */
napi_value unsupported(Call &call, const char *method, const char *why);
/* A query without arguments whose answer is false. */
template <class Output> napi_value answer_no(napi_env env, napi_callback_info info)
{
    Call call(env, info);
    return call.this_object<Output>() == nullptr ? nullptr : make_bool(env, false);
}

/* ---- output_rotation.cc ---- */

/* How a device's turn enters. */
enum class Turning {
    Display, /* the screen's rotation, a multiple of 90 degrees */
    Device, /* degrees, rounded to the nearest quarter; a front camera turns the other way */
};
/* The methods get...Rotation([degrees]). */
napi_value get_rotation(Call &call, const CameraOutput *output, const char *method, Turning turning);
/* The camera that the output's session has; false: 7400201 is pending. */
bool expect_camera(Call &call, const CameraOutput &output, const char *method, camera_description *camera);

/* ---- the classes, each in its file ---- */

bool define_preview_output(Env &env);
bool define_photo_output(Env &env);
bool define_photo(Env &env);
bool define_video_output(Env &env);
bool define_metadata_output(Env &env);

/* photo.cc: a Photo; takes over the caller's hold, also on failure. Null: an exception is pending. */
napi_value make_photo(Env &env, camera_photo *photo);

} // namespace bridge

#endif
