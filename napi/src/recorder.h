/* SPDX-License-Identifier: Apache-2.0
 *
 * AVRecorder: one JavaScript object, behind which the library's recorders follow one another, one for each
 * file. */
#ifndef CAMERA_SESSION_NAPI_RECORDER_H
#define CAMERA_SESSION_NAPI_RECORDER_H

#include "classes.h"
#include "recorder_config.h"
#include "recorder_states.h"

#include <chrono>
#include <deque>
#include <set>

namespace bridge {

/* One operation of a recorder, from its call to its turn. */
struct RecorderStep {
    RecorderOperation operation;
    camera_completion_fn completion;
    void *user_data;
    RecorderReason reason = RecorderReason::User;
    /* Of prepare only. */
    RecorderConfig config = {};
    std::string fault = {}; /* why the config is none */
};

struct AVRecorder : Object, SurfaceOwner {
    explicit AVRecorder(Env &env);
    ~AVRecorder() override;
    static bool is(Kind kind) { return kind == Kind::AVRecorder; }
    camera_surface *surface() const override;
    static Methods events_as_methods();

    /* Puts an operation behind those that were called before. Its completion gets a code of AVErrorCode. */
    void enqueue(RecorderStep step);
    /* What the operation at work has ended with; the next one begins. */
    void settle(int32_t code);
    /* What the library tells of one of the recorders. */
    void hear(camera_recorder *recorder, int32_t event, const std::string &detail);

    RecorderState state = RecorderState::Idle;
    RecorderConfig config; /* of the last prepare */

private:
    void begin_next();
    void run(const RecorderStep &step);
    void finish(const RecorderStep &step);
    int32_t prepare(const RecorderStep &step, std::string *detail);
    void forget_recorder();
    void move_to(RecorderState next, RecorderReason reason);
    void warn(const std::vector<std::string> &warnings);
    void hold_file();
    void let_go_of_file();
    void start_clock();
    void stop_clock();
    static napi_value on_clock(napi_env env, napi_callback_info info);

    camera_recorder *handle = nullptr;
    std::string id; /* of its surface, in the environment's table */
    std::deque<RecorderStep> waiting;
    RecorderStep current = {};
    bool at_work = false;
    bool acts = false; /* `current` was neither refused nor done already */
    camera_recorder *open_file = nullptr; /* the recorder whose file is being written: pins this object */
    bool file_ended = false; /* of `handle`: the library has said so */
    std::set<std::string> warned;
    std::chrono::steady_clock::time_point clock_start;
    double recorded_seconds = 0; /* until the last pause */
};

/* An error of this module: AVErrorCode's text for the code. */
napi_value make_media_error(napi_env env, int32_t code, const std::string &detail);
/* Gives an exception about arguments, which the core has thrown, this module's code: 401. Always null. */
napi_value rethrow_as_media(napi_env env);

} // namespace bridge

#endif
