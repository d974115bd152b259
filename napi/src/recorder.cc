/* SPDX-License-Identifier: Apache-2.0
 *
 * AVRecorder's operations and events.
 *
 * The operations wait in a queue of the object and run one after the other, because there are those that the
 * library knows nothing of (prepare, reset), and because the state is looked at when an operation's turn has
 * come. The next one begins when JavaScript has heard of the one before. */
#include "recorder.h"

namespace bridge {

namespace {

enum RecorderEvent : unsigned { STATE_CHANGE, ERROR, WARNING, AUDIO_CAPTURER_CHANGE, PHOTO_ASSET_AVAILABLE };

/* The last two never come: no sound is recorded, and there is no gallery. */
const EventTable recorder_events = {"a recorder",
                                    {{"stateChange", Shape::Arguments},
                                     {"error", Shape::Error},
                                     {"warning", Shape::Data},
                                     {"audioCapturerChange", Shape::Data},
                                     {"photoAssetAvailable", Shape::Data}}};

/* What the library's code means for an operation on a file. Of a wrong state nothing comes from there, unless
 * recording ended by itself just now. */
int32_t media_code(RecorderOperation operation, int32_t code)
{
    if (code == CAMERA_OK)
        return 0;
    if (operation == RecorderOperation::Prepare && code == CAMERA_ERROR_INVALID_ARGUMENT)
        return 401;
    return 5400103;
}

/* The library's user data while one operation runs there. */
struct Underway {
    RecorderOperation operation;
    camera_completion_fn completion;
    void *user_data;
};

void on_library_completion(int32_t code, const char *detail, void *user_data)
{
    std::unique_ptr<Underway> underway(static_cast<Underway *>(user_data));
    underway->completion(media_code(underway->operation, code), detail, underway->user_data);
}

void nobody_waits(int32_t, const char *, void *)
{
}

void on_event(camera_recorder *recorder, const camera_recorder_event *event, void *user_data)
{
    std::shared_ptr<Endpoint> endpoint = shared(user_data);
    int32_t type = event->type;
    std::string detail = event->detail == nullptr ? "" : event->detail;
    endpoint->mailbox->post([endpoint, recorder, type, detail](Env &) {
        if (endpoint->object != nullptr)
            static_cast<AVRecorder *>(endpoint->object)->hear(recorder, type, detail);
    });
}

/* Of the stop that a maximal duration brings: nobody waits for it. */
void on_timely_stop(int32_t code, const char *, void *user_data)
{
    std::shared_ptr<Endpoint> endpoint = shared(user_data);
    unshare(user_data);
    endpoint->mailbox->post([endpoint, code](Env &) {
        if (endpoint->object == nullptr)
            return;
        static_cast<AVRecorder *>(endpoint->object)->settle(code);
        endpoint->object->unpin();
    });
}

/* Calls a function that the runtime may have as a global one, or as a property of a global object. Null: it has
 * none, or it threw. */
napi_value call_global(napi_env env, const char *object, const char *name, const std::vector<napi_value> &arguments)
{
    napi_value receiver = nullptr, function, result = nullptr;
    if (napi_get_global(env, &receiver) != napi_ok)
        return nullptr;
    if (object != nullptr)
        receiver = get(env, receiver, object);
    if (receiver != nullptr && (object == nullptr || is_object(env, receiver)) &&
        (function = get(env, receiver, name)) != nullptr && is_function(env, function) &&
        napi_call_function(env, receiver, function, arguments.size(), arguments.data(), &result) == napi_ok)
        return result;
    report_exception(env);
    return nullptr;
}

std::string why_refused(RecorderOperation operation, RecorderState state)
{
    std::string wanted;
    for (int i = 0; i <= static_cast<int>(RecorderState::Error); i++)
        if (recorder_answer(operation, static_cast<RecorderState>(i)) == RecorderAnswer::Runs)
            wanted += (wanted.empty() ? "" : ", ") + std::string(recorder_state_name(static_cast<RecorderState>(i)));
    return std::string(recorder_operation_name(operation)) + "(): the recorder's state is " + recorder_state_name(state) +
           "; it can be called in: " + wanted;
}

/* Takes away the pending exception; gives what it says. */
std::string take_exception(napi_env env)
{
    napi_value exception, detail;
    std::string text = "an operation of the runtime failed";
    if (napi_get_and_clear_last_exception(env, &exception) == napi_ok && is_object(env, exception) &&
        (detail = get(env, exception, "detail")) != nullptr)
        read_string(env, detail, &text);
    return text;
}

} // namespace

AVRecorder::AVRecorder(Env &env) : Object(env, Kind::AVRecorder, &recorder_events)
{
}

AVRecorder::~AVRecorder()
{
    /* Steps are left only at the environment's end, which frees the operations behind the others. */
    for (const RecorderStep &step : waiting)
        if (step.completion == on_timely_stop)
            unshare(step.user_data);
    forget_recorder();
}

Methods AVRecorder::events_as_methods()
{
    return event_methods(recorder_events);
}

camera_surface *AVRecorder::surface() const
{
    camera_surface *surface = nullptr;
    if (handle != nullptr)
        camera_recorder_get_surface(handle, &surface);
    return surface;
}

/* ---- the queue ---- */

void AVRecorder::enqueue(RecorderStep step)
{
    waiting.push_back(std::move(step));
    begin_next();
}

void AVRecorder::begin_next()
{
    if (at_work || waiting.empty())
        return;
    at_work = true;
    current = std::move(waiting.front());
    waiting.pop_front();
    run(current);
}

void AVRecorder::run(const RecorderStep &step)
{
    std::string detail;
    RecorderAnswer answer = recorder_answer(step.operation, state);
    acts = answer == RecorderAnswer::Runs;
    if (answer == RecorderAnswer::Refused)
        detail = why_refused(step.operation, state);
    if (!acts) {
        step.completion(answer == RecorderAnswer::Done ? 0 : 5400102, detail.c_str(), step.user_data);
        return;
    }
    int32_t code = CAMERA_OK;
    auto *underway = new Underway{step.operation, step.completion, step.user_data};
    switch (step.operation) {
    case RecorderOperation::Start:
        code = camera_recorder_start_async(handle, on_library_completion, underway);
        break;
    case RecorderOperation::Pause:
        code = camera_recorder_pause_async(handle, on_library_completion, underway);
        break;
    case RecorderOperation::Resume:
        code = camera_recorder_resume_async(handle, on_library_completion, underway);
        break;
    case RecorderOperation::Stop:
        code = camera_recorder_stop_async(handle, on_library_completion, underway);
        break;
    case RecorderOperation::Reset:
    case RecorderOperation::Release:
        if (handle != nullptr) {
            code = camera_recorder_release_async(handle, on_library_completion, underway);
            break;
        }
        [[fallthrough]];
    default:
        delete underway;
        if (step.operation == RecorderOperation::Prepare)
            code = prepare(step, &detail);
        step.completion(code, detail.c_str(), step.user_data);
        return;
    }
    if (code != CAMERA_OK) /* refused: the completion does not run */
        on_library_completion(code, camera_error_detail(), underway);
}

void AVRecorder::settle(int32_t code)
{
    if (code == 0 && acts)
        finish(current);
    std::shared_ptr<Endpoint> own = endpoint;
    endpoint->mailbox->post([own](Env &) {
        auto *recorder = static_cast<AVRecorder *>(own->object);
        if (recorder == nullptr)
            return;
        recorder->at_work = false;
        recorder->begin_next();
    });
}

/* What an operation that succeeded means. A recording that failed while it was under way stays failed. */
void AVRecorder::finish(const RecorderStep &step)
{
    bool failed = state == RecorderState::Error;
    switch (step.operation) {
    case RecorderOperation::Prepare:
        warn(config.warnings);
        move_to(RecorderState::Prepared, step.reason);
        return;
    case RecorderOperation::Reset:
    case RecorderOperation::Release:
        stop_clock();
        forget_recorder();
        move_to(step.operation == RecorderOperation::Reset ? RecorderState::Idle : RecorderState::Released, step.reason);
        return;
    case RecorderOperation::Start:
        hold_file();
        [[fallthrough]];
    case RecorderOperation::Resume:
        if (failed)
            return;
        start_clock();
        move_to(RecorderState::Started, step.reason);
        return;
    case RecorderOperation::Pause:
    case RecorderOperation::Stop:
        if (failed)
            return;
        stop_clock();
        move_to(step.operation == RecorderOperation::Pause ? RecorderState::Paused : RecorderState::Stopped, step.reason);
        return;
    case RecorderOperation::GetInputSurface:
    case RecorderOperation::GetConfig:
        return;
    }
}

/* ---- the library's recorder ---- */

/* Makes the library's recorder for a config, so that its surface exists. Gives a code of AVErrorCode. */
int32_t AVRecorder::prepare(const RecorderStep &step, std::string *detail)
{
    if (!step.fault.empty()) {
        *detail = "prepare(): " + step.fault;
        return 401;
    }
    camera_manager *manager = bridge->any_manager();
    if (manager == nullptr) {
        *detail = take_exception(bridge->env);
        return 5400103;
    }
    camera_recorder_options options = CAMERA_RECORDER_OPTIONS_INIT;
    camera_recorder *made = nullptr;
    options.container = step.config.container;
    options.fd = step.config.target.fd;
    options.path = options.fd >= 0 ? nullptr : step.config.target.path.c_str();
    int32_t code = camera_manager_create_recorder(manager, &options, &made);
    if (code == CAMERA_OK) {
        void *user_data = share(endpoint);
        uint64_t listener;
        code = camera_recorder_add_listener(made, on_event, user_data, unshare, &listener);
        if (code != CAMERA_OK)
            unshare(user_data);
    }
    if (code != CAMERA_OK) {
        *detail = camera_error_detail();
        if (made != nullptr)
            camera_recorder_release_async(made, nobody_waits, nullptr);
        return media_code(step.operation, code);
    }
    forget_recorder();
    handle = made;
    id = surface_id(surface());
    bridge->surfaces[id] = this;
    config = step.config;
    file_ended = false;
    recorded_seconds = 0;
    return 0;
}

/* Gives back the library's recorder, if it is not released already. Does not wait: a file that is still being
 * written is finished on the library's threads. */
void AVRecorder::forget_recorder()
{
    if (handle == nullptr)
        return;
    auto found = bridge->surfaces.find(id);
    if (found != bridge->surfaces.end() && found->second == this)
        bridge->surfaces.erase(found);
    camera_recorder_release_async(handle, nobody_waits, nullptr);
    handle = nullptr;
    let_go_of_file();
}

/* While a file is being written the collector must not cut it off, nor the end of the event loop. */
void AVRecorder::hold_file()
{
    if (file_ended || open_file != nullptr)
        return;
    open_file = handle;
    pin();
}

void AVRecorder::let_go_of_file()
{
    if (open_file == nullptr)
        return;
    open_file = nullptr;
    unpin();
}

/* ---- events ---- */

void AVRecorder::hear(camera_recorder *recorder, int32_t event, const std::string &detail)
{
    if (recorder != handle)
        return; /* of an earlier recorder */
    if (event == CAMERA_RECORDER_EVENT_TYPE_STOPPED) {
        file_ended = true;
        let_go_of_file();
    }
    if (event != CAMERA_RECORDER_EVENT_TYPE_ERROR)
        return;
    stop_clock();
    move_to(RecorderState::Error, RecorderReason::Background);
    emit(*this, ERROR, [detail](napi_env env) { return make_media_error(env, 5400103, detail); });
}

void AVRecorder::move_to(RecorderState next, RecorderReason reason)
{
    state = next;
    emit(*this, STATE_CHANGE, [next, reason](napi_env env) {
        napi_value arguments = make_array(env);
        push(env, arguments, make_string(env, recorder_state_name(next)));
        push(env, arguments, make_int(env, static_cast<int>(reason)));
        return arguments;
    });
}

/* Says each warning once: to the event's functions, and where the runtime's own warnings go. */
void AVRecorder::warn(const std::vector<std::string> &warnings)
{
    napi_env env = bridge->env;
    for (const std::string &warning : warnings) {
        if (!warned.insert(warning).second)
            continue;
        emit(*this, WARNING, [warning](napi_env made_in) { return make_string(made_in, warning); });
        napi_value text = make_string(env, "AVRecorder: " + warning);
        if (call_global(env, "process", "emitWarning", {text, make_string(env, "CameraSessionWarning")}) == nullptr)
            call_global(env, "console", "warn", {text});
    }
}

/* ---- maxDuration ---- */

/* The runtime's own timer, which is there in ArkTS as well. A pause does not count. */
void AVRecorder::start_clock()
{
    napi_env env = bridge->env;
    double milliseconds = (config.most_seconds - recorded_seconds) * 1000;
    napi_value function, timer = nullptr;
    clock_start = std::chrono::steady_clock::now();
    /* Timers cannot wait longer than 2^31 - 1 milliseconds, which are 24 days. */
    if (config.most_seconds <= 0 || milliseconds > INT32_MAX)
        return;
    if (napi_create_function(env, "maxDuration", NAPI_AUTO_LENGTH, on_clock, this, &function) == napi_ok)
        timer = call_global(env, nullptr, "setTimeout", {function, make_double(env, milliseconds)});
    if (timer == nullptr)
        warn({"config.maxDuration has no effect: the runtime has no setTimeout()"});
    set_slot("clock", timer);
}

void AVRecorder::stop_clock()
{
    napi_env env = bridge->env;
    napi_value timer = slot("clock");
    if (timer == nullptr || type_of(env, timer) == napi_undefined)
        return;
    recorded_seconds += std::chrono::duration<double>(std::chrono::steady_clock::now() - clock_start).count();
    call_global(env, nullptr, "clearTimeout", {timer});
    set_slot("clock", nullptr);
}

napi_value AVRecorder::on_clock(napi_env env, napi_callback_info info)
{
    Call call(env, info);
    auto *recorder = static_cast<AVRecorder *>(call.data);
    if (call.bridge == nullptr || call.bridge->objects.count(recorder) == 0 || !is(recorder->kind))
        return nullptr;
    recorder->pin(); /* until on_timely_stop() */
    RecorderStep step = {};
    step.operation = RecorderOperation::Stop;
    step.completion = on_timely_stop;
    step.user_data = share(recorder->endpoint);
    step.reason = RecorderReason::Background;
    recorder->enqueue(std::move(step));
    return nullptr;
}

} // namespace bridge
